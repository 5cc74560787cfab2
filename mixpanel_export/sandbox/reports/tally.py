"""Counting occurrences, users, and occurrences per user, by segment and period.

See `segments` and `periods` for what these are.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

__all__ = ["CountType", "Number", "Sums", "Tally"]

CountType: TypeAlias = Literal["general", "unique", "average"]
Number: TypeAlias = int | float


class Tally:
    """Counts by segment and period.

    Args:
        counted: `general` counts every occurrence, `unique` each user once a period, and `average` divides
            occurrences by users. Events without a distinct id have no user.
        length: the number of periods, which are numbered from 0.
    """

    def __init__(self, counted: CountType, length: int) -> None:
        self._counted = counted
        self._length = length
        self._occurrences: defaultdict[str, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
        self._users: defaultdict[str, defaultdict[int, set[str]]] = defaultdict(lambda: defaultdict(set))

    def add(self, segment: str, period: int, user: str | None) -> None:
        """Count one event, done by `user`."""
        self._occurrences[segment][period] += 1
        if self._counted != "general" and user is not None:
            self._users[segment][period].add(user)

    def series(self, segment: str) -> Sequence[Number]:
        """Return the number of each period, 0 where nothing was counted."""
        series: list[Number] = [0] * self._length
        for period, number in self._numbers(segment):
            series[period] = number
        return series

    def total(self, segment: str) -> Number:
        """Return the sum of the segment's series."""
        return _sum([number for _, number in self._numbers(segment)])

    def largest(self, limit: int | None = None) -> list[str]:
        """Return the segments by total, largest first, then by name."""
        totals = {segment: self.total(segment) for segment in self._occurrences}
        return sorted(totals, key=lambda segment: (-totals[segment], segment))[:limit]

    def _numbers(self, segment: str) -> Iterator[tuple[int, Number]]:
        """Yield the index and number of each period with a count."""
        if segment not in self._occurrences:
            return
        # Reading a defaultdict creates the entry, which is harmless for a segment that exists.
        users = self._users[segment]
        for period, count in self._occurrences[segment].items():
            if self._counted == "general":
                yield period, count
            elif period in users:
                people = len(users[period])
                yield period, people if self._counted == "unique" else count / people


class Sums:
    """Sums and means of numbers by period, added without accumulating rounding errors."""

    def __init__(self, length: int) -> None:
        self._numbers: list[list[Number]] = [[] for _ in range(length)]

    def add(self, period: int, number: Number) -> None:
        self._numbers[period].append(number)

    def sums(self) -> list[Number]:
        """Return the sum of each period, 0 for an empty one."""
        return [_sum(numbers) for numbers in self._numbers]

    def means(self) -> list[Number]:
        """Return the mean of each period, 0 for an empty one."""
        return [_sum(numbers) / len(numbers) if numbers else 0 for numbers in self._numbers]


def _sum(numbers: list[Number]) -> Number:
    if any(isinstance(number, float) for number in numbers):
        return math.fsum(numbers)
    return sum(numbers)

"""Divide a range of days into slices, each of which is one request.

Pure. Few slices spare the hourly request budget; many can be downloaded in parallel, and leave less to repeat after
a failure.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator, Sequence

from attrs import frozen

from mixpanel_export.errors import InvalidArgumentError

__all__ = ["Plan", "Slice", "divide", "make_plan"]

_DAY = datetime.timedelta(days=1)

# A plan leaves a quarter of an hour's budget for retries and for other programs.
_SHARE_OF_BUDGET = 0.75
# Slices per parallel download. With only one, the largest slice would be waited for alone, because days differ in
# size; but Mixpanel accepts only three requests a second, and many small slices would take longer than a few.
_ROUNDS = 2


@frozen(order=True)
class Slice:
    """Consecutive days that are requested at once.

    Attributes:
        from_date: the first day.
        to_date: the last day, included.
    """

    from_date: datetime.date
    to_date: datetime.date

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.to_date - self.from_date).days + 1

    def part(self, first: int, end: int) -> Slice:
        """The days from `first` up to, but not including, `end`, counted from 0."""
        return Slice(self.from_date + _DAY * first, self.from_date + _DAY * (end - 1))

    def __str__(self) -> str:
        if self.from_date == self.to_date:
            return self.from_date.isoformat()
        return f"{self.from_date} to {self.to_date}"


@frozen
class Plan:
    """The slices of an export, in order and without gaps or overlaps.

    Attributes:
        parallel: the number of slices to download at a time.
    """

    slices: Sequence[Slice]
    parallel: int

    def __len__(self) -> int:
        return len(self.slices)

    def __iter__(self) -> Iterator[Slice]:
        return iter(self.slices)


def make_plan(
    from_date: datetime.date,
    to_date: datetime.date,
    *,
    parallel: int,
    slice_days: int | None = None,
    per_hour: int | None = None,
    whole: bool = False,
) -> Plan:
    """Divide a range into slices of equal length, give or take a day.

    Args:
        from_date: the first day.
        to_date: the last day, included; not before the first.
        parallel: the number of slices to download at a time.
        slice_days: the exact number of days of a slice (the last may be shorter), whatever the budget.
        per_hour: the number of requests that the budget allows in an hour; None for any number.
        whole: make it one request, as a `limit` over the whole range needs.

    Raises:
        InvalidArgumentError: for anything but integers from 1.
    """
    for name, value in (("parallel", parallel), ("slice_days", slice_days)):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidArgumentError(name, value, "expected an integer from 1")
    whole_range = Slice(from_date, to_date)
    if whole:
        return Plan([whole_range], parallel)
    slices = divide([whole_range], parallel=parallel, slice_days=slice_days, per_hour=per_hour)
    return Plan(slices, parallel)


def divide(
    ranges: Sequence[Slice],
    *,
    parallel: int,
    slice_days: int | None = None,
    per_hour: int | None = None,
    beside: int = 0,
) -> list[Slice]:
    """Divide several ranges into slices as nearly equal as whole days allow, with one budget for all.

    Args:
        beside: the number of other requests to leave room for in the same budget.
        parallel, slice_days, per_hour: as for `make_plan`.
    """
    if slice_days is not None:
        return [
            _part(range_, start, min(start + slice_days, range_.days))
            for range_ in ranges
            for start in range(0, range_.days, slice_days)
        ]
    days = sum(range_.days for range_ in ranges)
    count = min(days, parallel * _ROUNDS)
    if per_hour is not None:
        count = min(count, int(per_hour * _SHARE_OF_BUDGET) - beside)
    parts = [1] * len(ranges)
    for _ in range(count - len(ranges)):
        longest = max(range(len(ranges)), key=lambda n: ranges[n].days / parts[n])
        parts[longest] += 1
    return [
        _part(range_, start, end)
        for range_, number in zip(ranges, parts, strict=True)
        for start, end in itertools.pairwise(range_.days * n // number for n in range(number + 1))
    ]


def _part(whole: Slice, start: int, end: int) -> Slice:
    first = whole.from_date
    return Slice(first + _DAY * start, first + _DAY * (end - 1))

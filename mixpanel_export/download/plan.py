"""From a range of days to slices: which requests an export makes.

Pure. A slice is one request. Few slices spare the hourly budget; many let slices be downloaded side by side, and
make what has to be repeated after a failure small.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator, Sequence

from attrs import frozen

from mixpanel_export.errors import InvalidArgumentError

__all__ = ["Plan", "Slice", "divide", "make_plan"]

_DAY = datetime.timedelta(days=1)

# A plan leaves a quarter of an hour's budget free, for what has to be asked twice and for other programs.
_SHARE_OF_BUDGET = 0.75
# Slices for each that is downloaded at a time. Days differ in size, and the largest slice should not be waited for
# alone; but Mixpanel lets only three requests begin a second, so that many small ones take longer than a few.
_ROUNDS = 2


@frozen(order=True)
class Slice:
    """A part of a range, asked for in one request.

    Attributes:
        from_date: its first day.
        to_date: its last day, included.
    """

    from_date: datetime.date
    to_date: datetime.date

    @property
    def days(self) -> int:
        """How many days it has."""
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
    """The slices of an export, in order and without gap or overlap.

    Attributes:
        parallel: how many slices are downloaded at a time.
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
        parallel: how many slices are to be downloaded at a time.
        slice_days: exactly so many days a slice (the last may be shorter), whatever the budget.
        per_hour: how many requests the budget allows in an hour; None for any number.
        whole: ask for all in one request, as a `limit` over the whole range needs.

    Raises:
        InvalidArgumentError: for numbers below 1.
    """
    for name, value in (("parallel", parallel), ("slice_days", slice_days)):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidArgumentError(name, value, "allowed is a whole number from 1")
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
        beside: how many requests are to be made beside these, out of the same budget.
        parallel, slice_days, per_hour: as for `make_plan`.
    """
    if slice_days is not None:
        return [
            _part(each, at, min(at + slice_days, each.days))
            for each in ranges
            for at in range(0, each.days, slice_days)
        ]
    days = sum(each.days for each in ranges)
    count = min(days, parallel * _ROUNDS)
    if per_hour is not None:
        count = min(count, int(per_hour * _SHARE_OF_BUDGET) - beside)
    parts = [1] * len(ranges)
    for _ in range(count - len(ranges)):
        longest = max(range(len(ranges)), key=lambda n: ranges[n].days / parts[n])
        parts[longest] += 1
    edges = [
        [each.days * n // many for n in range(many + 1)] for each, many in zip(ranges, parts, strict=True)
    ]
    return [
        _part(each, start, end)
        for each, its_edges in zip(ranges, edges, strict=True)
        for start, end in itertools.pairwise(its_edges)
    ]


def _part(whole: Slice, start: int, end: int) -> Slice:
    first = whole.from_date
    return Slice(first + _DAY * start, first + _DAY * (end - 1))

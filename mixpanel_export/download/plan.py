"""Ranges of days, and the slices that they are requested in.

Pure. See `planner` for how an export decides what to ask for in one request.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Protocol

from attrs import frozen

from mixpanel_export.errors import InvalidArgumentError

__all__ = ["DayDensity", "Plan", "Slice", "gaps_between", "make_plan"]

_DAY = datetime.timedelta(days=1)


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
        """Return the days from `first` up to, but not including, `end`, counted from 0."""
        return Slice(self.from_date + _DAY * first, self.from_date + _DAY * (end - 1))

    def split(self, days: int) -> list[Slice]:
        """Divide the days into parts of this many; the last may be shorter."""
        return [self.part(start, min(start + days, self.days)) for start in range(0, self.days, days)]

    @property
    def next_day(self) -> datetime.date:
        """The day after the last."""
        return self.to_date + _DAY

    def __str__(self) -> str:
        if self.from_date == self.to_date:
            return self.from_date.isoformat()
        return f"{self.from_date} to {self.to_date}"


class _Days(Protocol):
    @property
    def from_date(self) -> datetime.date: ...

    @property
    def to_date(self) -> datetime.date: ...


def gaps_between(known: Iterable[_Days], from_date: datetime.date, to_date: datetime.date) -> list[Slice]:
    """Return the ranges of these days that are not known; `known` is in order."""
    gaps: list[Slice] = []
    missing = from_date
    for days in known:
        if days.from_date > to_date:
            break
        if missing < days.from_date:
            gaps.append(Slice(missing, days.from_date - _DAY))
        missing = max(missing, days.to_date + _DAY)
    if missing <= to_date:
        gaps.append(Slice(missing, to_date))
    return gaps


@frozen
class DayDensity:
    """The size of some complete days: in compressed bytes, as received."""

    slice_: Slice
    bytes: int

    @property
    def per_day(self) -> float:
        """Bytes a day."""
        return self.bytes / self.slice_.days


@frozen
class Plan:
    """The days to fetch. A planner decides how they are cut while the export runs; see `planner`.

    Attributes:
        ranges: days that may be cut as it pays, in order and without overlap.
        parallel: the most slices to download at a time.
        fixed: slices that are fetched as they are.
        known: the sizes of days that are already complete.
    """

    ranges: Sequence[Slice]
    parallel: int
    fixed: Sequence[Slice] = ()
    known: Sequence[DayDensity] = ()

    @property
    def days(self) -> int:
        """The number of days."""
        return sum(slice_.days for slice_ in (*self.ranges, *self.fixed))


def make_plan(
    from_date: datetime.date,
    to_date: datetime.date,
    *,
    parallel: int,
    slice_days: int | None = None,
    whole: bool = False,
) -> Plan:
    """Plan a range of days.

    Args:
        from_date: the first day.
        to_date: the last day, included; not before the first.
        parallel: the most slices to download at a time.
        slice_days: the exact number of days of a slice (the last may be shorter), whatever the budget.
        whole: make it one request, as a `limit` over the whole range needs.

    Raises:
        InvalidArgumentError: for anything but integers from 1.
    """
    for name, value in (("parallel", parallel), ("slice_days", slice_days)):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidArgumentError(name, value, "expected an integer from 1")
    range_ = Slice(from_date, to_date)
    if whole:
        return Plan([], parallel, [range_])
    if slice_days is not None:
        return Plan([], parallel, range_.split(slice_days))
    return Plan([range_], parallel)

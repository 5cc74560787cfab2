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

__all__ = ["Plan", "Slice", "make_plan"]

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
    days = (to_date - from_date).days + 1
    if whole:
        count = 1
    elif slice_days is not None:
        starts = range(0, days, slice_days)
        return Plan([_slice(from_date, at, min(at + slice_days, days)) for at in starts], parallel)
    else:
        affordable = max(1, int(per_hour * _SHARE_OF_BUDGET)) if per_hour is not None else days
        count = min(days, affordable, parallel * _ROUNDS)
    edges = [days * n // count for n in range(count + 1)]
    pairs = itertools.pairwise(edges)
    return Plan([_slice(from_date, start, end) for start, end in pairs], parallel)


def _slice(first: datetime.date, start: int, end: int) -> Slice:
    return Slice(first + _DAY * start, first + _DAY * (end - 1))

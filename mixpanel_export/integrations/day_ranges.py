"""The ranges of days that repeated loads of a table fetch: each is replaced in the table as a whole.

Pure. A load records the ranges that it fetched. The next one fetches the days that are missing, and again every
range with a day of the look-back. Rows keep the first day of their range, so that replacing a range needs no
assumption about the time zone of its days.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from attrs import frozen

from mixpanel_export import dates
from mixpanel_export.download.plan import Slice, gaps_between

__all__ = ["LoadedRange", "ranges_to_load", "record_loaded"]

_DAY = datetime.timedelta(days=1)


@frozen(order=True)
class LoadedRange:
    """Consecutive days that are fetched together.

    Attributes:
        from_date: the first day.
        to_date: the last day, included.
        is_over: True when the last day was over when it was fetched.
    """

    from_date: datetime.date
    to_date: datetime.date
    is_over: bool = True

    def to_state(self) -> list[str | bool]:
        """Return the range as JSON data."""
        return [self.from_date.isoformat(), self.to_date.isoformat(), self.is_over]

    @classmethod
    def from_state(cls, state: Sequence[str | bool]) -> LoadedRange:
        """Restore a range."""
        first, last, is_over = state
        return cls(
            datetime.date.fromisoformat(str(first)), datetime.date.fromisoformat(str(last)), bool(is_over)
        )


def ranges_to_load(
    loaded: Iterable[LoadedRange],
    from_date: datetime.date,
    to_date: datetime.date,
    today: datetime.date,
    look_back: int,
) -> list[LoadedRange]:
    """Return the ranges that a load fetches, in order.

    Args:
        loaded: the ranges that earlier loads have fetched.
        from_date: the first day of the table.
        to_date: its last day.
        today: the current day, in the project's time zone.
        look_back: the number of last loaded days that are fetched again.
    """
    known = sorted(loaded)
    newest = max((range_.to_date for range_ in known), default=from_date)
    single = min(dates.shift(to_date, -look_back), today - _DAY)
    again = [
        range_
        for range_ in known
        if range_.to_date <= to_date and from_date <= range_.to_date
        if (newest - range_.to_date).days < look_back or not range_.is_over
    ]
    new = [part for gap in gaps_between(known, from_date, to_date) for part in _cut(gap, single)]
    return sorted(
        LoadedRange(range_.from_date, range_.to_date, range_.to_date < today) for range_ in (*again, *new)
    )


def record_loaded(loaded: Iterable[LoadedRange], fetched: LoadedRange) -> list[LoadedRange]:
    """Return the ranges after another one was fetched."""
    return sorted([*(range_ for range_ in loaded if range_.from_date != fetched.from_date), fetched])


def _cut(days: Slice, single: datetime.date) -> list[LoadedRange]:
    """Cut days into months, and into single days after `single`, which the next load fetches again."""
    parts: list[LoadedRange] = []
    first, last = days.from_date, days.to_date
    while first <= last:
        month = (first.replace(day=1) + _DAY * 31).replace(day=1) - _DAY
        end = first if first > single else min(last, month, single)
        parts.append(LoadedRange(first, end))
        first = end + _DAY
    return parts

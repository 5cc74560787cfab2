"""The periods behind a report's dates: minutes, hours, days, weeks and months in UTC.

A period is identified by its start in unix seconds.
"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

__all__ = ["Unit", "label", "period_index", "period_of", "periods", "start_of_day"]

Unit: TypeAlias = Literal["minute", "hour", "day", "week", "month"]

_DAY: Final = 86_400
_WIDTHS: Final[dict[Unit, int]] = {"minute": 60, "hour": 3600, "day": _DAY, "week": 7 * _DAY}
_EPOCH: Final = datetime.date(1970, 1, 1)
# The epoch was a Thursday; a week starts on Monday.
_FIRST_MONDAY: Final = 4 * _DAY


def periods(first_day: datetime.date, last_day: datetime.date, unit: Unit, interval: int = 1) -> list[int]:
    """Return the starts of the periods that cover the days from `first_day` to `last_day`, both inclusive.

    The first period starts at or before the first day: a week on Monday, a month on its first. With an
    `interval`, each period spans that many units, counted from the first; the last may extend past the range.
    """
    begin = period_of(start_of_day(first_day), unit)
    end = start_of_day(last_day) + _DAY
    if unit != "month":
        return list(range(begin, end, _WIDTHS[unit] * interval))
    starts: list[int] = []
    month = _date(begin)
    while (start := start_of_day(month)) < end:
        starts.append(start)
        month = _months_later(month, interval)
    return starts


def period_of(seconds: float, unit: Unit) -> int:
    """Return the start of the period, one unit long, that contains a time."""
    if unit == "month":
        return start_of_day(_date(seconds).replace(day=1))
    origin = _FIRST_MONDAY if unit == "week" else 0
    return int((seconds - origin) // _WIDTHS[unit]) * _WIDTHS[unit] + origin


def period_index(starts: Sequence[int], seconds: float) -> int:
    """Return the index of the period that contains a time, for any unit and interval; -1 before the first."""
    return bisect_right(starts, seconds) - 1


def label(start: int, unit: Unit) -> str:
    """Return Mixpanel's label for a period: its first day or, for minutes and hours, its first second."""
    day = _date(start).isoformat()
    if unit not in ("minute", "hour"):
        return day
    hours, seconds = divmod(start % _DAY, 3600)
    return f"{day} {hours:02d}:{seconds // 60:02d}:00"


def start_of_day(day: datetime.date) -> int:
    """Return the unix time at which a day begins."""
    return (day - _EPOCH).days * _DAY


def _date(seconds: float) -> datetime.date:
    return _EPOCH + datetime.timedelta(days=seconds // _DAY)


def _months_later(month: datetime.date, count: int) -> datetime.date:
    years, index = divmod(month.month - 1 + count, 12)
    return month.replace(year=month.year + years, month=index + 1)

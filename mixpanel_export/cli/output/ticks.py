"""Ticks of an axis: round numbers, and dates at whole days, months or hours."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Sequence

__all__ = ["axis_ticks", "number_ticks", "position"]

_HOUR = datetime.timedelta(hours=1)
_DAY = datetime.timedelta(days=1)


def number_ticks(low: float, high: float, most: int, *, integers: bool) -> list[float]:
    """Return round numbers from at most `low` to at least `high`.

    Args:
        most: the most intervals between them.
        integers: return no fractions.
    """
    if high <= low:
        high = low + 1
    step = 10.0 ** math.floor(math.log10((high - low) / most))
    step *= next(times for times in (1, 2, 5, 10) if (high - low) / (step * times) <= most)
    if integers:
        step = max(1.0, step)
    first, last = math.floor(low / step), math.ceil(high / step - 1e-9)
    return [round(place * step, 10) for place in range(first, last + 1)]


def position(at: datetime.date | float) -> float:
    """Return the place of a date (in days) or a number on the axis."""
    if isinstance(at, datetime.datetime):
        return at.toordinal() + (at.hour * 3600 + at.minute * 60 + at.second) / 86400
    return float(at.toordinal() if isinstance(at, datetime.date) else at)


def axis_ticks(x: Sequence[datetime.date | float], most: int) -> list[tuple[float, str]]:
    """Return positions and labels of at most `most` ticks: full hours, days, months, years or integers."""
    first, last = x[0], x[-1]
    if not isinstance(first, datetime.date) or not isinstance(last, datetime.date):
        low, high = position(first), position(last)
        marks = number_ticks(low, high, most - 1, integers=True)
        return [(mark, f"{mark:g}") for mark in marks if low <= mark <= high]
    if isinstance(first, datetime.datetime) and isinstance(last, datetime.datetime):
        if last - first <= 3 * _DAY:
            return _hours(first, last, most)
        first, last = first.date(), last.date()
    days = (last - first).days + 1
    for step in (1, 2, 7, 14):
        if math.ceil(days / step) <= most:
            moments = [first + offset * _DAY for offset in range(0, days, step)]
            return [(float(day.toordinal()), _day(day)) for day in moments]
    for months in (1, 3, 6, 12, 60, 120):
        ticks = [*_months(first, last, months)]
        if len(ticks) <= most:
            return ticks
    return []


def _months(first: datetime.date, last: datetime.date, step: int) -> Iterator[tuple[float, str]]:
    start = first.year * 12 + first.month - 1 + (first.day > 1)
    for month in range(math.ceil(start / step) * step, last.year * 12 + last.month, step):
        day = datetime.date(month // 12, month % 12 + 1, 1)
        yield float(day.toordinal()), f"{day:%b %Y}" if step < 12 else str(day.year)


def _hours(first: datetime.datetime, last: datetime.datetime, most: int) -> list[tuple[float, str]]:
    start = first.replace(hour=0, minute=0, second=0, microsecond=0)
    for step in (1, 2, 3, 6, 12, 24):
        moments = [start + hours * _HOUR for hours in range(0, int((last - start) / _HOUR) + 1, step)]
        moments = [moment for moment in moments if moment >= first]
        if len(moments) <= most:
            return [
                (position(moment), _day(moment) if moment.hour == 0 else f"{moment:%H:%M}")
                for moment in moments
            ]
    return []


def _day(day: datetime.date) -> str:
    return f"{day:%b} {day.day}"

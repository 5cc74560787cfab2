"""Frequency, which Mixpanel also calls addiction: in how many hours or days of a period users were active.

The first number of a period counts those active in one of its hours (or days) at least, the second those
in two at least, and so on, for as many as the period has:
https://developer.mixpanel.com/reference/retention-frequency-query.
"""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import accumulate
from typing import Final

from mixpanel_export.sandbox.reports.identity import user_of
from mixpanel_export.sandbox.reports.periods import Unit, period_index, period_of
from mixpanel_export.sandbox.reports.splitting import Event, Segments, largest

__all__ = ["EVERYONE", "frequencies", "largest_segments", "nobody"]

Rows = dict[str, list[int]]

EVERYONE: Final = ""
"""The one segment where there are none to tell apart."""


def frequencies(
    events: Iterable[Event],
    starts: Sequence[int],
    unit: Unit,
    addiction_unit: Unit,
    segments: Segments | None = None,
) -> list[Rows]:
    """The numbers of users of each period, by segment.

    Args:
        events: those that make a user active.
        starts: when each period, one `unit` long, begins.
        addiction_unit: the smaller unit, hour or day.
    """
    active: list[dict[str, dict[str, set[int]]]] = [{} for _ in starts]
    for event in events:
        user = user_of(event)
        if user is None:
            continue
        time = event["properties"]["time"]
        period = active[period_index(starts, time)]
        for segment in (EVERYONE,) if segments is None else segments(event):
            period.setdefault(segment, {}).setdefault(user, set()).add(period_of(time, addiction_unit))
    return [
        {
            segment: _at_least(map(len, users.values()), _units_within(start, unit, addiction_unit))
            for segment, users in period.items()
        }
        for start, period in zip(starts, active, strict=True)
    ]


def nobody(start: int, unit: Unit, addiction_unit: Unit) -> list[int]:
    """The numbers of a period in which no user was active."""
    return [0] * _units_within(start, unit, addiction_unit)


def largest_segments(periods: Sequence[Rows], limit: int | None) -> list[str]:
    """The segments with most active users, by their number and then by name."""
    totals = Counter[str]()
    for period in periods:
        totals.update({segment: row[0] for segment, row in period.items()})
    return largest(totals, limit)


def _at_least(units: Iterable[int], most: int) -> list[int]:
    exactly = [0] * most
    for count in units:
        exactly[count - 1] += 1
    return list(accumulate(reversed(exactly)))[::-1]


def _units_within(start: int, unit: Unit, addiction_unit: Unit) -> int:
    day = datetime.fromtimestamp(start, UTC)
    days = {"day": 1, "week": 7}.get(unit) or calendar.monthrange(day.year, day.month)[1]
    return days * 24 if addiction_unit == "hour" else days

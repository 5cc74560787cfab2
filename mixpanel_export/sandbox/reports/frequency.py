"""Frequency, which Mixpanel also calls addiction: in how many hours or days of a period users were active.

The first number of a period counts users active in at least one of its hours (or days), the second those active
in at least two, and so on: https://developer.mixpanel.com/reference/retention-frequency-query.
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
"""The only segment of an unsegmented report."""


def frequencies(
    events: Iterable[Event],
    starts: Sequence[int],
    unit: Unit,
    addiction_unit: Unit,
    segments: Segments | None = None,
) -> list[Rows]:
    """Return the counts of users of each period, by segment.

    Args:
        events: the events that make a user active.
        starts: the start of each period; periods are one `unit` long.
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
    """Return the counts of a period without active users."""
    return [0] * _units_within(start, unit, addiction_unit)


def largest_segments(periods: Sequence[Rows], limit: int | None) -> list[str]:
    """Return the segments with the most active users, then by name."""
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

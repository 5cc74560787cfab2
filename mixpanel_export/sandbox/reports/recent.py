"""The current time for reports on recent days: the time of the latest event that is not in the future.

Mixpanel counts back from today. The sample and old exports end earlier, so their last day stands in for today; a
project that still receives events gets the same result either way.
"""

from __future__ import annotations

import datetime

from mixpanel_export.sandbox.data.store import EventStore
from mixpanel_export.sandbox.reports.periods import Unit, period_of, start_of_day

__all__ = ["FIRST_DAY", "latest_day", "latest_time", "recent_start"]

FIRST_DAY = datetime.date(1970, 1, 1)
"""The start of a range without a beginning, before anyone tracked anything."""

_EPOCH = datetime.date(1970, 1, 1)
_SECONDS_A_DAY = 86_400


def latest_day(events: EventStore, today: datetime.date) -> datetime.date:
    """Return the last day up to today that has events; today if there is none."""
    days = events.days(FIRST_DAY, today)
    return days[-1] if days else today


def latest_time(events: EventStore, today: datetime.date) -> float:
    """Return the unix time of the latest event up to today; the start of today if there is none."""
    day = latest_day(events, today)
    times = (event["properties"]["time"] for event in events.events(day, day))
    return max(times, default=start_of_day(day))


def recent_start(now: float, unit: Unit, count: int) -> int:
    """Return the start of the last `count` periods, including the current one."""
    start = period_of(now, unit)
    for _ in range(count - 1):
        start = period_of(start - 1, unit)
    return start

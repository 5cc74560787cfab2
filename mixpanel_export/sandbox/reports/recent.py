"""What "now" is for questions about recent days: the moment of the latest event that is not in the future.

Mixpanel counts back from today. Data that ended earlier, as the sample does and an exported file may, has
nothing to say about today, and its last day stands in for it: a project that is still being written to
gives the same answers either way.
"""

from __future__ import annotations

import datetime

from mixpanel_export.sandbox.data.store import EventStore
from mixpanel_export.sandbox.reports.periods import Unit, period_of, start_of_day

__all__ = ["FIRST_DAY", "latest_day", "latest_time", "recent_start"]

FIRST_DAY = datetime.date(1970, 1, 1)
"""Before anybody tracked anything: where a range begins that has no beginning."""

_EPOCH = datetime.date(1970, 1, 1)
_SECONDS_A_DAY = 86_400


def latest_day(events: EventStore, today: datetime.date) -> datetime.date:
    """The last day up to today that has events; today when there is none."""
    days = events.days(FIRST_DAY, today)
    return days[-1] if days else today


def latest_time(events: EventStore, today: datetime.date) -> float:
    """The unix time of the latest event up to today; the start of today when there is none."""
    day = latest_day(events, today)
    times = (event["properties"]["time"] for event in events.events(day, day))
    return max(times, default=start_of_day(day))


def recent_start(now: float, unit: Unit, count: int) -> int:
    """Where the last `count` periods begin, of which the current one is the last."""
    start = period_of(now, unit)
    for _ in range(count - 1):
        start = period_of(start - 1, unit)
    return start

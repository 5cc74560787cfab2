"""Retention: how many users who began in a period came back in each interval after it.

The rules follow https://developer.mixpanel.com/reference/retention-query; where they leave something open:

- Intervals count from the moment each user began: interval 0 of a day is the next 24 hours. A month is 30 days,
  the same for everyone.
- Only a later event brings a user back; the event that began is not a return.
- Intervals that no user of a group can have reached yet are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final

from attrs import define, field, frozen

from mixpanel_export.sandbox.reports.identity import user_of
from mixpanel_export.sandbox.reports.periods import Unit, period_index
from mixpanel_export.sandbox.reports.splitting import Event, Segments, largest
from mixpanel_export.sandbox.reports.where import Predicate

__all__ = ["INTERVAL_DAYS", "Group", "Retention", "groups", "largest_segments"]

INTERVAL_DAYS: Final[dict[Unit, int]] = {"day": 1, "week": 7, "month": 30}
"""The number of days in an interval of one unit."""


@frozen
class Retention:
    """The parameters of a retention report.

    Attributes:
        begins: tells whether an event makes a user begin.
        returns: tells whether an event brings a user back.
        first_time: whether a user begins only once, with the first such event ever, or again in every period.
        starts: the start of each period in unix seconds, ascending.
        begin: the earliest time to begin; the first period may start before it.
        end: the time before which users must begin.
        interval: seconds.
        last_interval: the index of the last interval, counted from 0.
        unbounded: whether a return also counts for all earlier intervals.
    """

    begins: Predicate
    returns: Predicate
    first_time: bool
    starts: Sequence[int]
    begin: int
    end: int
    interval: int
    last_interval: int
    unbounded: bool = False

    def interval_of(self, elapsed: float) -> int | None:
        """Return the index of the interval for a return after `elapsed` seconds; None if outside all."""
        if elapsed <= 0:
            return None
        interval = int(elapsed // self.interval)
        if self.unbounded:
            return min(interval, self.last_interval)
        return interval if interval <= self.last_interval else None


@define
class Group:
    """The users who began in one period.

    Attributes:
        size: the number of users.
        returned: the number who came back in each interval.
        by_segment: the same for each segment of the returning events.
    """

    size: int = 0
    returned: list[int] = field(factory=list[int])
    by_segment: dict[str, list[int]] = field(factory=dict[str, list[int]])


@define
class _User:
    begun: list[float] = field(factory=list[float])
    came: list[tuple[float, Sequence[str]]] = field(factory=list[tuple[float, Sequence[str]]])


def groups(
    events: Iterable[Event], retention: Retention, now: float, segments: Segments | None = None
) -> list[Group]:
    """Return the group of each period.

    Args:
        events: the events up to the end of the last interval, without duplicates, in any order; with
            `first_time`, all earlier events too.
        now: intervals that begin later are left out.
    """
    answer: list[Group] = []
    for start in retention.starts:
        reached = max(0, int((now - max(start, retention.begin)) // retention.interval))
        answer.append(Group(returned=[0] * (min(reached, retention.last_interval) + 1)))
    for user in _users(events, retention, segments).values():
        for period, begun in _beginnings(user, retention):
            _count(answer[period], begun, user.came, retention)
    if retention.unbounded:
        for group in answer:
            group.returned = _from_the_right(group.returned)
            group.by_segment = {name: _from_the_right(row) for name, row in group.by_segment.items()}
    return answer


def _users(events: Iterable[Event], retention: Retention, segments: Segments | None) -> dict[str, _User]:
    users: dict[str, _User] = {}
    for event in events:
        user = user_of(event)
        if user is None:
            continue
        begins, returns = retention.begins(event), retention.returns(event)
        if not (begins or returns):
            continue
        history = users.setdefault(user, _User())
        time = event["properties"]["time"]
        if begins:
            history.begun.append(time)
        if returns:
            history.came.append((time, segments(event) if segments else ()))
    return users


def _beginnings(user: _User, retention: Retention) -> Iterable[tuple[int, float]]:
    """Return the periods in which a user began, with the first moment in each."""
    if not user.begun:
        return ()
    moments = [min(user.begun)] if retention.first_time else sorted(user.begun, reverse=True)
    return {
        period_index(retention.starts, moment): moment
        for moment in moments
        if retention.begin <= moment < retention.end
    }.items()


def _count(
    group: Group, begun: float, came: Iterable[tuple[float, Sequence[str]]], retention: Retention
) -> None:
    """Count one user in each interval or, if intervals accumulate, only in the last one."""
    group.size += 1
    intervals: set[int] = set()
    by_segment: dict[str, set[int]] = {}
    for time, segments in came:
        interval = retention.interval_of(time - begun)
        if interval is None or interval >= len(group.returned):
            continue
        intervals.add(interval)
        for segment in segments:
            by_segment.setdefault(segment, set()).add(interval)
    _mark(group.returned, intervals, retention)
    for segment, its_intervals in by_segment.items():
        row = group.by_segment.setdefault(segment, [0] * len(group.returned))
        _mark(row, its_intervals, retention)


def _mark(row: list[int], intervals: set[int], retention: Retention) -> None:
    for interval in [max(intervals)] if retention.unbounded and intervals else intervals:
        row[interval] += 1


def _from_the_right(row: Sequence[int]) -> list[int]:
    return list(accumulate(reversed(row)))[::-1]


def largest_segments(all_groups: Sequence[Group], limit: int | None) -> list[str]:
    """Return the segments with the most returns, then by name."""
    totals = Counter[str]()
    for group in all_groups:
        totals.update({segment: sum(row) for segment, row in group.by_segment.items()})
    return largest(totals, limit)

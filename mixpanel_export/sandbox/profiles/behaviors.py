"""Behaviors in profile queries: how often users did something within a time window.

The format is that of https://developer.mixpanel.com/reference/engage-query:
`[{"window": "30d", "name": "buyers", "event_selectors": [{"event": "Purchase", "selector": "…"}]}]`. An event
counts once, however many selectors match it. See `query` for how the counts are used.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from attrs import frozen

from mixpanel_export.sandbox.data.store import EventStore
from mixpanel_export.sandbox.http.refusal import BadRequest
from mixpanel_export.sandbox.reports.evaluation import predicate
from mixpanel_export.sandbox.reports.identity import deduplicated, user_of
from mixpanel_export.sandbox.reports.where import Predicate

__all__ = ["LATEST_TIMESTAMP", "Behavior", "EventSelector", "count_behaviors", "read_behaviors"]

LATEST_TIMESTAMP: Final = 253_402_300_799
"""The last second of the year 9999 in unix time; `as_of_timestamp` can't be later."""

_WINDOW = re.compile(r"(\d{1,5})([hdw])", re.ASCII)
_SECONDS: Final = {"h": 3600, "d": 86_400, "w": 7 * 86_400}


@frozen
class EventSelector:
    """Events of one name, filtered by an expression unless it is None."""

    event: str
    selector: str | None = None


@frozen
class Behavior:
    """Something users may have done.

    Attributes:
        name: the name `where` uses for it.
        window: the time to look back, such as `30d`.
        event_selectors: the events that count; matching one selector is enough.
    """

    name: str
    window: str
    event_selectors: tuple[EventSelector, ...]

    @property
    def seconds(self) -> int:
        """Return the length of the window in seconds."""
        return int(self.window[:-1]) * _SECONDS[self.window[-1]]


def read_behaviors(value: object) -> tuple[Behavior, ...]:
    """Return the behaviors in a decoded parameter.

    Raises:
        BadRequest: the parameter does not have the documented format.
    """
    try:
        behaviors = msgspec.convert(value, tuple[Behavior, ...])
    except msgspec.ValidationError as error:
        raise BadRequest(f"behaviors does not have the documented format: {error}") from None
    for index, behavior in enumerate(behaviors):
        if not _WINDOW.fullmatch(behavior.window):
            units = ", ".join(_SECONDS)
            raise BadRequest(
                f"behaviors[{index}].window must be a number and one of {units}, such as 30d; "
                f"not {behavior.window!r}"
            )
        if not behavior.event_selectors:
            raise BadRequest(f"behaviors[{index}].event_selectors must name an event")
    if len({behavior.name for behavior in behaviors}) < len(behaviors):
        raise BadRequest("the names of behaviors must be unique")
    return behaviors


def count_behaviors(
    behaviors: Sequence[Behavior],
    events: EventStore,
    profiles: Sequence[Mapping[str, Any]],
    as_of: float,
) -> dict[str, Counter[str]]:
    """Return the count of matching events per user (distinct id as text), for each behavior.

    Args:
        profiles: the profiles `user["…"]` reads in selectors.
        as_of: the unix time before which events count.

    Raises:
        BadRequest: a selector is not a valid expression, or cannot be applied to an event.
    """
    counts = {behavior.name: Counter[str]() for behavior in behaviors}
    if not behaviors:
        return counts
    counted = [
        (counts[behavior.name], as_of - behavior.seconds, _conditions(index, behavior, profiles))
        for index, behavior in enumerate(behaviors)
    ]
    names = {selector.event for behavior in behaviors for selector in behavior.event_selectors}
    earliest = min(since for _, since, _ in counted)
    named = (
        event
        for event in events.events(_day(earliest), _day(as_of))
        if event["event"] in names and earliest <= event["properties"]["time"] < as_of
    )
    for event in deduplicated(named):
        user = user_of(event)
        if user is None:
            continue
        for users, since, conditions in counted:
            if event["properties"]["time"] >= since and _fits(event, conditions):
                users[user] += 1
    return counts


_Condition = tuple[str, Predicate | None]


def _conditions(index: int, behavior: Behavior, profiles: Sequence[Mapping[str, Any]]) -> list[_Condition]:
    return [
        (
            selector.event,
            predicate(f"behaviors[{index}].event_selectors[{number}].selector", selector.selector, profiles)
            if selector.selector
            else None,
        )
        for number, selector in enumerate(behavior.event_selectors)
    ]


def _fits(event: Mapping[str, Any], conditions: list[_Condition]) -> bool:
    return any(
        event["event"] == name and (condition is None or condition(event)) for name, condition in conditions
    )


def _day(time: float) -> datetime.date:
    # No event predates unix time, and not every platform supports dates before it.
    return datetime.datetime.fromtimestamp(max(time, 0), datetime.UTC).date()

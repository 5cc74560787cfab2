"""Behaviors: how often users did something in a time up to a moment, for the profile query.

The form is that of https://developer.mixpanel.com/reference/engage-query:
`[{"window": "30d", "name": "buyers", "event_selectors": [{"event": "Purchase", "selector": "…"}]}]`. An
event counts once, however many of the selectors it fits. What the counts decide is the business of
`profile_query`.
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
"""The last second of the year 9999, in unix time: nothing can be looked at later."""

_WINDOW = re.compile(r"(\d{1,5})([hdw])", re.ASCII)
_SECONDS: Final = {"h": 3600, "d": 86_400, "w": 7 * 86_400}


@frozen
class EventSelector:
    """Events of a name that satisfy an expression; None is every event of the name."""

    event: str
    selector: str | None = None


@frozen
class Behavior:
    """Something users may have done.

    Attributes:
        name: what `where` calls it.
        window: how far to look back, such as `30d`.
        event_selectors: which events count; to fit one of them is enough.
    """

    name: str
    window: str
    event_selectors: tuple[EventSelector, ...]

    @property
    def seconds(self) -> int:
        """The length of the window."""
        return int(self.window[:-1]) * _SECONDS[self.window[-1]]


def read_behaviors(value: object) -> tuple[Behavior, ...]:
    """The behaviors that the decoded parameter describes.

    Raises:
        BadRequest: if it is not of the documented form.
    """
    try:
        behaviors = msgspec.convert(value, tuple[Behavior, ...])
    except msgspec.ValidationError as error:
        raise BadRequest(f"behaviors is not of the documented form: {error}") from None
    for index, each in enumerate(behaviors):
        if not _WINDOW.fullmatch(each.window):
            units = ", ".join(_SECONDS)
            raise BadRequest(
                f"behaviors[{index}].window must be a number and one of {units}, such as 30d; "
                f"not {each.window!r}"
            )
        if not each.event_selectors:
            raise BadRequest(f"behaviors[{index}].event_selectors must name an event")
    if len({each.name for each in behaviors}) < len(behaviors):
        raise BadRequest("behaviors must have names that differ")
    return behaviors


def count_behaviors(
    behaviors: Sequence[Behavior],
    events: EventStore,
    profiles: Sequence[Mapping[str, Any]],
    as_of: float,
) -> dict[str, Counter[str]]:
    """For each behavior, how many of its events each user has, by distinct id as text.

    Args:
        profiles: where selectors look up `user["…"]`.
        as_of: the unix time up to which, but not including, events count.

    Raises:
        BadRequest: if a selector is no expression, or cannot be applied to an event.
    """
    counts = {each.name: Counter[str]() for each in behaviors}
    if not behaviors:
        return counts
    counted = [
        (counts[each.name], as_of - each.seconds, _conditions(index, each, profiles))
        for index, each in enumerate(behaviors)
    ]
    names = {selector.event for each in behaviors for selector in each.event_selectors}
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
            each.event,
            predicate(f"behaviors[{index}].event_selectors[{number}].selector", each.selector, profiles)
            if each.selector
            else None,
        )
        for number, each in enumerate(behavior.event_selectors)
    ]


def _fits(event: Mapping[str, Any], conditions: list[_Condition]) -> bool:
    return any(
        event["event"] == name and (condition is None or condition(event)) for name, condition in conditions
    )


def _day(time: float) -> datetime.date:
    # Nothing is older than unix time, and not every platform knows dates before it.
    return datetime.datetime.fromtimestamp(max(time, 0), datetime.UTC).date()

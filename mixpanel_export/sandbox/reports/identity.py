"""Which raw events are the same one, and who did an event.

Raw export has every event that came in; reports count each once. Mixpanel's identity of an event is its name,
`distinct_id`, `time` and `$insert_id`, and of several with the same one the latest to be processed counts
(https://developer.mixpanel.com/reference/raw-event-export).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

__all__ = ["deduplicated", "user_of"]

_SECONDS_A_DAY = 86_400

Event = Mapping[str, Any]


def deduplicated(events: Iterable[Event]) -> Iterator[Event]:
    """The events, each once, in their order; they must come day by day, as a store has them.

    An event without an `$insert_id` is like no other.
    """
    day: float | None = None
    kept: dict[object, Event] = {}
    for event in events:
        properties = event["properties"]
        time = properties["time"]
        # `time` is a part of the identity, so that the same event is never on two days.
        if time // _SECONDS_A_DAY != day:
            yield from kept.values()
            kept.clear()
            day = time // _SECONDS_A_DAY
        insert_id = properties.get("$insert_id")
        if insert_id is None:
            kept[object()] = event
            continue
        key = (event["event"], str(properties.get("distinct_id")), time, str(insert_id))
        other = kept.setdefault(key, event)
        if other is not event and _processed(event) > _processed(other):
            kept[key] = event
    yield from kept.values()


def user_of(event: Event) -> str | None:
    """The distinct id as text, in which 12 and "12" are one user; None when there is none."""
    distinct_id = event["properties"].get("distinct_id")
    return None if distinct_id is None or distinct_id == "" else str(distinct_id)


def _processed(event: Event) -> float:
    moment = event["properties"].get("mp_processing_time_ms")
    return moment if isinstance(moment, int | float) else 0

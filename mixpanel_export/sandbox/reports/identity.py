"""Identity: which raw events are duplicates, and which user did an event.

The raw export contains every event received; reports count each once. Mixpanel identifies an event by its name,
`distinct_id`, `time` and `$insert_id`; of duplicates, the one processed last counts
(https://developer.mixpanel.com/reference/raw-event-export).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

__all__ = ["deduplicated", "user_of"]

_SECONDS_A_DAY = 86_400

Event = Mapping[str, Any]


def deduplicated(events: Iterable[Event]) -> Iterator[Event]:
    """Yield the events without duplicates, in order; they must come day by day, as stores return them.

    An event without an `$insert_id` has no duplicates.
    """
    day: float | None = None
    kept: dict[object, Event] = {}
    for event in events:
        properties = event["properties"]
        time = properties["time"]
        # `time` is part of the identity, so duplicates always fall on the same day.
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
    """Return the distinct id as text, so that 12 and "12" are one user; None if there is none."""
    distinct_id = event["properties"].get("distinct_id")
    return None if distinct_id is None or distinct_id == "" else str(distinct_id)


def _processed(event: Event) -> float:
    moment = event["properties"].get("mp_processing_time_ms")
    return moment if isinstance(moment, int | float) else 0

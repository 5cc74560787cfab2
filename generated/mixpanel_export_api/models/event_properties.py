"""The model `EventProperties`."""

from __future__ import annotations

from typing import Any

from ..runtime.objects import Map


class EventProperties(Map[Any]):
    """An event's properties by name, with values of any JSON type. Nearly always present: `time`
    (Unix time in seconds), `distinct_id` (the user), `$insert_id` (the sender's id for the
    event) and `mp_processing_time_ms` (when Mixpanel received it, Unix time in milliseconds)."""

    __slots__ = ()

    _unit = "properties"

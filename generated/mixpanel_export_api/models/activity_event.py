"""The model `ActivityEvent`."""

from __future__ import annotations

from ..runtime.objects import Model
from .event_properties import EventProperties


class ActivityEvent(Model):
    """An event of an activity feed."""

    __slots__ = ()

    _fields = {
        "event": "event",
        "properties": "properties",
    }
    _required = {
        "event": object,
    }
    _flat = "properties"

    def __init__(
        self,
        event: str | None = None,
        properties: EventProperties | None = None,
    ) -> None:
        super().__init__()
        self._set("event", event)
        self._set("properties", properties)

    @property
    def event(self) -> str:
        """Name of the event."""
        value: str = self.get("event")
        return value

    @property
    def properties(self) -> EventProperties:
        """Its properties by name; empty if Mixpanel sends none."""
        value: EventProperties = self._part("properties", EventProperties)
        return value

"""The model `ActivityEvents`."""

from __future__ import annotations

from ..runtime.objects import Model
from .activity_event import ActivityEvent


class ActivityEvents(Model):
    """The events of an activity feed."""

    __slots__ = ()

    _fields = {
        "events": "events",
    }
    _required = {
        "events": list,
    }
    _bare = "events"
    _units = {
        "events": "events",
    }

    def __init__(
        self,
        events: list[ActivityEvent] | None = None,
    ) -> None:
        super().__init__()
        self._set("events", events)

    @property
    def events(self) -> list[ActivityEvent]:
        """The events of all requested users."""
        value: list[ActivityEvent] = self._models("events", ActivityEvent) or []
        return value

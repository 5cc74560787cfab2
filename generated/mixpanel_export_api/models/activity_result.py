"""The model `ActivityResult`."""

from __future__ import annotations

from ..runtime.objects import Listing
from .activity_event import ActivityEvent
from .activity_events import ActivityEvents


class ActivityResult(Listing[ActivityEvent]):
    """The answer of the activity feed. Iterate it for the events."""

    __slots__ = ()

    _fields = {
        "status": "status",
        "results": "results",
    }
    _required = {
        "results": ActivityEvents,
    }
    _item = ActivityEvent

    def __init__(
        self,
        status: str | None = None,
        results: ActivityEvents | None = None,
    ) -> None:
        super().__init__()
        self._set("status", status)
        self._set("results", results)

    @property
    def status(self) -> str | None:
        """The word `ok`."""
        value: str | None = self.get("status")
        return value

    @property
    def results(self) -> ActivityEvents:
        """The events of an activity feed."""
        value: ActivityEvents = self._part("results", ActivityEvents)
        return value

    def _listed(self) -> list[ActivityEvent]:
        return self.results.events

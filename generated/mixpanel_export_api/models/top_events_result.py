"""The model `TopEventsResult`."""

from __future__ import annotations

from ..runtime.objects import Listing
from .top_event import TopEvent


class TopEventsResult(Listing[TopEvent]):
    """Today's most common events. Iterate it for the events."""

    __slots__ = ()

    _fields = {
        "events": "events",
        "type_": "type",
    }
    _required = {
        "events": list,
    }
    _item = TopEvent
    _units = {
        "events": "events",
    }

    def __init__(
        self,
        events: list[TopEvent] | None = None,
        type_: str | None = None,
    ) -> None:
        super().__init__()
        self._set("events", events)
        self._set("type", type_)

    @property
    def events(self) -> list[TopEvent]:
        """The events, the most common first."""
        value: list[TopEvent] = self._models("events", TopEvent) or []
        return value

    @property
    def type_(self) -> str | None:
        """The counted quantity, as in the query."""
        value: str | None = self.get("type")
        return value

    def _listed(self) -> list[TopEvent]:
        return self.events

"""The model `EventSelector`."""

from __future__ import annotations

from ..runtime.objects import Model


class EventSelector(Model):
    """Events by name and expression."""

    __slots__ = ()

    _fields = {
        "event": "event",
        "selector": "selector",
    }

    def __init__(
        self,
        event: str | None = None,
        selector: str | None = None,
    ) -> None:
        super().__init__()
        self._set("event", event)
        self._set("selector", selector)

    @property
    def event(self) -> str | None:
        """Name of the event."""
        value: str | None = self.get("event")
        return value

    @property
    def selector(self) -> str | None:
        """Expression the event must match. Every event of the name by default."""
        value: str | None = self.get("selector")
        return value

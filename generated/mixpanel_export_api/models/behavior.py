"""The model `Behavior`."""

from __future__ import annotations

from ..runtime.objects import Model
from .event_selector import EventSelector


class Behavior(Model):
    """Something users did within a time up to now, under a name for use in `where`."""

    __slots__ = ()

    _fields = {
        "window": "window",
        "name": "name",
        "event_selectors": "event_selectors",
    }

    def __init__(
        self,
        window: str | None = None,
        name: str | None = None,
        event_selectors: list[EventSelector] | None = None,
    ) -> None:
        super().__init__()
        self._set("window", window)
        self._set("name", name)
        self._set("event_selectors", event_selectors)

    @property
    def window(self) -> str | None:
        """Time to look back, as a number and a unit, such as `30d`."""
        value: str | None = self.get("window")
        return value

    @property
    def name(self) -> str | None:
        """Name for use in `where`, as in `behaviors["NAME"] > 0`."""
        value: str | None = self.get("name")
        return value

    @property
    def event_selectors(self) -> list[EventSelector] | None:
        """The events that count; any one of them is enough."""
        value: list[EventSelector] | None = self._models("event_selectors", EventSelector)
        return value

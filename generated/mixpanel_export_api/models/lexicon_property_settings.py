"""The model `LexiconPropertySettings`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import boolean


class LexiconPropertySettings(Model):
    """Mixpanel's settings of a property."""

    __slots__ = ()

    _fields = {
        "display_name": "displayName",
        "hidden": "hidden",
        "dropped": "dropped",
    }

    def __init__(
        self,
        display_name: str | None = None,
        hidden: bool | None = None,
        dropped: bool | None = None,
    ) -> None:
        super().__init__()
        self._set("displayName", display_name)
        self._set("hidden", hidden)
        self._set("dropped", dropped)

    @property
    def display_name(self) -> str | None:
        """Name shown instead of the property's own."""
        value: str | None = self.get("displayName")
        return value

    @property
    def hidden(self) -> bool | None:
        """True if menus hide it."""
        value: bool | None = boolean(self.get("hidden"))
        return value

    @property
    def dropped(self) -> bool | None:
        """True if Mixpanel discards it on arrival. Event properties only."""
        value: bool | None = boolean(self.get("dropped"))
        return value

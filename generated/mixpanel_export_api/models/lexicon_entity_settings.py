"""The model `LexiconEntitySettings`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import any_value, boolean


class LexiconEntitySettings(Model):
    """Mixpanel's settings of an entity."""

    __slots__ = ()

    _fields = {
        "source": "$source",
        "display_name": "displayName",
        "tags": "tags",
        "hidden": "hidden",
        "dropped": "dropped",
        "contacts": "contacts",
        "team_contacts": "teamContacts",
    }
    _units = {
        "tags": "tags",
        "contacts": "contacts",
        "team_contacts": "contacts",
    }

    def __init__(
        self,
        source: str | None = None,
        display_name: str | None = None,
        tags: list[str] | None = None,
        hidden: bool | None = None,
        dropped: bool | None = None,
        contacts: list[str] | None = None,
        team_contacts: list[str] | None = None,
    ) -> None:
        super().__init__()
        self._set("$source", source)
        self._set("displayName", display_name)
        self._set("tags", tags)
        self._set("hidden", hidden)
        self._set("dropped", dropped)
        self._set("contacts", contacts)
        self._set("teamContacts", team_contacts)

    @property
    def source(self) -> str | None:
        """Uploader of the schema."""
        value: str | None = self.get("$source")
        return value

    @property
    def display_name(self) -> str | None:
        """Name shown instead of the entity's own."""
        value: str | None = self.get("displayName")
        return value

    @property
    def tags(self) -> list[str] | None:
        """Tags to find it by."""
        value: list[str] | None = self._values("tags", any_value)
        return value

    @property
    def hidden(self) -> bool | None:
        """True if menus hide it."""
        value: bool | None = boolean(self.get("hidden"))
        return value

    @property
    def dropped(self) -> bool | None:
        """True if Mixpanel discards incoming events. Events only."""
        value: bool | None = boolean(self.get("dropped"))
        return value

    @property
    def contacts(self) -> list[str] | None:
        """E-mail addresses of people responsible for it."""
        value: list[str] | None = self._values("contacts", any_value)
        return value

    @property
    def team_contacts(self) -> list[str] | None:
        """Names of teams responsible for it."""
        value: list[str] | None = self._values("teamContacts", any_value)
        return value

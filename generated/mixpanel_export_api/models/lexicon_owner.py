"""The model `LexiconOwner`."""

from __future__ import annotations

from ..runtime.objects import Model


class LexiconOwner(Model):
    """A person or team responsible for an entity."""

    __slots__ = ()

    _fields = {
        "name": "name",
        "email": "email",
    }

    def __init__(
        self,
        name: str | None = None,
        email: str | None = None,
    ) -> None:
        super().__init__()
        self._set("name", name)
        self._set("email", email)

    @property
    def name(self) -> str | None:
        """Name of the person or team."""
        return self.get("name")

    @property
    def email(self) -> str | None:
        """E-mail address."""
        return self.get("email")

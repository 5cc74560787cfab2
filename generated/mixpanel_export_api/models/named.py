"""The model `Named`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import integer


class Named(Model):
    """An organization, project or workspace. Fields that Mixpanel adds are kept under their own
    names."""

    __slots__ = ()

    _fields = {
        "id": "id",
        "name": "name",
    }

    def __init__(
        self,
        id: int | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__()
        self._set("id", id)
        self._set("name", name)

    @property
    def id(self) -> int | None:
        """Its id."""
        value: int | None = integer(self.get("id"))
        return value

    @property
    def name(self) -> str | None:
        """Its name."""
        value: str | None = self.get("name")
        return value

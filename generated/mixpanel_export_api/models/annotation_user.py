"""The model `AnnotationUser`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import integer


class AnnotationUser(Model):
    """The author of an annotation."""

    __slots__ = ()

    _fields = {
        "id": "id",
        "first_name": "first_name",
        "last_name": "last_name",
    }

    def __init__(
        self,
        id: int | None = None,
        first_name: str | None = None,
        last_name: str | None = None,
    ) -> None:
        super().__init__()
        self._set("id", id)
        self._set("first_name", first_name)
        self._set("last_name", last_name)

    @property
    def id(self) -> int | None:
        """Id of the user."""
        value: int | None = integer(self.get("id"))
        return value

    @property
    def first_name(self) -> str | None:
        """First name."""
        value: str | None = self.get("first_name")
        return value

    @property
    def last_name(self) -> str | None:
        """Last name."""
        value: str | None = self.get("last_name")
        return value

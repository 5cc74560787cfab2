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
        return integer(self.get("id"))

    @property
    def first_name(self) -> str | None:
        """First name."""
        return self.get("first_name")

    @property
    def last_name(self) -> str | None:
        """Last name."""
        return self.get("last_name")

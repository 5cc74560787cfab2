"""The model `AnnotationTagRef`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import integer


class AnnotationTagRef(Model):
    """A tag on an annotation. Mixpanel sometimes sends only its id."""

    __slots__ = ()

    _fields = {
        "id": "id",
        "name": "name",
    }
    _required = {
        "id": object,
    }
    _bare = "id"

    def __init__(
        self,
        id: int | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__()
        self._set("id", id)
        self._set("name", name)

    @property
    def id(self) -> int:
        """Id of the tag."""
        value: int = integer(self.get("id"))
        return value

    @property
    def name(self) -> str | None:
        """Name of the tag."""
        value: str | None = self.get("name")
        return value

"""The model `AnnotationDeleted`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import integer


class AnnotationDeleted(Model):
    """A deleted annotation."""

    __slots__ = ()

    _fields = {
        "id": "id",
    }
    _required = {
        "id": object,
    }

    def __init__(
        self,
        id: int | None = None,
    ) -> None:
        super().__init__()
        self._set("id", id)

    @property
    def id(self) -> int:
        """Its former id."""
        value: int = integer(self.get("id"))
        return value

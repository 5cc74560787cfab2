"""The model `AnnotationUpdate`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import integer


class AnnotationUpdate(Model):
    """The fields of an annotation to change. Omitted fields stay."""

    __slots__ = ()

    _fields = {
        "description": "description",
        "tags": "tags",
    }
    _strict = True

    def __init__(
        self,
        description: str | None = None,
        tags: list[int] | None = None,
    ) -> None:
        super().__init__()
        self._set("description", description)
        self._set("tags", tags)

    @property
    def description(self) -> str | None:
        """The new text."""
        value: str | None = self.get("description")
        return value

    @property
    def tags(self) -> list[int] | None:
        """Ids of the tags that replace the old ones."""
        value: list[int] | None = self._values("tags", integer)
        return value

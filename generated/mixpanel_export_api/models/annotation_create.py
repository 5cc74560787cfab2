"""The model `AnnotationCreate`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import integer


class AnnotationCreate(Model):
    """An annotation to create."""

    __slots__ = ()

    _fields = {
        "date": "date",
        "description": "description",
        "tags": "tags",
    }
    _required = {
        "date": object,
        "description": object,
    }
    _strict = True

    def __init__(
        self,
        date: str,
        description: str,
        tags: list[int] | None = None,
    ) -> None:
        super().__init__()
        self._set("date", date)
        self._set("description", description)
        self._set("tags", tags)

    @property
    def date(self) -> str:
        """Time to annotate: a datetime, a date (midnight) or ISO 8601 text. It is sent as `YYYY-
        MM-DD HH:MM:SS` in the project's time zone, to which a time with an offset is converted."""
        value: str = self.get("date")
        return value

    @property
    def description(self) -> str:
        """Text shown on charts."""
        value: str = self.get("description")
        return value

    @property
    def tags(self) -> list[int] | None:
        """Ids of its tags."""
        value: list[int] | None = self._values("tags", integer)
        return value

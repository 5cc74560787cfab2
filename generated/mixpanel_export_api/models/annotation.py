"""The model `Annotation`."""

from __future__ import annotations

import datetime

from ..runtime.objects import Model
from ..runtime.values import integer, moment
from .annotation_tag_ref import AnnotationTagRef
from .annotation_user import AnnotationUser


class Annotation(Model):
    """A note pinned to a moment on the project's charts."""

    __slots__ = ()

    _fields = {
        "id": "id",
        "date": "date",
        "description": "description",
        "user": "user",
        "tags": "tags",
    }
    _required = {
        "id": object,
        "date": object,
        "description": object,
    }
    _units = {
        "tags": "tags",
    }

    def __init__(
        self,
        id: int | None = None,
        date: datetime.datetime | None = None,
        description: str | None = None,
        user: AnnotationUser | None = None,
        tags: list[AnnotationTagRef] | None = None,
    ) -> None:
        super().__init__()
        self._set("id", id)
        self._set("date", date)
        self._set("description", description)
        self._set("user", user)
        self._set("tags", tags)

    @property
    def id(self) -> int:
        """Id of the annotation."""
        value: int = integer(self.get("id"))
        return value

    @property
    def date(self) -> datetime.datetime:
        """The annotated time; `YYYY-MM-DD HH:MM:SS` in the project's time zone, or with an offset."""
        value: datetime.datetime = moment(self.get("date"), self._zone)
        return value

    @property
    def description(self) -> str:
        """Text shown on charts."""
        value: str = self.get("description")
        return value

    @property
    def user(self) -> AnnotationUser | None:
        """Its author."""
        value: AnnotationUser | None = self._model("user", AnnotationUser)
        return value

    @property
    def tags(self) -> list[AnnotationTagRef] | None:
        """Its tags."""
        value: list[AnnotationTagRef] | None = self._models("tags", AnnotationTagRef)
        return value

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
        return integer(self.get("id"))

    @property
    def date(self) -> datetime.datetime:
        """The annotated time; `YYYY-MM-DD HH:MM:SS` in the project's time zone, or with an offset."""
        return moment(self.get("date"), self._zone)

    @property
    def description(self) -> str:
        """Text shown on charts."""
        return self.get("description")

    @property
    def user(self) -> AnnotationUser | None:
        """Its author."""
        return self._model("user", AnnotationUser)

    @property
    def tags(self) -> list[AnnotationTagRef] | None:
        """Its tags."""
        return self._models("tags", AnnotationTagRef)

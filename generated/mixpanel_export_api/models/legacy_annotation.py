"""The model `LegacyAnnotation`."""

from __future__ import annotations

import datetime

from ..runtime.objects import Model
from ..runtime.values import integer, moment


class LegacyAnnotation(Model):
    """An annotation from the older API."""

    __slots__ = ()

    _fields = {
        "id": "id",
        "date": "date",
        "description": "description",
        "project_id": "project_id",
    }
    _required = {
        "id": object,
        "date": object,
        "description": object,
    }

    def __init__(
        self,
        id: int | None = None,
        date: datetime.datetime | None = None,
        description: str | None = None,
        project_id: int | None = None,
    ) -> None:
        super().__init__()
        self._set("id", id)
        self._set("date", date)
        self._set("description", description)
        self._set("project_id", project_id)

    @property
    def id(self) -> int:
        """Id of the annotation."""
        return integer(self.get("id"))

    @property
    def date(self) -> datetime.datetime:
        """The annotated time, `YYYY-MM-DD HH:MM:SS` in the project's time zone."""
        return moment(self.get("date"), self._zone)

    @property
    def description(self) -> str:
        """Text shown on charts."""
        return self.get("description")

    @property
    def project_id(self) -> int | None:
        """Id of the project."""
        return integer(self.get("project_id"))

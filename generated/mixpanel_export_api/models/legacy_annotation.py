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
        value: int = integer(self.get("id"))
        return value

    @property
    def date(self) -> datetime.datetime:
        """The annotated time, `YYYY-MM-DD HH:MM:SS` in the project's time zone."""
        value: datetime.datetime = moment(self.get("date"), self._zone)
        return value

    @property
    def description(self) -> str:
        """Text shown on charts."""
        value: str = self.get("description")
        return value

    @property
    def project_id(self) -> int | None:
        """Id of the project."""
        value: int | None = integer(self.get("project_id"))
        return value

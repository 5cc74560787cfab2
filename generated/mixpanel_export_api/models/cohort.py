"""The model `Cohort`."""

from __future__ import annotations

import datetime

from ..runtime.objects import Model
from ..runtime.values import boolean, integer, moment


class Cohort(Model):
    """A cohort saved in the project."""

    __slots__ = ()

    _fields = {
        "id": "id",
        "name": "name",
        "count": "count",
        "description": "description",
        "created": "created",
        "is_visible": "is_visible",
        "project_id": "project_id",
        "data_group_id": "data_group_id",
    }
    _required = {
        "id": object,
        "name": object,
    }

    def __init__(
        self,
        id: int | None = None,
        name: str | None = None,
        count: int | None = None,
        description: str | None = None,
        created: datetime.datetime | None = None,
        is_visible: bool | None = None,
        project_id: int | None = None,
        data_group_id: str | int | None = None,
    ) -> None:
        super().__init__()
        self._set("id", id)
        self._set("name", name)
        self._set("count", count)
        self._set("description", description)
        self._set("created", created)
        self._set("is_visible", is_visible)
        self._set("project_id", project_id)
        self._set("data_group_id", data_group_id)

    @property
    def id(self) -> int:
        """Id of the cohort."""
        value: int = integer(self.get("id"))
        return value

    @property
    def name(self) -> str:
        """Name of the cohort."""
        value: str = self.get("name")
        return value

    @property
    def count(self) -> int | None:
        """Number of profiles."""
        value: int | None = integer(self.get("count"))
        return value

    @property
    def description(self) -> str | None:
        """Its creator's description."""
        value: str | None = self.get("description")
        return value

    @property
    def created(self) -> datetime.datetime | None:
        """Time of creation."""
        value: datetime.datetime | None = moment(self.get("created"), self._zone)
        return value

    @property
    def is_visible(self) -> bool | None:
        """True if menus show it. Mixpanel sends 1 and 0, too."""
        value: bool | None = boolean(self.get("is_visible"))
        return value

    @property
    def project_id(self) -> int | None:
        """Id of its project."""
        value: int | None = integer(self.get("project_id"))
        return value

    @property
    def data_group_id(self) -> str | int | None:
        """Id of the group key for a cohort of groups; null for users."""
        value: str | int | None = self.get("data_group_id")
        return value

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
        return integer(self.get("id"))

    @property
    def name(self) -> str:
        """Name of the cohort."""
        return self.get("name")

    @property
    def count(self) -> int | None:
        """Number of profiles."""
        return integer(self.get("count"))

    @property
    def description(self) -> str | None:
        """Its creator's description."""
        return self.get("description")

    @property
    def created(self) -> datetime.datetime | None:
        """Time of creation."""
        return moment(self.get("created"), self._zone)

    @property
    def is_visible(self) -> bool | None:
        """True if menus show it. Mixpanel sends 1 and 0, too."""
        return boolean(self.get("is_visible"))

    @property
    def project_id(self) -> int | None:
        """Id of its project."""
        return integer(self.get("project_id"))

    @property
    def data_group_id(self) -> str | int | None:
        """Id of the group key for a cohort of groups; null for users."""
        return self.get("data_group_id")

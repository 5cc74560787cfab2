"""The model `Bookmark`."""

from __future__ import annotations

import datetime

from ..runtime.objects import Model
from ..runtime.values import integer, moment


class Bookmark(Model):
    """A saved report."""

    __slots__ = ()

    _fields = {
        "id": "id",
        "name": "name",
        "type_": "type",
        "project_id": "project_id",
        "workspace_id": "workspace_id",
        "dashboard_id": "dashboard_id",
        "description": "description",
        "created": "created",
        "modified": "modified",
        "creator_id": "creator_id",
        "creator_name": "creator_name",
    }
    _required = {
        "id": object,
    }

    def __init__(
        self,
        id: int | None = None,
        name: str | None = None,
        type_: str | None = None,
        project_id: int | None = None,
        workspace_id: int | None = None,
        dashboard_id: int | None = None,
        description: str | None = None,
        created: datetime.datetime | None = None,
        modified: datetime.datetime | None = None,
        creator_id: int | None = None,
        creator_name: str | None = None,
    ) -> None:
        super().__init__()
        self._set("id", id)
        self._set("name", name)
        self._set("type", type_)
        self._set("project_id", project_id)
        self._set("workspace_id", workspace_id)
        self._set("dashboard_id", dashboard_id)
        self._set("description", description)
        self._set("created", created)
        self._set("modified", modified)
        self._set("creator_id", creator_id)
        self._set("creator_name", creator_name)

    @property
    def id(self) -> int:
        """Id of the report, the `bookmark_id` of queries."""
        value: int = integer(self.get("id"))
        return value

    @property
    def name(self) -> str | None:
        """Name of the report."""
        value: str | None = self.get("name")
        return value

    @property
    def type_(self) -> str | None:
        """Kind of report, such as `insights`, `funnels`, `retention` or `flows`."""
        value: str | None = self.get("type")
        return value

    @property
    def project_id(self) -> int | None:
        """Id of its project."""
        value: int | None = integer(self.get("project_id"))
        return value

    @property
    def workspace_id(self) -> int | None:
        """Id of its workspace."""
        value: int | None = integer(self.get("workspace_id"))
        return value

    @property
    def dashboard_id(self) -> int | None:
        """Id of its board."""
        value: int | None = integer(self.get("dashboard_id"))
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
    def modified(self) -> datetime.datetime | None:
        """Time of the last change."""
        value: datetime.datetime | None = moment(self.get("modified"), self._zone)
        return value

    @property
    def creator_id(self) -> int | None:
        """Id of its creator."""
        value: int | None = integer(self.get("creator_id"))
        return value

    @property
    def creator_name(self) -> str | None:
        """Name of its creator."""
        value: str | None = self.get("creator_name")
        return value

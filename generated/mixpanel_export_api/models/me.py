"""The model `Me`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import integer
from .named_by_id import NamedById


class Me(Model):
    """The user or service account that makes the call."""

    __slots__ = ()

    _fields = {
        "user_id": "user_id",
        "user_name": "user_name",
        "user_email": "user_email",
        "organizations": "organizations",
        "projects": "projects",
        "workspaces": "workspaces",
    }

    def __init__(
        self,
        user_id: int | None = None,
        user_name: str | None = None,
        user_email: str | None = None,
        organizations: NamedById | None = None,
        projects: NamedById | None = None,
        workspaces: NamedById | None = None,
    ) -> None:
        super().__init__()
        self._set("user_id", user_id)
        self._set("user_name", user_name)
        self._set("user_email", user_email)
        self._set("organizations", organizations)
        self._set("projects", projects)
        self._set("workspaces", workspaces)

    @property
    def user_id(self) -> int | None:
        """Id of the caller."""
        value: int | None = integer(self.get("user_id"))
        return value

    @property
    def user_name(self) -> str | None:
        """Name of the caller."""
        value: str | None = self.get("user_name")
        return value

    @property
    def user_email(self) -> str | None:
        """E-mail address of the caller, or the name of a service account."""
        value: str | None = self.get("user_email")
        return value

    @property
    def organizations(self) -> NamedById:
        """The organizations it can see, by id."""
        value: NamedById = self._part("organizations", NamedById)
        return value

    @property
    def projects(self) -> NamedById:
        """The projects it can see, by id."""
        value: NamedById = self._part("projects", NamedById)
        return value

    @property
    def workspaces(self) -> NamedById:
        """The workspaces it can see, by id."""
        value: NamedById = self._part("workspaces", NamedById)
        return value

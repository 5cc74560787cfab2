"""The model `ProfilesPage`."""

from __future__ import annotations

from ..runtime.objects import Listing
from ..runtime.values import integer
from .profile import Profile


class ProfilesPage(Listing[Profile]):
    """One page of profiles. Iterate it for the profiles."""

    __slots__ = ()

    _fields = {
        "page": "page",
        "page_size": "page_size",
        "session_id": "session_id",
        "status": "status",
        "total": "total",
        "results": "results",
    }
    _required = {
        "page": object,
        "page_size": object,
        "results": list,
    }
    _item = Profile
    _units = {
        "results": "profiles",
    }

    def __init__(
        self,
        page: int | None = None,
        page_size: int | None = None,
        session_id: str | None = None,
        status: str | None = None,
        total: int | None = None,
        results: list[Profile] | None = None,
    ) -> None:
        super().__init__()
        self._set("page", page)
        self._set("page_size", page_size)
        self._set("session_id", session_id)
        self._set("status", status)
        self._set("total", total)
        self._set("results", results)

    @property
    def page(self) -> int:
        """Number of this page, counted from 0."""
        value: int = integer(self.get("page"))
        return value

    @property
    def page_size(self) -> int:
        """Maximum number of results on a page (1000). A page with fewer is the last one."""
        value: int = integer(self.get("page_size"))
        return value

    @property
    def session_id(self) -> str | None:
        """Session to send back for the next page of the same query."""
        value: str | None = self.get("session_id")
        return value

    @property
    def status(self) -> str | None:
        """The word `ok`, or `pending` without results."""
        value: str | None = self.get("status")
        return value

    @property
    def total(self) -> int | None:
        """Number of profiles on all pages. May be on page 0 only."""
        value: int | None = integer(self.get("total"))
        return value

    @property
    def results(self) -> list[Profile]:
        """The profiles of this page."""
        value: list[Profile] = self._models("results", Profile) or []
        return value

    def _listed(self) -> list[Profile]:
        return self.results

"""The model `BookmarksResult`."""

from __future__ import annotations

from ..runtime.objects import Listing
from .bookmark import Bookmark


class BookmarksResult(Listing[Bookmark]):
    """A list of saved reports. Iterate it for the reports."""

    __slots__ = ()

    _fields = {
        "status": "status",
        "results": "results",
    }
    _required = {
        "results": list,
    }
    _item = Bookmark
    _units = {
        "results": "reports",
    }

    def __init__(
        self,
        status: str | None = None,
        results: list[Bookmark] | None = None,
    ) -> None:
        super().__init__()
        self._set("status", status)
        self._set("results", results)

    @property
    def status(self) -> str | None:
        """The word `ok`."""
        value: str | None = self.get("status")
        return value

    @property
    def results(self) -> list[Bookmark]:
        """The saved reports."""
        value: list[Bookmark] = self._models("results", Bookmark) or []
        return value

    def _listed(self) -> list[Bookmark]:
        return self.results

"""The model `LexiconResult`."""

from __future__ import annotations

from ..runtime.objects import Listing
from .lexicon_entry import LexiconEntry


class LexiconResult(Listing[LexiconEntry]):
    """A list of Lexicon schemas. Iterate it for the entries."""

    __slots__ = ()

    _fields = {
        "status": "status",
        "results": "results",
    }
    _required = {
        "results": list,
    }
    _item = LexiconEntry
    _units = {
        "results": "schemas",
    }

    def __init__(
        self,
        status: str | None = None,
        results: list[LexiconEntry] | None = None,
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
    def results(self) -> list[LexiconEntry]:
        """The schemas. For a single entity Mixpanel sometimes sends the schema itself, which is
        then the `schemaJson` of the only entry."""
        value: list[LexiconEntry] = self._models("results", LexiconEntry) or []
        return value

    def _listed(self) -> list[LexiconEntry]:
        return self.results

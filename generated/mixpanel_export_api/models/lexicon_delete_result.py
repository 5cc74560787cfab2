"""The model `LexiconDeleteResult`."""

from __future__ import annotations

from ..runtime.objects import Model
from .lexicon_delete_count import LexiconDeleteCount


class LexiconDeleteResult(Model):
    """The answer to a deletion of schemas."""

    __slots__ = ()

    _fields = {
        "status": "status",
        "results": "results",
    }

    def __init__(
        self,
        status: str | None = None,
        results: LexiconDeleteCount | None = None,
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
    def results(self) -> LexiconDeleteCount:
        """The number of schemas; empty if Mixpanel does not say."""
        value: LexiconDeleteCount = self._part("results", LexiconDeleteCount)
        return value

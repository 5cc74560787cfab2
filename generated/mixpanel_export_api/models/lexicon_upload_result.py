"""The model `LexiconUploadResult`."""

from __future__ import annotations

from ..runtime.objects import Model
from .lexicon_upload_counts import LexiconUploadCounts


class LexiconUploadResult(Model):
    """The answer to an upload of schemas."""

    __slots__ = ()

    _fields = {
        "status": "status",
        "results": "results",
    }

    def __init__(
        self,
        status: str | None = None,
        results: LexiconUploadCounts | None = None,
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
    def results(self) -> LexiconUploadCounts:
        """The numbers of schemas; empty if Mixpanel does not say."""
        value: LexiconUploadCounts = self._part("results", LexiconUploadCounts)
        return value

"""The model `AnnotationDeletedResult`."""

from __future__ import annotations

from ..runtime.objects import Model
from .annotation_deleted import AnnotationDeleted


class AnnotationDeletedResult(Model):
    """The answer to the deletion of an annotation, which can be empty."""

    __slots__ = ()

    _fields = {
        "status": "status",
        "results": "results",
    }

    def __init__(
        self,
        status: str | None = None,
        results: AnnotationDeleted | None = None,
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
    def results(self) -> AnnotationDeleted:
        """The deleted annotation; empty if Mixpanel does not say."""
        value: AnnotationDeleted = self._part("results", AnnotationDeleted)
        return value

"""The model `AnnotationResult`."""

from __future__ import annotations

from ..runtime.objects import Model
from .annotation import Annotation


class AnnotationResult(Model):
    """One annotation."""

    __slots__ = ()

    _fields = {
        "status": "status",
        "results": "results",
    }
    _required = {
        "results": Annotation,
    }

    def __init__(
        self,
        status: str | None = None,
        results: Annotation | None = None,
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
    def results(self) -> Annotation:
        """A note pinned to a moment on the project's charts."""
        value: Annotation = self._part("results", Annotation)
        return value

"""The model `AnnotationsResult`."""

from __future__ import annotations

from ..runtime.objects import Listing
from .annotation import Annotation


class AnnotationsResult(Listing[Annotation]):
    """A list of annotations. Iterate it for the annotations."""

    __slots__ = ()

    _fields = {
        "status": "status",
        "results": "results",
    }
    _required = {
        "results": list,
    }
    _item = Annotation
    _units = {
        "results": "annotations",
    }

    def __init__(
        self,
        status: str | None = None,
        results: list[Annotation] | None = None,
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
    def results(self) -> list[Annotation]:
        """The annotations."""
        value: list[Annotation] = self._models("results", Annotation) or []
        return value

    def _listed(self) -> list[Annotation]:
        return self.results

"""The model `LegacyAnnotationsResult`."""

from __future__ import annotations

from ..runtime.objects import Listing
from ..runtime.values import boolean
from .legacy_annotation import LegacyAnnotation


class LegacyAnnotationsResult(Listing[LegacyAnnotation]):
    """A list of annotations from the older API. Iterate it for the annotations."""

    __slots__ = ()

    _fields = {
        "annotations": "annotations",
        "error": "error",
    }
    _required = {
        "annotations": list,
    }
    _item = LegacyAnnotation
    _units = {
        "annotations": "annotations",
    }

    def __init__(
        self,
        annotations: list[LegacyAnnotation] | None = None,
        error: bool | None = None,
    ) -> None:
        super().__init__()
        self._set("annotations", annotations)
        self._set("error", error)

    @property
    def annotations(self) -> list[LegacyAnnotation]:
        """The annotations."""
        value: list[LegacyAnnotation] = self._models("annotations", LegacyAnnotation) or []
        return value

    @property
    def error(self) -> bool | None:
        """False."""
        value: bool | None = boolean(self.get("error"))
        return value

    def _listed(self) -> list[LegacyAnnotation]:
        return self.annotations

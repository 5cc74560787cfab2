"""The model `AnnotationTag`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import boolean, integer


class AnnotationTag(Model):
    """A tag for annotations."""

    __slots__ = ()

    _fields = {
        "id": "id",
        "name": "name",
        "project_id": "project_id",
        "has_annotations": "has_annotations",
    }
    _required = {
        "id": object,
        "name": object,
    }

    def __init__(
        self,
        id: int | None = None,
        name: str | None = None,
        project_id: int | None = None,
        has_annotations: bool | None = None,
    ) -> None:
        super().__init__()
        self._set("id", id)
        self._set("name", name)
        self._set("project_id", project_id)
        self._set("has_annotations", has_annotations)

    @property
    def id(self) -> int:
        """Id of the tag."""
        return integer(self.get("id"))

    @property
    def name(self) -> str:
        """Name of the tag."""
        return self.get("name")

    @property
    def project_id(self) -> int | None:
        """Id of its project."""
        return integer(self.get("project_id"))

    @property
    def has_annotations(self) -> bool | None:
        """True if any annotation has it."""
        return boolean(self.get("has_annotations"))

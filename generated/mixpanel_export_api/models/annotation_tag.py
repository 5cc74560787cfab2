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
        value: int = integer(self.get("id"))
        return value

    @property
    def name(self) -> str:
        """Name of the tag."""
        value: str = self.get("name")
        return value

    @property
    def project_id(self) -> int | None:
        """Id of its project."""
        value: int | None = integer(self.get("project_id"))
        return value

    @property
    def has_annotations(self) -> bool | None:
        """True if any annotation has it."""
        value: bool | None = boolean(self.get("has_annotations"))
        return value

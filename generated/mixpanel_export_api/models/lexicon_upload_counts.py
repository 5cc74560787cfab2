"""The model `LexiconUploadCounts`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import integer


class LexiconUploadCounts(Model):
    """Numbers of uploaded schemas."""

    __slots__ = ()

    _fields = {
        "added": "added",
        "deleted": "deleted",
    }

    def __init__(
        self,
        added: int | None = None,
        deleted: int | None = None,
    ) -> None:
        super().__init__()
        self._set("added", added)
        self._set("deleted", deleted)

    @property
    def added(self) -> int | None:
        """Schemas created or replaced."""
        value: int | None = integer(self.get("added"))
        return value

    @property
    def deleted(self) -> int | None:
        """Schemas deleted before, with `truncate`."""
        value: int | None = integer(self.get("deleted"))
        return value

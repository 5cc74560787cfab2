"""The model `LexiconDeleteCount`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import integer


class LexiconDeleteCount(Model):
    """The number of deleted schemas."""

    __slots__ = ()

    _fields = {
        "delete_count": "delete_count",
    }

    def __init__(
        self,
        delete_count: int | None = None,
    ) -> None:
        super().__init__()
        self._set("delete_count", delete_count)

    @property
    def delete_count(self) -> int | None:
        """Deleted schemas."""
        value: int | None = integer(self.get("delete_count"))
        return value

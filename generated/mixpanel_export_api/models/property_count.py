"""The model `PropertyCount`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import integer


class PropertyCount(Model):
    """Frequency of a property."""

    __slots__ = ()

    _fields = {
        "count": "count",
    }

    def __init__(
        self,
        count: int | None = None,
    ) -> None:
        super().__init__()
        self._set("count", count)

    @property
    def count(self) -> int | None:
        """Events with the property; missing for properties that Mixpanel computes."""
        value: int | None = integer(self.get("count"))
        return value

"""The model `SavedFunnel`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import integer


class SavedFunnel(Model):
    """A funnel saved in the project."""

    __slots__ = ()

    _fields = {
        "funnel_id": "funnel_id",
        "name": "name",
    }
    _required = {
        "funnel_id": object,
        "name": object,
    }

    def __init__(
        self,
        funnel_id: int | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__()
        self._set("funnel_id", funnel_id)
        self._set("name", name)

    @property
    def funnel_id(self) -> int:
        """Id of the funnel."""
        value: int = integer(self.get("funnel_id"))
        return value

    @property
    def name(self) -> str:
        """Name of the funnel."""
        value: str = self.get("name")
        return value

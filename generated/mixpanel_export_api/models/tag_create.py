"""The model `TagCreate`."""

from __future__ import annotations

from ..runtime.objects import Model


class TagCreate(Model):
    """An annotation tag to create."""

    __slots__ = ()

    _fields = {
        "name": "name",
    }
    _required = {
        "name": object,
    }
    _strict = True

    def __init__(
        self,
        name: str,
    ) -> None:
        super().__init__()
        self._set("name", name)

    @property
    def name(self) -> str:
        """Name of the tag."""
        value: str = self.get("name")
        return value

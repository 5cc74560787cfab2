"""The model `LegacyAcknowledgement`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import boolean


class LegacyAcknowledgement(Model):
    """The older API's confirmation of a change."""

    __slots__ = ()

    _fields = {
        "error": "error",
    }

    def __init__(
        self,
        error: bool | None = None,
    ) -> None:
        super().__init__()
        self._set("error", error)

    @property
    def error(self) -> bool | None:
        """False."""
        value: bool | None = boolean(self.get("error"))
        return value

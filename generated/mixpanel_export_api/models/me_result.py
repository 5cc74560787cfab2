"""The model `MeResult`."""

from __future__ import annotations

from ..runtime.objects import Model
from .me import Me


class MeResult(Model):
    """The caller and what it can see."""

    __slots__ = ()

    _fields = {
        "status": "status",
        "results": "results",
    }
    _required = {
        "results": Me,
    }

    def __init__(
        self,
        status: str | None = None,
        results: Me | None = None,
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
    def results(self) -> Me:
        """The user or service account that makes the call."""
        value: Me = self._part("results", Me)
        return value

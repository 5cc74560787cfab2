"""The model `LexiconAcknowledgement`."""

from __future__ import annotations

from ..runtime.objects import Model


class LexiconAcknowledgement(Model):
    """The confirmation of a change to the Lexicon."""

    __slots__ = ()

    _fields = {
        "status": "status",
    }

    def __init__(
        self,
        status: str | None = None,
    ) -> None:
        super().__init__()
        self._set("status", status)

    @property
    def status(self) -> str | None:
        """The word `ok`."""
        value: str | None = self.get("status")
        return value

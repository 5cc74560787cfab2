"""The model `TopEvent`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import number


class TopEvent(Model):
    """One of today's most common events."""

    __slots__ = ()

    _fields = {
        "amount": "amount",
        "event": "event",
        "percent_change": "percent_change",
    }
    _required = {
        "amount": object,
        "event": object,
    }

    def __init__(
        self,
        amount: float | None = None,
        event: str | None = None,
        percent_change: float | None = None,
    ) -> None:
        super().__init__()
        self._set("amount", amount)
        self._set("event", event)
        self._set("percent_change", percent_change)

    @property
    def amount(self) -> float:
        """Today's count so far."""
        value: float = number(self.get("amount"))
        return value

    @property
    def event(self) -> str:
        """Name of the event."""
        value: str = self.get("event")
        return value

    @property
    def percent_change(self) -> float | None:
        """Change from yesterday as a ratio, where 0.1 is a tenth more. Not a percentage, despite
        its name."""
        value: float | None = number(self.get("percent_change"))
        return value

"""The model `FlowsEdge`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import integer, number


class FlowsEdge(Model):
    """A way from an event to one of the next step."""

    __slots__ = ()

    _fields = {
        "event": "event",
        "step": "step",
        "total_count": "totalCount",
    }

    def __init__(
        self,
        event: str | None = None,
        step: int | None = None,
        total_count: float | None = None,
    ) -> None:
        super().__init__()
        self._set("event", event)
        self._set("step", step)
        self._set("totalCount", total_count)

    @property
    def event(self) -> str | None:
        """Name of the event it leads to."""
        value: str | None = self.get("event")
        return value

    @property
    def step(self) -> int | None:
        """Number of the step it leads to."""
        value: int | None = integer(self.get("step"))
        return value

    @property
    def total_count(self) -> float | None:
        """Number of users or events that went this way."""
        value: float | None = number(self.get("totalCount"))
        return value

"""The model `FlowsNode`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import integer, number
from .flows_edge import FlowsEdge


class FlowsNode(Model):
    """An event in a step of a Flows report."""

    __slots__ = ()

    _fields = {
        "event": "event",
        "type_": "type",
        "step": "step",
        "total_count": "totalCount",
        "edges": "edges",
    }
    _units = {
        "edges": "edges",
    }

    def __init__(
        self,
        event: str | None = None,
        type_: str | None = None,
        step: int | None = None,
        total_count: float | None = None,
        edges: list[FlowsEdge] | None = None,
    ) -> None:
        super().__init__()
        self._set("event", event)
        self._set("type", type_)
        self._set("step", step)
        self._set("totalCount", total_count)
        self._set("edges", edges)

    @property
    def event(self) -> str | None:
        """Name of the event."""
        value: str | None = self.get("event")
        return value

    @property
    def type_(self) -> str | None:
        """Kind of node, such as `ANCHOR`, `NORMAL` or `DROPOFF`."""
        value: str | None = self.get("type")
        return value

    @property
    def step(self) -> int | None:
        """Number of the step, relative to the anchor."""
        value: int | None = integer(self.get("step"))
        return value

    @property
    def total_count(self) -> float | None:
        """Number of users or events."""
        value: float | None = number(self.get("totalCount"))
        return value

    @property
    def edges(self) -> list[FlowsEdge] | None:
        """The ways from here to the events of the next step."""
        value: list[FlowsEdge] | None = self._models("edges", FlowsEdge)
        return value

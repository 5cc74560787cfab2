"""The model `FlowsStep`."""

from __future__ import annotations

from ..runtime.objects import Model
from .flows_node import FlowsNode


class FlowsStep(Model):
    """A step of a Flows report. Fields that Mixpanel adds are kept under their own names."""

    __slots__ = ()

    _fields = {
        "nodes": "nodes",
    }
    _units = {
        "nodes": "nodes",
    }

    def __init__(
        self,
        nodes: list[FlowsNode] | None = None,
    ) -> None:
        super().__init__()
        self._set("nodes", nodes)

    @property
    def nodes(self) -> list[FlowsNode] | None:
        """The events that users did in this step."""
        value: list[FlowsNode] | None = self._models("nodes", FlowsNode)
        return value

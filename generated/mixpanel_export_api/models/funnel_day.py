"""The model `FunnelDay`."""

from __future__ import annotations

from ..runtime.objects import Model
from .funnel_analysis import FunnelAnalysis
from .funnel_step import FunnelStep


class FunnelDay(Model):
    """One period's funnel."""

    __slots__ = ()

    _fields = {
        "steps": "steps",
        "analysis": "analysis",
    }
    _required = {
        "steps": list,
    }
    _bare = "steps"
    _units = {
        "steps": "steps",
    }

    def __init__(
        self,
        steps: list[FunnelStep] | None = None,
        analysis: FunnelAnalysis | None = None,
    ) -> None:
        super().__init__()
        self._set("steps", steps)
        self._set("analysis", analysis)

    @property
    def steps(self) -> list[FunnelStep]:
        """The steps in order."""
        value: list[FunnelStep] = self._models("steps", FunnelStep) or []
        return value

    @property
    def analysis(self) -> FunnelAnalysis | None:
        """The funnel as a whole."""
        value: FunnelAnalysis | None = self._model("analysis", FunnelAnalysis)
        return value

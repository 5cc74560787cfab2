"""The model `FlowsResult`."""

from __future__ import annotations

import datetime
from typing import Any

from ..runtime.objects import Model
from ..runtime.values import any_value, moment, number
from .flows_step import FlowsStep


class FlowsResult(Model):
    """The numbers of a saved Flows report."""

    __slots__ = ()

    _fields = {
        "computed_at": "computed_at",
        "steps": "steps",
        "breakdowns": "breakdowns",
        "overall_conversion_rate": "overallConversionRate",
    }
    _required = {
        "steps": list,
    }
    _units = {
        "steps": "steps",
        "breakdowns": "breakdowns",
    }

    def __init__(
        self,
        computed_at: datetime.datetime | None = None,
        steps: list[FlowsStep] | None = None,
        breakdowns: list[Any] | None = None,
        overall_conversion_rate: float | None = None,
    ) -> None:
        super().__init__()
        self._set("computed_at", computed_at)
        self._set("steps", steps)
        self._set("breakdowns", breakdowns)
        self._set("overallConversionRate", overall_conversion_rate)

    @property
    def computed_at(self) -> datetime.datetime | None:
        """Time of the computation."""
        return moment(self.get("computed_at"), self._zone)

    @property
    def steps(self) -> list[FlowsStep]:
        """The steps in order, each with its events and the ways that lead on from them."""
        return self._models("steps", FlowsStep) or []

    @property
    def breakdowns(self) -> list[Any] | None:
        """The same for each segment of a breakdown, in Mixpanel's own shape."""
        return self._values("breakdowns", any_value)

    @property
    def overall_conversion_rate(self) -> float | None:
        """Share of the users of the first step who reached the last one, 0 to 1."""
        return number(self.get("overallConversionRate"))

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
        value: datetime.datetime | None = moment(self.get("computed_at"), self._zone)
        return value

    @property
    def steps(self) -> list[FlowsStep]:
        """The steps in order, each with its events and the ways that lead on from them."""
        value: list[FlowsStep] = self._models("steps", FlowsStep) or []
        return value

    @property
    def breakdowns(self) -> list[Any] | None:
        """The same for each segment of a breakdown, in Mixpanel's own shape."""
        value: list[Any] | None = self._values("breakdowns", any_value)
        return value

    @property
    def overall_conversion_rate(self) -> float | None:
        """Share of the users of the first step who reached the last one, 0 to 1."""
        value: float | None = number(self.get("overallConversionRate"))
        return value

"""The model `FunnelDaySegments`."""

from __future__ import annotations

import datetime
from typing import Any

from ..runtime.objects import ModelMap, one_of
from .funnel_analysis import FunnelAnalysis
from .funnel_day import FunnelDay
from .funnel_step import FunnelStep


class FunnelDaySegments(ModelMap["FunnelDay"]):
    """One period's funnel for each segment, by the segment's name; `$overall` is all of them
    together. Mixpanel sends a segment as the bare list of its steps, or in the shape of a
    funnel without segments."""

    __slots__ = ()

    _unit = "segments"

    @property
    def steps(self) -> list[FunnelStep]:
        """The steps in order. Of all segments together."""
        return self._overall(FunnelDay).steps

    @property
    def analysis(self) -> FunnelAnalysis | None:
        """The funnel as a whole. Of all segments together."""
        return self._overall(FunnelDay).analysis

    @classmethod
    def _read_value(cls, value: Any, zone: datetime.tzinfo) -> Any:
        return one_of(value, zone, FunnelDay)

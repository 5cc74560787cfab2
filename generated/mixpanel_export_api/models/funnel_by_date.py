"""The model `FunnelByDate`."""

from __future__ import annotations

import datetime
from typing import Any

from ..runtime.objects import ModelMap, one_of
from .funnel_day import FunnelDay
from .funnel_day_segments import FunnelDaySegments


class FunnelByDate(ModelMap["FunnelDay | FunnelDaySegments"]):
    """The funnel of each period by its first day, or its segments if the query had `on`."""

    __slots__ = ()

    _unit = "periods"

    @classmethod
    def _read_value(cls, value: Any, zone: datetime.tzinfo) -> Any:
        return one_of(value, zone, FunnelDay, FunnelDaySegments)

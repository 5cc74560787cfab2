"""The model `FrequencyByDate`."""

from __future__ import annotations

import datetime
from typing import Any

from ..runtime.objects import ModelMap, any_of
from .frequency_segments import FrequencySegments


class FrequencyByDate(ModelMap[Any]):
    """The users active in at least 1, at least 2, ... of the smaller units of each period, as a
    list by the period's first day, or as lists by segment if the query had `on`."""

    __slots__ = ()

    _unit = "periods"

    @classmethod
    def _read_value(cls, value: Any, zone: datetime.tzinfo) -> Any:
        return any_of(value, zone, FrequencySegments)

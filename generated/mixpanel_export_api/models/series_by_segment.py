"""The model `SeriesBySegment`."""

from __future__ import annotations

import datetime
from typing import Any

from ..runtime.objects import ModelMap, one_of
from .series_by_date import SeriesByDate


class SeriesBySegment(ModelMap["SeriesByDate"]):
    """A series of numbers for each segment, event or property value, by its name."""

    __slots__ = ()

    _unit = "segments"

    @classmethod
    def _read_value(cls, value: Any, zone: datetime.tzinfo) -> Any:
        return one_of(value, zone, SeriesByDate)

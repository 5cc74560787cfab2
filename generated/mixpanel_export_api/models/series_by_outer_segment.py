"""The model `SeriesByOuterSegment`."""

from __future__ import annotations

import datetime
from typing import Any

from ..runtime.objects import ModelMap, one_of
from .series_by_segment import SeriesBySegment


class SeriesByOuterSegment(ModelMap["SeriesBySegment"]):
    """The inner segments' series for each outer segment, by its name."""

    __slots__ = ()

    _unit = "segments"

    @classmethod
    def _read_value(cls, value: Any, zone: datetime.tzinfo) -> Any:
        return one_of(value, zone, SeriesBySegment)

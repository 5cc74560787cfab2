"""The model `FrequencySegments`."""

from __future__ import annotations

from typing import Any

from ..runtime.objects import Map


class FrequencySegments(Map[Any]):
    """One period's numbers of active users for each segment, by its name."""

    __slots__ = ()

    _unit = "segments"
    _numbers = True

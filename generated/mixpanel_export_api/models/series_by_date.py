"""The model `SeriesByDate`."""

from __future__ import annotations

from ..runtime.objects import Map


class SeriesByDate(Map["float"]):
    """A number for each date or time. Dates without data can be missing; the number can be null."""

    __slots__ = ()

    _unit = "dates"
    _numbers = True

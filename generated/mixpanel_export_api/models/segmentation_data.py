"""The model `SegmentationData`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import any_value
from .series_by_segment import SeriesBySegment


class SegmentationData(Model):
    """Dates and series."""

    __slots__ = ()

    _fields = {
        "series": "series",
        "values": "values",
    }
    _required = {
        "series": list,
        "values": SeriesBySegment,
    }
    _units = {
        "series": "days",
    }

    def __init__(
        self,
        series: list[str] | None = None,
        values: SeriesBySegment | None = None,
    ) -> None:
        super().__init__()
        self._set("series", series)
        self._set("values", values)

    @property
    def series(self) -> list[str]:
        """Every date or time of the answer, in no particular order."""
        value: list[str] = self._values("series", any_value) or []
        return value

    @property
    def values(self) -> SeriesBySegment:
        """A series of numbers for each segment, event or property value, by its name."""
        value: SeriesBySegment = self._part("values", SeriesBySegment)
        return value

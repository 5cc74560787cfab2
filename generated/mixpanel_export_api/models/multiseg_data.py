"""The model `MultisegData`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import any_value
from .series_by_outer_segment import SeriesByOuterSegment


class MultisegData(Model):
    """Dates and series."""

    __slots__ = ()

    _fields = {
        "series": "series",
        "values": "values",
    }
    _required = {
        "series": list,
        "values": SeriesByOuterSegment,
    }
    _units = {
        "series": "days",
    }

    def __init__(
        self,
        series: list[str] | None = None,
        values: SeriesByOuterSegment | None = None,
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
    def values(self) -> SeriesByOuterSegment:
        """The inner segments' series for each outer segment, by its name."""
        value: SeriesByOuterSegment = self._part("values", SeriesByOuterSegment)
        return value

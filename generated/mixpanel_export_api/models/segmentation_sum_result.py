"""The model `SegmentationSumResult`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, ClassVar

from ..runtime.objects import Model
from ..runtime.tables import Table
from ..runtime.values import moment
from .series_by_date import SeriesByDate


class SegmentationSumResult(Model, Table):
    """Sums over time."""

    __slots__ = ()

    _fields = {
        "status": "status",
        "computed_at": "computed_at",
        "results": "results",
    }
    _required = {
        "results": SeriesByDate,
    }
    layout: ClassVar[Mapping[str, Any]] = {"at": ["results"], "keys": ["date"]}

    def __init__(
        self,
        status: str | None = None,
        computed_at: datetime.datetime | None = None,
        results: SeriesByDate | None = None,
    ) -> None:
        super().__init__()
        self._set("status", status)
        self._set("computed_at", computed_at)
        self._set("results", results)

    @property
    def status(self) -> str | None:
        """The word `ok`."""
        value: str | None = self.get("status")
        return value

    @property
    def computed_at(self) -> datetime.datetime | None:
        """Time of the computation."""
        value: datetime.datetime | None = moment(self.get("computed_at"), self._zone)
        return value

    @property
    def results(self) -> SeriesByDate:
        """A number for each date or time. Dates without data can be missing; the number can be
        null."""
        value: SeriesByDate = self._part("results", SeriesByDate)
        return value

"""The model `SegmentationResult`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, ClassVar

from ..runtime.objects import Model
from ..runtime.tables import Table
from ..runtime.values import integer, moment
from .segmentation_data import SegmentationData


class SegmentationResult(Model, Table):
    """Counts over time, one series for each segment, event or property value."""

    __slots__ = ()

    _fields = {
        "data": "data",
        "legend_size": "legend_size",
        "computed_at": "computed_at",
        "status": "status",
    }
    _required = {
        "data": SegmentationData,
    }
    _quiet = frozenset(["legend_size", "status"])
    layout: ClassVar[Mapping[str, Any]] = {"at": ["data", "values"], "keys": ["segment", "date"]}

    def __init__(
        self,
        data: SegmentationData | None = None,
        legend_size: int | None = None,
        computed_at: datetime.datetime | None = None,
        status: str | None = None,
    ) -> None:
        super().__init__()
        self._set("data", data)
        self._set("legend_size", legend_size)
        self._set("computed_at", computed_at)
        self._set("status", status)

    @property
    def data(self) -> SegmentationData:
        """Dates and series."""
        value: SegmentationData = self._part("data", SegmentationData)
        return value

    @property
    def legend_size(self) -> int | None:
        """Number of series."""
        value: int | None = integer(self.get("legend_size"))
        return value

    @property
    def computed_at(self) -> datetime.datetime | None:
        """Time of the computation."""
        value: datetime.datetime | None = moment(self.get("computed_at"), self._zone)
        return value

    @property
    def status(self) -> str | None:
        """The word `ok`, if Mixpanel sends it."""
        value: str | None = self.get("status")
        return value

"""The model `InsightsResult`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, ClassVar

from ..runtime.objects import Model
from ..runtime.tables import Table
from ..runtime.values import any_value, moment
from .insights_date_range import InsightsDateRange
from .insights_series import InsightsSeries


class InsightsResult(Model, Table):
    """The numbers of an Insights report."""

    __slots__ = ()

    _fields = {
        "computed_at": "computed_at",
        "date_range": "date_range",
        "headers": "headers",
        "series": "series",
        "meta": "meta",
    }
    _required = {
        "series": InsightsSeries,
    }
    _units = {
        "headers": "levels",
    }
    _quiet = frozenset(["meta"])
    layout: ClassVar[Mapping[str, Any]] = {
        "at": ["series"],
        "keys": ["event", "date"],
        "headers": "headers",
    }

    def __init__(
        self,
        computed_at: datetime.datetime | None = None,
        date_range: InsightsDateRange | None = None,
        headers: list[str] | None = None,
        series: InsightsSeries | None = None,
        meta: Any = None,
    ) -> None:
        super().__init__()
        self._set("computed_at", computed_at)
        self._set("date_range", date_range)
        self._set("headers", headers)
        self._set("series", series)
        self._set("meta", meta)

    @property
    def computed_at(self) -> datetime.datetime | None:
        """Time of the computation. Reports are cached for a while."""
        value: datetime.datetime | None = moment(self.get("computed_at"), self._zone)
        return value

    @property
    def date_range(self) -> InsightsDateRange | None:
        """The range of time that a report covers."""
        value: InsightsDateRange | None = self._model("date_range", InsightsDateRange)
        return value

    @property
    def headers(self) -> list[str] | None:
        """Names of the levels of `series`, from the outside in; `$event` is the event's name."""
        value: list[str] | None = self._values("headers", any_value)
        return value

    @property
    def series(self) -> InsightsSeries:
        """A level of a report: further levels or numbers, by name. The outermost level has the
        events, each property of a breakdown adds a level, where `$overall` stands for all its
        values, and the innermost one has numbers by ISO 8601 time or, in reports without time,
        by `all`. Saved funnels nest metrics and steps, saved retention reports objects with
        `first`, `counts` and `rates`."""
        value: InsightsSeries = self._part("series", InsightsSeries)
        return value

    @property
    def meta(self) -> Any:
        """Data about the report, if Mixpanel sends it."""
        value: Any = self.get("meta")
        return value

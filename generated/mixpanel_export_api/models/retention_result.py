"""The model `RetentionResult`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, ClassVar

from ..runtime.objects import ModelMap, one_of
from ..runtime.tables import Table
from .retention_cohort import RetentionCohort
from .retention_segments import RetentionSegments


class RetentionResult(ModelMap["RetentionCohort | RetentionSegments"], Table):
    """The users who started on each date, or their segments if the query had `on`."""

    __slots__ = ()

    _unit = "dates"
    layout: ClassVar[Mapping[str, Any]] = {
        "at": [],
        "keys": ["date"],
        "list": "counts",
        "beside": {"rates": "rate"},
        "index": "interval",
        "value": "users",
    }

    @classmethod
    def _read_value(cls, value: Any, zone: datetime.tzinfo) -> Any:
        return one_of(value, zone, RetentionCohort, RetentionSegments)

"""The model `RetentionSegments`."""

from __future__ import annotations

import datetime
from typing import Any

from ..runtime.objects import ModelMap, one_of
from .retention_cohort import RetentionCohort


class RetentionSegments(ModelMap["RetentionCohort"]):
    """The users who started on one date, for each segment by its name; `$overall` is all of them
    together."""

    __slots__ = ()

    _unit = "segments"

    @property
    def counts(self) -> list[float]:
        """Users who came back in each interval, from interval 0 on. Later numbers can be larger
        than earlier ones. Of all segments together."""
        return self._overall(RetentionCohort).counts

    @property
    def first(self) -> float:
        """Users in the group, those who did the first event on the date. Of all segments together."""
        return self._overall(RetentionCohort).first

    @property
    def rates(self) -> list[float] | None:
        """Share of the group that came back in each interval, 0 to 1. Missing in most answers. Of all segments together."""
        return self._overall(RetentionCohort).rates

    @classmethod
    def _read_value(cls, value: Any, zone: datetime.tzinfo) -> Any:
        return one_of(value, zone, RetentionCohort)

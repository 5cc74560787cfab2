"""The model `InsightsSeries`."""

from __future__ import annotations

import datetime
from typing import Any

from ..runtime.objects import ModelMap, any_of


class InsightsSeries(ModelMap[Any]):
    """A level of a report: further levels or numbers, by name. The outermost level has the events,
    each property of a breakdown adds a level, where `$overall` stands for all its values, and
    the innermost one has numbers by ISO 8601 time or, in reports without time, by `all`. Saved
    funnels nest metrics and steps, saved retention reports objects with `first`, `counts` and
    `rates`."""

    __slots__ = ()

    @classmethod
    def _read_value(cls, value: Any, zone: datetime.tzinfo) -> Any:
        return any_of(value, zone, InsightsSeries)

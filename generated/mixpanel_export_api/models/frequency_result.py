"""The model `FrequencyResult`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..runtime.objects import Model
from ..runtime.tables import Table
from .frequency_by_date import FrequencyByDate


class FrequencyResult(Model, Table):
    """Frequency of activity within each period."""

    __slots__ = ()

    _fields = {
        "data": "data",
    }
    _required = {
        "data": FrequencyByDate,
    }
    layout: ClassVar[Mapping[str, Any]] = {
        "at": ["data"],
        "keys": ["date"],
        "index": "times",
        "value": "users",
    }

    def __init__(
        self,
        data: FrequencyByDate | None = None,
    ) -> None:
        super().__init__()
        self._set("data", data)

    @property
    def data(self) -> FrequencyByDate:
        """The users active in at least 1, at least 2, ... of the smaller units of each period, as
        a list by the period's first day, or as lists by segment if the query had `on`."""
        value: FrequencyByDate = self._part("data", FrequencyByDate)
        return value

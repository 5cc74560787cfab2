"""The model `InsightsDateRange`."""

from __future__ import annotations

import datetime

from ..runtime.objects import Model
from ..runtime.values import moment


class InsightsDateRange(Model):
    """The range of time that a report covers."""

    __slots__ = ()

    _fields = {
        "from_date": "from_date",
        "to_date": "to_date",
    }
    _required = {
        "from_date": object,
        "to_date": object,
    }

    def __init__(
        self,
        from_date: datetime.datetime | None = None,
        to_date: datetime.datetime | None = None,
    ) -> None:
        super().__init__()
        self._set("from_date", from_date)
        self._set("to_date", to_date)

    @property
    def from_date(self) -> datetime.datetime:
        """First moment, with the project's offset."""
        value: datetime.datetime = moment(self.get("from_date"), self._zone)
        return value

    @property
    def to_date(self) -> datetime.datetime:
        """Last moment, with the project's offset."""
        value: datetime.datetime = moment(self.get("to_date"), self._zone)
        return value

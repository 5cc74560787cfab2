"""The model `ProfilesStats`."""

from __future__ import annotations

import datetime
from typing import Any

from ..runtime.objects import Model
from ..runtime.values import moment


class ProfilesStats(Model):
    """The result of a computation over profiles."""

    __slots__ = ()

    _fields = {
        "results": "results",
        "status": "status",
        "computed_at": "computed_at",
    }
    _required = {
        "results": object,
    }

    def __init__(
        self,
        results: Any = None,
        status: str | None = None,
        computed_at: datetime.datetime | None = None,
    ) -> None:
        super().__init__()
        self._set("results", results)
        self._set("status", status)
        self._set("computed_at", computed_at)

    @property
    def results(self) -> Any:
        """The number, or an object with several of them."""
        value: Any = self.get("results")
        return value

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

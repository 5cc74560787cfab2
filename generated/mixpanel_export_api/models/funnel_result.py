"""The model `FunnelResult`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..runtime.objects import Model
from ..runtime.tables import Table
from .funnel_by_date import FunnelByDate
from .funnel_meta import FunnelMeta


class FunnelResult(Model, Table):
    """A funnel, period by period."""

    __slots__ = ()

    _fields = {
        "meta": "meta",
        "data": "data",
    }
    _required = {
        "data": FunnelByDate,
    }
    layout: ClassVar[Mapping[str, Any]] = {
        "at": ["data"],
        "keys": ["date"],
        "list": "steps",
        "index": "step",
    }

    def __init__(
        self,
        meta: FunnelMeta | None = None,
        data: FunnelByDate | None = None,
    ) -> None:
        super().__init__()
        self._set("meta", meta)
        self._set("data", data)

    @property
    def meta(self) -> FunnelMeta:
        """The periods that the answer covers."""
        value: FunnelMeta = self._part("meta", FunnelMeta)
        return value

    @property
    def data(self) -> FunnelByDate:
        """The funnel of each period by its first day, or its segments if the query had `on`."""
        value: FunnelByDate = self._part("data", FunnelByDate)
        return value

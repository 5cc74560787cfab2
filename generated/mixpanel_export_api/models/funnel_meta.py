"""The model `FunnelMeta`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import any_value


class FunnelMeta(Model):
    """The periods that a funnel's answer covers."""

    __slots__ = ()

    _fields = {
        "dates": "dates",
    }
    _required = {
        "dates": list,
    }
    _units = {
        "dates": "dates",
    }

    def __init__(
        self,
        dates: list[str] | None = None,
    ) -> None:
        super().__init__()
        self._set("dates", dates)

    @property
    def dates(self) -> list[str]:
        """First day of each period, `YYYY-MM-DD`; the keys of `data`."""
        value: list[str] = self._values("dates", any_value) or []
        return value

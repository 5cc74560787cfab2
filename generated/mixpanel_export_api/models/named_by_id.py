"""The model `NamedById`."""

from __future__ import annotations

import datetime
from typing import Any

from ..runtime.objects import ModelMap, one_of
from .named import Named


class NamedById(ModelMap["Named"]):
    """Objects of Mixpanel by id."""

    __slots__ = ()

    @classmethod
    def _read_value(cls, value: Any, zone: datetime.tzinfo) -> Any:
        return one_of(value, zone, Named)

"""The model `TopPropertiesResult`."""

from __future__ import annotations

import datetime
from typing import Any

from ..runtime.objects import ModelMap, one_of
from .property_count import PropertyCount


class TopPropertiesResult(ModelMap["PropertyCount"]):
    """The most common properties of an event, by name."""

    __slots__ = ()

    _unit = "properties"

    @classmethod
    def _read_value(cls, value: Any, zone: datetime.tzinfo) -> Any:
        return one_of(value, zone, PropertyCount)

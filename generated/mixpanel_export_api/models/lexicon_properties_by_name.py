"""The model `LexiconPropertiesByName`."""

from __future__ import annotations

import datetime
from typing import Any

from ..runtime.objects import ModelMap, one_of
from .lexicon_property import LexiconProperty


class LexiconPropertiesByName(ModelMap["LexiconProperty"]):
    """An entity's properties by name."""

    __slots__ = ()

    _unit = "properties"

    @classmethod
    def _read_value(cls, value: Any, zone: datetime.tzinfo) -> Any:
        return one_of(value, zone, LexiconProperty)

"""The model `LexiconPropertiesUpload`."""

from __future__ import annotations

from typing import Any

from ..runtime.objects import Map


class LexiconPropertiesUpload(Map[Any]):
    """Properties by name, each an object with `type` (array, boolean, integer, null, number,
    object or string), `description` and `metadata`."""

    __slots__ = ()

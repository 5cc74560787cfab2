"""The model `JqlParams`."""

from __future__ import annotations

from typing import Any

from ..runtime.objects import Map


class JqlParams(Map[Any]):
    """Values of any kind for the script's global variable `params`. JSON text on the wire."""

    __slots__ = ()

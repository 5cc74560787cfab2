"""The model `ProfileProperties`."""

from __future__ import annotations

from typing import Any

from ..runtime.objects import Map


class ProfileProperties(Map[Any]):
    """A profile's properties by name, with values of any JSON type. Mixpanel's own start with `$`,
    such as `$email` and `$last_seen`."""

    __slots__ = ()

    _unit = "properties"

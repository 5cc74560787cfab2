"""The model `Profile`."""

from __future__ import annotations

from ..runtime.objects import Model
from .profile_properties import ProfileProperties


class Profile(Model):
    """A user or group profile."""

    __slots__ = ()

    _fields = {
        "distinct_id": "$distinct_id",
        "properties": "$properties",
        "group_key": "$group_key",
        "group_id": "$group_id",
        "data_group_id": "data_group_id",
    }
    _flat = "$properties"

    def __init__(
        self,
        distinct_id: str | int | float | None = None,
        properties: ProfileProperties | None = None,
        group_key: str | None = None,
        group_id: str | float | int | None = None,
        data_group_id: str | int | None = None,
    ) -> None:
        super().__init__()
        self._set("$distinct_id", distinct_id)
        self._set("$properties", properties)
        self._set("$group_key", group_key)
        self._set("$group_id", group_id)
        self._set("data_group_id", data_group_id)

    @property
    def distinct_id(self) -> str | int | float:
        """The user's id, text or a number. Reads as None on the group profiles that lack it."""
        value: str | int | float = self.get("$distinct_id")
        return value

    @property
    def properties(self) -> ProfileProperties:
        """Its properties by name; empty if Mixpanel sends none."""
        value: ProfileProperties = self._part("$properties", ProfileProperties)
        return value

    @property
    def group_key(self) -> str | None:
        """Name of the group key. Group profiles only."""
        value: str | None = self.get("$group_key")
        return value

    @property
    def group_id(self) -> str | float | int | None:
        """Id of the group. Group profiles only."""
        value: str | float | int | None = self.get("$group_id")
        return value

    @property
    def data_group_id(self) -> str | int | None:
        """Id of the group key. Group profiles only."""
        value: str | int | None = self.get("data_group_id")
        return value

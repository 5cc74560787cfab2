from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.profile_properties import ProfileProperties


T = TypeVar("T", bound="Profile")


@_attrs_define
class Profile:
    """A user or group profile."""

    distinct_id: float | int | str
    """ A user's id; text nearly always, a number where a number was once sent. """
    properties: ProfileProperties
    """ A profile's properties by name, with values of any JSON type. Mixpanel's own begin with `$`, such as
    `$email` and `$last_seen`. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        distinct_id: float | int | str
        distinct_id = self.distinct_id

        properties = self.properties.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "$distinct_id": distinct_id,
                "$properties": properties,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.profile_properties import ProfileProperties  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_distinct_id(data: object) -> float | int | str:
            return cast(float | int | str, data)

        distinct_id = _parse_distinct_id(d.pop("$distinct_id"))

        properties = ProfileProperties.from_dict(d.pop("$properties"))

        profile = cls(
            distinct_id=distinct_id,
            properties=properties,
        )

        profile.additional_properties = d
        return profile

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties

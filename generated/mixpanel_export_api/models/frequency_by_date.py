from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..runtime.maps import Map

if TYPE_CHECKING:
    from ..models.frequency_segments import FrequencySegments


T = TypeVar("T", bound="FrequencyByDate")


@_attrs_define
class FrequencyByDate(Map["FrequencySegments | list[int]"]):
    """For each period, by its first day, the users active in at least 1, at least 2, ... of its smaller units; or the same
    for each segment when the query had `on`.

    """

    additional_properties: dict[str, FrequencySegments | list[int]] = _attrs_field(
        init=False, factory=dict
    )

    def to_dict(self) -> dict[str, Any]:

        field_dict: dict[str, Any] = {}
        for prop_name, prop in self.additional_properties.items():
            if isinstance(prop, list):
                field_dict[prop_name] = prop

            else:
                field_dict[prop_name] = prop.to_dict()

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.frequency_segments import FrequencySegments  # noqa: PLC0415

        d = dict(src_dict)
        frequency_by_date = cls()

        additional_properties = {}
        for prop_name, prop_dict in d.items():

            def _parse_additional_property(data: object) -> FrequencySegments | list[int]:
                try:
                    if not isinstance(data, list):
                        raise TypeError()
                    additional_property_type_0 = cast(list[int], data)

                    return additional_property_type_0
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                if not isinstance(data, dict):
                    raise TypeError()
                additional_property_type_1 = FrequencySegments.from_dict(data)

                return additional_property_type_1

            additional_property = _parse_additional_property(prop_dict)

            additional_properties[prop_name] = additional_property

        frequency_by_date.additional_properties = additional_properties
        return frequency_by_date

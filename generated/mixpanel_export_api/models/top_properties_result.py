from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..runtime.maps import Map

if TYPE_CHECKING:
    from ..models.property_count import PropertyCount


T = TypeVar("T", bound="TopPropertiesResult")


@_attrs_define
class TopPropertiesResult(Map["PropertyCount"]):
    """The most common properties of an event, by name."""

    additional_properties: dict[str, PropertyCount] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:

        field_dict: dict[str, Any] = {}
        for prop_name, prop in self.additional_properties.items():
            field_dict[prop_name] = prop.to_dict()

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.property_count import PropertyCount  # noqa: PLC0415

        d = dict(src_dict)
        top_properties_result = cls()

        additional_properties = {}
        for prop_name, prop_dict in d.items():
            additional_property = PropertyCount.from_dict(prop_dict)

            additional_properties[prop_name] = additional_property

        top_properties_result.additional_properties = additional_properties
        return top_properties_result

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..runtime.maps import Map

if TYPE_CHECKING:
    from ..models.series_by_date import SeriesByDate


T = TypeVar("T", bound="SeriesBySegment")


@_attrs_define
class SeriesBySegment(Map["SeriesByDate"]):
    """A series of numbers for each segment, event or property value, by its name."""

    additional_properties: dict[str, SeriesByDate] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:

        field_dict: dict[str, Any] = {}
        for prop_name, prop in self.additional_properties.items():
            field_dict[prop_name] = prop.to_dict()

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.series_by_date import SeriesByDate  # noqa: PLC0415

        d = dict(src_dict)
        series_by_segment = cls()

        additional_properties = {}
        for prop_name, prop_dict in d.items():
            additional_property = SeriesByDate.from_dict(prop_dict)

            additional_properties[prop_name] = additional_property

        series_by_segment.additional_properties = additional_properties
        return series_by_segment

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.series_by_segment import SeriesBySegment


T = TypeVar("T", bound="SegmentationData")


@_attrs_define
class SegmentationData:
    """Dates and series."""

    series: list[str]
    """ Every date or moment of the answer, in no promised order. """
    values: SeriesBySegment
    """ A series of numbers for each segment, event or property value, by its name. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        series = self.series

        values = self.values.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "series": series,
                "values": values,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.series_by_segment import SeriesBySegment  # noqa: PLC0415

        d = dict(src_dict)
        series = cast(list[str], d.pop("series"))

        values = SeriesBySegment.from_dict(d.pop("values"))

        segmentation_data = cls(
            series=series,
            values=values,
        )

        segmentation_data.additional_properties = d
        return segmentation_data

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

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..runtime.maps import Map

T = TypeVar("T", bound="SeriesByDate")


@_attrs_define
class SeriesByDate(Map["float"]):
    """A number for each date or moment. A date without data may be missing."""

    additional_properties: dict[str, float] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        series_by_date = cls()

        series_by_date.additional_properties = d
        return series_by_date

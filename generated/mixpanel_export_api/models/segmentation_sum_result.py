from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..runtime.tables import Table
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.series_by_date import SeriesByDate


T = TypeVar("T", bound="SegmentationSumResult")


@_attrs_define
class SegmentationSumResult(Table):
    """Sums over time."""

    results: SeriesByDate
    """ A number for each date or moment. A date without data may be missing. """
    status: str | Unset = UNSET
    """ The word `ok`. """
    computed_at: str | Unset = UNSET
    """ When the sums were computed, ISO 8601. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        results = self.results.to_dict()

        status = self.status

        computed_at = self.computed_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "results": results,
            }
        )
        if status is not UNSET:
            field_dict["status"] = status
        if computed_at is not UNSET:
            field_dict["computed_at"] = computed_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.series_by_date import SeriesByDate  # noqa: PLC0415

        d = dict(src_dict)
        results = SeriesByDate.from_dict(d.pop("results"))

        status = d.pop("status", UNSET)

        computed_at = d.pop("computed_at", UNSET)

        segmentation_sum_result = cls(
            results=results,
            status=status,
            computed_at=computed_at,
        )

        segmentation_sum_result.additional_properties = d
        return segmentation_sum_result

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


SegmentationSumResult.layout = {"at": ["results"], "keys": ["date"]}

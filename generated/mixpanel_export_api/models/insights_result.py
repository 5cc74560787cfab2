from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..runtime.tables import Table
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.insights_date_range import InsightsDateRange
    from ..models.series_by_segment import SeriesBySegment


T = TypeVar("T", bound="InsightsResult")


@_attrs_define
class InsightsResult(Table):
    """The numbers of an Insights report."""

    series: SeriesBySegment
    """ A series of numbers for each segment, event or property value, by its name. """
    computed_at: str | Unset = UNSET
    """ When the numbers were computed, ISO 8601. Reports are cached for a while. """
    date_range: InsightsDateRange | Unset = UNSET
    """ The time a report covers. """
    headers: list[str] | Unset = UNSET
    """ What each level of `series` stands for, from the outside in; `$event` is the event's name. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        series = self.series.to_dict()

        computed_at = self.computed_at

        date_range: dict[str, Any] | Unset = UNSET
        if not isinstance(self.date_range, Unset):
            date_range = self.date_range.to_dict()

        headers: list[str] | Unset = UNSET
        if not isinstance(self.headers, Unset):
            headers = self.headers

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "series": series,
            }
        )
        if computed_at is not UNSET:
            field_dict["computed_at"] = computed_at
        if date_range is not UNSET:
            field_dict["date_range"] = date_range
        if headers is not UNSET:
            field_dict["headers"] = headers

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.insights_date_range import InsightsDateRange  # noqa: PLC0415
        from ..models.series_by_segment import SeriesBySegment  # noqa: PLC0415

        d = dict(src_dict)
        series = SeriesBySegment.from_dict(d.pop("series"))

        computed_at = d.pop("computed_at", UNSET)

        _date_range = d.pop("date_range", UNSET)
        date_range: InsightsDateRange | Unset
        if isinstance(_date_range, Unset):
            date_range = UNSET
        else:
            date_range = InsightsDateRange.from_dict(_date_range)

        headers = cast(list[str], d.pop("headers", UNSET))

        insights_result = cls(
            series=series,
            computed_at=computed_at,
            date_range=date_range,
            headers=headers,
        )

        insights_result.additional_properties = d
        return insights_result

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


InsightsResult.layout = {"at": ["series"], "keys": ["event", "date"]}

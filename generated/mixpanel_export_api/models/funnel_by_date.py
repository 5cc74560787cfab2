from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..runtime.maps import Map

if TYPE_CHECKING:
    from ..models.funnel_day import FunnelDay
    from ..models.funnel_day_segments import FunnelDaySegments


T = TypeVar("T", bound="FunnelByDate")


@_attrs_define
class FunnelByDate(Map["FunnelDay | FunnelDaySegments"]):
    """For each period, by its first day, the funnel itself, or its segments when the query had `on`."""

    additional_properties: dict[str, FunnelDay | FunnelDaySegments] = _attrs_field(
        init=False, factory=dict
    )

    def to_dict(self) -> dict[str, Any]:
        from ..models.funnel_day import FunnelDay  # noqa: PLC0415

        field_dict: dict[str, Any] = {}
        for prop_name, prop in self.additional_properties.items():
            if isinstance(prop, FunnelDay):
                field_dict[prop_name] = prop.to_dict()
            else:
                field_dict[prop_name] = prop.to_dict()

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.funnel_day import FunnelDay  # noqa: PLC0415
        from ..models.funnel_day_segments import FunnelDaySegments  # noqa: PLC0415

        d = dict(src_dict)
        funnel_by_date = cls()

        additional_properties = {}
        for prop_name, prop_dict in d.items():

            def _parse_additional_property(data: object) -> FunnelDay | FunnelDaySegments:
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    additional_property_type_0 = FunnelDay.from_dict(data)

                    return additional_property_type_0
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                if not isinstance(data, dict):
                    raise TypeError()
                additional_property_type_1 = FunnelDaySegments.from_dict(data)

                return additional_property_type_1

            additional_property = _parse_additional_property(prop_dict)

            additional_properties[prop_name] = additional_property

        funnel_by_date.additional_properties = additional_properties
        return funnel_by_date

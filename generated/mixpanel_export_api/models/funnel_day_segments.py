from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..runtime.maps import Map

if TYPE_CHECKING:
    from ..models.funnel_day import FunnelDay
    from ..models.funnel_step import FunnelStep


T = TypeVar("T", bound="FunnelDaySegments")


@_attrs_define
class FunnelDaySegments(Map["FunnelDay | list[FunnelStep]"]):
    """One period's funnel for each segment, by the segment's name; `$overall` is all of them together.
    Mixpanel answers a segment as the bare list of its steps, or in the same shape as a funnel without
    segments.

    """

    additional_properties: dict[str, FunnelDay | list[FunnelStep]] = _attrs_field(
        init=False, factory=dict
    )

    def to_dict(self) -> dict[str, Any]:
        from ..models.funnel_day import FunnelDay  # noqa: PLC0415

        field_dict: dict[str, Any] = {}
        for prop_name, prop in self.additional_properties.items():
            if isinstance(prop, FunnelDay):
                field_dict[prop_name] = prop.to_dict()
            else:
                field_dict[prop_name] = []
                for additional_property_type_1_item_data in prop:
                    additional_property_type_1_item = additional_property_type_1_item_data.to_dict()
                    field_dict[prop_name].append(additional_property_type_1_item)

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.funnel_day import FunnelDay  # noqa: PLC0415
        from ..models.funnel_step import FunnelStep  # noqa: PLC0415

        d = dict(src_dict)
        funnel_day_segments = cls()

        additional_properties = {}
        for prop_name, prop_dict in d.items():

            def _parse_additional_property(data: object) -> FunnelDay | list[FunnelStep]:
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    additional_property_type_0 = FunnelDay.from_dict(data)

                    return additional_property_type_0
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                if not isinstance(data, list):
                    raise TypeError()
                additional_property_type_1 = []
                _additional_property_type_1 = data
                for additional_property_type_1_item_data in _additional_property_type_1:
                    additional_property_type_1_item = FunnelStep.from_dict(
                        additional_property_type_1_item_data
                    )

                    additional_property_type_1.append(additional_property_type_1_item)

                return additional_property_type_1

            additional_property = _parse_additional_property(prop_dict)

            additional_properties[prop_name] = additional_property

        funnel_day_segments.additional_properties = additional_properties
        return funnel_day_segments

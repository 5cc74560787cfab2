from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..runtime.maps import Map
from ..runtime.tables import Table

if TYPE_CHECKING:
    from ..models.retention_cohort import RetentionCohort
    from ..models.retention_segments import RetentionSegments


T = TypeVar("T", bound="RetentionResult")


@_attrs_define
class RetentionResult(Map["RetentionCohort | RetentionSegments"], Table):
    """For each date, the users who began on it, or their segments when the query had `on`."""

    additional_properties: dict[str, RetentionCohort | RetentionSegments] = _attrs_field(
        init=False, factory=dict
    )

    def to_dict(self) -> dict[str, Any]:
        from ..models.retention_cohort import RetentionCohort  # noqa: PLC0415

        field_dict: dict[str, Any] = {}
        for prop_name, prop in self.additional_properties.items():
            if isinstance(prop, RetentionCohort):
                field_dict[prop_name] = prop.to_dict()
            else:
                field_dict[prop_name] = prop.to_dict()

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.retention_cohort import RetentionCohort  # noqa: PLC0415
        from ..models.retention_segments import RetentionSegments  # noqa: PLC0415

        d = dict(src_dict)
        retention_result = cls()

        additional_properties = {}
        for prop_name, prop_dict in d.items():

            def _parse_additional_property(data: object) -> RetentionCohort | RetentionSegments:
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    additional_property_type_0 = RetentionCohort.from_dict(data)

                    return additional_property_type_0
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                if not isinstance(data, dict):
                    raise TypeError()
                additional_property_type_1 = RetentionSegments.from_dict(data)

                return additional_property_type_1

            additional_property = _parse_additional_property(prop_dict)

            additional_properties[prop_name] = additional_property

        retention_result.additional_properties = additional_properties
        return retention_result


RetentionResult.layout = {
    "at": [],
    "keys": ["date"],
    "list": "counts",
    "index": "interval",
    "value": "users",
}

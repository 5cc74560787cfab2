from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..runtime.maps import Map

if TYPE_CHECKING:
    from ..models.retention_cohort import RetentionCohort


T = TypeVar("T", bound="RetentionSegments")


@_attrs_define
class RetentionSegments(Map["RetentionCohort"]):
    """The users who began on one date, for each segment by its name."""

    additional_properties: dict[str, RetentionCohort] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:

        field_dict: dict[str, Any] = {}
        for prop_name, prop in self.additional_properties.items():
            field_dict[prop_name] = prop.to_dict()

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.retention_cohort import RetentionCohort  # noqa: PLC0415

        d = dict(src_dict)
        retention_segments = cls()

        additional_properties = {}
        for prop_name, prop_dict in d.items():
            additional_property = RetentionCohort.from_dict(prop_dict)

            additional_properties[prop_name] = additional_property

        retention_segments.additional_properties = additional_properties
        return retention_segments

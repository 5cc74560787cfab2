from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="LegacyAnnotation")


@_attrs_define
class LegacyAnnotation:
    """An annotation as the older API answers it."""

    id: int
    """ Id of the annotation. """
    date: str
    """ The annotated moment, `YYYY-MM-DD HH:MM:SS` in the project's time zone. """
    description: str
    """ Text shown on charts. """
    project_id: int | Unset = UNSET
    """ Id of the project. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        date = self.date

        description = self.description

        project_id = self.project_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "date": date,
                "description": description,
            }
        )
        if project_id is not UNSET:
            field_dict["project_id"] = project_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        date = d.pop("date")

        description = d.pop("description")

        project_id = d.pop("project_id", UNSET)

        legacy_annotation = cls(
            id=id,
            date=date,
            description=description,
            project_id=project_id,
        )

        legacy_annotation.additional_properties = d
        return legacy_annotation

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

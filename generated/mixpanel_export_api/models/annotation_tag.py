from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="AnnotationTag")


@_attrs_define
class AnnotationTag:
    """A tag that annotations can be given."""

    id: int
    """ Id of the tag. """
    name: str
    """ Name of the tag. """
    project_id: int | Unset = UNSET
    """ Id of the project it belongs to. """
    has_annotations: bool | Unset = UNSET
    """ Whether any annotation has it. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        project_id = self.project_id

        has_annotations = self.has_annotations

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
            }
        )
        if project_id is not UNSET:
            field_dict["project_id"] = project_id
        if has_annotations is not UNSET:
            field_dict["has_annotations"] = has_annotations

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        project_id = d.pop("project_id", UNSET)

        has_annotations = d.pop("has_annotations", UNSET)

        annotation_tag = cls(
            id=id,
            name=name,
            project_id=project_id,
            has_annotations=has_annotations,
        )

        annotation_tag.additional_properties = d
        return annotation_tag

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

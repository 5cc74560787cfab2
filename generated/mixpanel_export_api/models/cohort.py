from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Cohort")


@_attrs_define
class Cohort:
    """A cohort saved in the project."""

    id: int
    """ Id of the cohort. """
    name: str
    """ Name of the cohort. """
    count: int | None | Unset = UNSET
    """ How many profiles are in it. """
    description: None | str | Unset = UNSET
    """ What its maker says about it. """
    created: str | Unset = UNSET
    """ When it was made, `YYYY-MM-DD HH:MM:SS`. """
    is_visible: int | Unset = UNSET
    """ 1 when it is shown in menus, 0 when it is hidden. """
    project_id: int | Unset = UNSET
    """ Id of the project it is saved in. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        count: int | None | Unset
        if isinstance(self.count, Unset):
            count = UNSET
        else:
            count = self.count

        description: None | str | Unset
        if isinstance(self.description, Unset):
            description = UNSET
        else:
            description = self.description

        created = self.created

        is_visible = self.is_visible

        project_id = self.project_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
            }
        )
        if count is not UNSET:
            field_dict["count"] = count
        if description is not UNSET:
            field_dict["description"] = description
        if created is not UNSET:
            field_dict["created"] = created
        if is_visible is not UNSET:
            field_dict["is_visible"] = is_visible
        if project_id is not UNSET:
            field_dict["project_id"] = project_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        def _parse_count(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        count = _parse_count(d.pop("count", UNSET))

        def _parse_description(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        description = _parse_description(d.pop("description", UNSET))

        created = d.pop("created", UNSET)

        is_visible = d.pop("is_visible", UNSET)

        project_id = d.pop("project_id", UNSET)

        cohort = cls(
            id=id,
            name=name,
            count=count,
            description=description,
            created=created,
            is_visible=is_visible,
            project_id=project_id,
        )

        cohort.additional_properties = d
        return cohort

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

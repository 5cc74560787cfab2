from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="AnnotationUpdate")


@_attrs_define
class AnnotationUpdate:
    """The fields of an annotation to change. Omitted fields stay."""

    description: str | Unset = UNSET
    """ The new text. """
    tags: list[int] | Unset = UNSET
    """ Ids of the tags that replace the old ones. """

    def to_dict(self) -> dict[str, Any]:
        description = self.description

        tags: list[int] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = self.tags

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if description is not UNSET:
            field_dict["description"] = description
        if tags is not UNSET:
            field_dict["tags"] = tags

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        description = d.pop("description", UNSET)

        tags = cast(list[int], d.pop("tags", UNSET))

        annotation_update = cls(
            description=description,
            tags=tags,
        )

        return annotation_update

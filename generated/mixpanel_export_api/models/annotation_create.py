from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="AnnotationCreate")


@_attrs_define
class AnnotationCreate:
    """An annotation to create."""

    date: str
    """ Time to annotate, `YYYY-MM-DD HH:MM:SS` in the project's time zone; aware datetimes are converted to it. """
    description: str
    """ Text shown on charts. """
    tags: list[int] | Unset = UNSET
    """ Ids of its tags. """

    def to_dict(self) -> dict[str, Any]:
        date = self.date

        description = self.description

        tags: list[int] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = self.tags

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "date": date,
                "description": description,
            }
        )
        if tags is not UNSET:
            field_dict["tags"] = tags

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        date = d.pop("date")

        description = d.pop("description")

        tags = cast(list[int], d.pop("tags", UNSET))

        annotation_create = cls(
            date=date,
            description=description,
            tags=tags,
        )

        return annotation_create

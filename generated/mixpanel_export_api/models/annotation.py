from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.annotation_tag_ref import AnnotationTagRef
    from ..models.annotation_user import AnnotationUser


T = TypeVar("T", bound="Annotation")


@_attrs_define
class Annotation:
    """A note pinned to a moment on the project's charts."""

    id: int
    """ Id of the annotation. """
    date: str
    """ The annotated moment, `YYYY-MM-DD HH:MM:SS` in the project's time zone. """
    description: str
    """ Text shown on charts. """
    user: AnnotationUser | None | Unset = UNSET
    """ Who made it. """
    tags: list[AnnotationTagRef] | Unset = UNSET
    """ Its tags. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.annotation_user import AnnotationUser  # noqa: PLC0415

        id = self.id

        date = self.date

        description = self.description

        user: dict[str, Any] | None | Unset
        if isinstance(self.user, Unset):
            user = UNSET
        elif isinstance(self.user, AnnotationUser):
            user = self.user.to_dict()
        else:
            user = self.user

        tags: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = []
            for tags_item_data in self.tags:
                tags_item = tags_item_data.to_dict()
                tags.append(tags_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "date": date,
                "description": description,
            }
        )
        if user is not UNSET:
            field_dict["user"] = user
        if tags is not UNSET:
            field_dict["tags"] = tags

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.annotation_tag_ref import AnnotationTagRef  # noqa: PLC0415
        from ..models.annotation_user import AnnotationUser  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        date = d.pop("date")

        description = d.pop("description")

        def _parse_user(data: object) -> AnnotationUser | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                user_type_0 = AnnotationUser.from_dict(data)

                return user_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AnnotationUser | None | Unset, data)

        user = _parse_user(d.pop("user", UNSET))

        _tags = d.pop("tags", UNSET)
        tags: list[AnnotationTagRef] | Unset = UNSET
        if _tags is not UNSET:
            tags = []
            for tags_item_data in _tags:
                tags_item = AnnotationTagRef.from_dict(tags_item_data)

                tags.append(tags_item)

        annotation = cls(
            id=id,
            date=date,
            description=description,
            user=user,
            tags=tags,
        )

        annotation.additional_properties = d
        return annotation

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

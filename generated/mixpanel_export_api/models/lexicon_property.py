from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.lexicon_property_metadata import LexiconPropertyMetadata


T = TypeVar("T", bound="LexiconProperty")


@_attrs_define
class LexiconProperty:
    """What the Lexicon says about a property."""

    type_: str | Unset = UNSET
    """ JSON type of its values, such as `string`, `number`, `integer`, `boolean`, `array` or `object`. """
    format_: str | Unset = UNSET
    """ What kind of text its values are, such as `date-time`. """
    description: None | str | Unset = UNSET
    """ What the property is. """
    examples: list[Any] | Unset = UNSET
    """ Values it may have. """
    metadata: LexiconPropertyMetadata | Unset = UNSET
    """ Data about a property, by the software it is for. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_

        format_ = self.format_

        description: None | str | Unset
        if isinstance(self.description, Unset):
            description = UNSET
        else:
            description = self.description

        examples: list[Any] | Unset = UNSET
        if not isinstance(self.examples, Unset):
            examples = self.examples

        metadata: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metadata, Unset):
            metadata = self.metadata.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if type_ is not UNSET:
            field_dict["type"] = type_
        if format_ is not UNSET:
            field_dict["format"] = format_
        if description is not UNSET:
            field_dict["description"] = description
        if examples is not UNSET:
            field_dict["examples"] = examples
        if metadata is not UNSET:
            field_dict["metadata"] = metadata

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.lexicon_property_metadata import LexiconPropertyMetadata  # noqa: PLC0415

        d = dict(src_dict)
        type_ = d.pop("type", UNSET)

        format_ = d.pop("format", UNSET)

        def _parse_description(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        description = _parse_description(d.pop("description", UNSET))

        examples = cast(list[Any], d.pop("examples", UNSET))

        _metadata = d.pop("metadata", UNSET)
        metadata: LexiconPropertyMetadata | Unset
        if isinstance(_metadata, Unset):
            metadata = UNSET
        else:
            metadata = LexiconPropertyMetadata.from_dict(_metadata)

        lexicon_property = cls(
            type_=type_,
            format_=format_,
            description=description,
            examples=examples,
            metadata=metadata,
        )

        lexicon_property.additional_properties = d
        return lexicon_property

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

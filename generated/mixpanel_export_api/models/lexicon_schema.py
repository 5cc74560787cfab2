from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.lexicon_metadata import LexiconMetadata
    from ..models.lexicon_properties_by_name import LexiconPropertiesByName


T = TypeVar("T", bound="LexiconSchema")


@_attrs_define
class LexiconSchema:
    """What the Lexicon says about an event or about profiles, in the manner of a JSON Schema."""

    schema: str | Unset = UNSET
    """ Address of the JSON Schema dialect. """
    description: None | str | Unset = UNSET
    """ What the entity is. """
    required: list[str] | Unset = UNSET
    """ Names of the properties it always has. """
    properties: LexiconPropertiesByName | Unset = UNSET
    """ An entity's properties by name. """
    metadata: LexiconMetadata | Unset = UNSET
    """ Data about an entity, by the software it is for. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        schema = self.schema

        description: None | str | Unset
        if isinstance(self.description, Unset):
            description = UNSET
        else:
            description = self.description

        required: list[str] | Unset = UNSET
        if not isinstance(self.required, Unset):
            required = self.required

        properties: dict[str, Any] | Unset = UNSET
        if not isinstance(self.properties, Unset):
            properties = self.properties.to_dict()

        metadata: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metadata, Unset):
            metadata = self.metadata.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if schema is not UNSET:
            field_dict["$schema"] = schema
        if description is not UNSET:
            field_dict["description"] = description
        if required is not UNSET:
            field_dict["required"] = required
        if properties is not UNSET:
            field_dict["properties"] = properties
        if metadata is not UNSET:
            field_dict["metadata"] = metadata

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.lexicon_metadata import LexiconMetadata  # noqa: PLC0415
        from ..models.lexicon_properties_by_name import LexiconPropertiesByName  # noqa: PLC0415

        d = dict(src_dict)
        schema = d.pop("$schema", UNSET)

        def _parse_description(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        description = _parse_description(d.pop("description", UNSET))

        required = cast(list[str], d.pop("required", UNSET))

        _properties = d.pop("properties", UNSET)
        properties: LexiconPropertiesByName | Unset
        if isinstance(_properties, Unset):
            properties = UNSET
        else:
            properties = LexiconPropertiesByName.from_dict(_properties)

        _metadata = d.pop("metadata", UNSET)
        metadata: LexiconMetadata | Unset
        if isinstance(_metadata, Unset):
            metadata = UNSET
        else:
            metadata = LexiconMetadata.from_dict(_metadata)

        lexicon_schema = cls(
            schema=schema,
            description=description,
            required=required,
            properties=properties,
            metadata=metadata,
        )

        lexicon_schema.additional_properties = d
        return lexicon_schema

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

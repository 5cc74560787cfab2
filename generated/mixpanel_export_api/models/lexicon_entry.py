from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.lexicon_schema import LexiconSchema


T = TypeVar("T", bound="LexiconEntry")


@_attrs_define
class LexiconEntry:
    """An entity and its schema."""

    entity_type: str
    """ Kind of entity, such as `event` or `profile`. """
    name: str
    """ Name of the event; `$user` for user profiles. """
    schema_json: LexiconSchema
    """ What the Lexicon says about an event or about profiles, in the manner of a JSON Schema. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        entity_type = self.entity_type

        name = self.name

        schema_json = self.schema_json.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "entityType": entity_type,
                "name": name,
                "schemaJson": schema_json,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.lexicon_schema import LexiconSchema  # noqa: PLC0415

        d = dict(src_dict)
        entity_type = d.pop("entityType")

        name = d.pop("name")

        schema_json = LexiconSchema.from_dict(d.pop("schemaJson"))

        lexicon_entry = cls(
            entity_type=entity_type,
            name=name,
            schema_json=schema_json,
        )

        lexicon_entry.additional_properties = d
        return lexicon_entry

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

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.lexicon_entity_settings import LexiconEntitySettings


T = TypeVar("T", bound="LexiconMetadata")


@_attrs_define
class LexiconMetadata:
    """Data about an entity, by the software it is for."""

    com_mixpanel: LexiconEntitySettings | Unset = UNSET
    """ How Mixpanel treats and shows an entity. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        com_mixpanel: dict[str, Any] | Unset = UNSET
        if not isinstance(self.com_mixpanel, Unset):
            com_mixpanel = self.com_mixpanel.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if com_mixpanel is not UNSET:
            field_dict["com.mixpanel"] = com_mixpanel

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.lexicon_entity_settings import LexiconEntitySettings  # noqa: PLC0415

        d = dict(src_dict)
        _com_mixpanel = d.pop("com.mixpanel", UNSET)
        com_mixpanel: LexiconEntitySettings | Unset
        if isinstance(_com_mixpanel, Unset):
            com_mixpanel = UNSET
        else:
            com_mixpanel = LexiconEntitySettings.from_dict(_com_mixpanel)

        lexicon_metadata = cls(
            com_mixpanel=com_mixpanel,
        )

        lexicon_metadata.additional_properties = d
        return lexicon_metadata

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

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.lexicon_owner import LexiconOwner


T = TypeVar("T", bound="LexiconEntitySettings")


@_attrs_define
class LexiconEntitySettings:
    """How Mixpanel treats and shows an entity."""

    source: None | str | Unset = UNSET
    """ Who uploaded the schema. """
    display_name: None | str | Unset = UNSET
    """ Name shown in place of the entity's own. """
    tags: list[str] | Unset = UNSET
    """ Tags to find it by. """
    hidden: bool | None | Unset = UNSET
    """ Whether it is hidden from menus. """
    dropped: bool | None | Unset = UNSET
    """ Whether its events are thrown away when they come in. Events only. """
    owners: list[LexiconOwner] | Unset = UNSET
    """ People or teams who answer for it. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        source: None | str | Unset
        if isinstance(self.source, Unset):
            source = UNSET
        else:
            source = self.source

        display_name: None | str | Unset
        if isinstance(self.display_name, Unset):
            display_name = UNSET
        else:
            display_name = self.display_name

        tags: list[str] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = self.tags

        hidden: bool | None | Unset
        if isinstance(self.hidden, Unset):
            hidden = UNSET
        else:
            hidden = self.hidden

        dropped: bool | None | Unset
        if isinstance(self.dropped, Unset):
            dropped = UNSET
        else:
            dropped = self.dropped

        owners: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.owners, Unset):
            owners = []
            for owners_item_data in self.owners:
                owners_item = owners_item_data.to_dict()
                owners.append(owners_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if source is not UNSET:
            field_dict["$source"] = source
        if display_name is not UNSET:
            field_dict["displayName"] = display_name
        if tags is not UNSET:
            field_dict["tags"] = tags
        if hidden is not UNSET:
            field_dict["hidden"] = hidden
        if dropped is not UNSET:
            field_dict["dropped"] = dropped
        if owners is not UNSET:
            field_dict["owners"] = owners

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.lexicon_owner import LexiconOwner  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_source(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        source = _parse_source(d.pop("$source", UNSET))

        def _parse_display_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        display_name = _parse_display_name(d.pop("displayName", UNSET))

        tags = cast(list[str], d.pop("tags", UNSET))

        def _parse_hidden(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        hidden = _parse_hidden(d.pop("hidden", UNSET))

        def _parse_dropped(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        dropped = _parse_dropped(d.pop("dropped", UNSET))

        _owners = d.pop("owners", UNSET)
        owners: list[LexiconOwner] | Unset = UNSET
        if _owners is not UNSET:
            owners = []
            for owners_item_data in _owners:
                owners_item = LexiconOwner.from_dict(owners_item_data)

                owners.append(owners_item)

        lexicon_entity_settings = cls(
            source=source,
            display_name=display_name,
            tags=tags,
            hidden=hidden,
            dropped=dropped,
            owners=owners,
        )

        lexicon_entity_settings.additional_properties = d
        return lexicon_entity_settings

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

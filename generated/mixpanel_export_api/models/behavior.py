from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.event_selector import EventSelector


T = TypeVar("T", bound="Behavior")


@_attrs_define
class Behavior:
    """Something users did within a time up to now, under a name for use in `where`."""

    window: str | Unset = UNSET
    """ Time to look back, as a number and a unit, such as `30d`. """
    name: str | Unset = UNSET
    """ Name for use in `where`, as in `behaviors["NAME"] > 0`. """
    event_selectors: list[EventSelector] | Unset = UNSET
    """ The events that count; any one of them is enough. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        window = self.window

        name = self.name

        event_selectors: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.event_selectors, Unset):
            event_selectors = []
            for event_selectors_item_data in self.event_selectors:
                event_selectors_item = event_selectors_item_data.to_dict()
                event_selectors.append(event_selectors_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if window is not UNSET:
            field_dict["window"] = window
        if name is not UNSET:
            field_dict["name"] = name
        if event_selectors is not UNSET:
            field_dict["event_selectors"] = event_selectors

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.event_selector import EventSelector  # noqa: PLC0415

        d = dict(src_dict)
        window = d.pop("window", UNSET)

        name = d.pop("name", UNSET)

        _event_selectors = d.pop("event_selectors", UNSET)
        event_selectors: list[EventSelector] | Unset = UNSET
        if _event_selectors is not UNSET:
            event_selectors = []
            for event_selectors_item_data in _event_selectors:
                event_selectors_item = EventSelector.from_dict(event_selectors_item_data)

                event_selectors.append(event_selectors_item)

        behavior = cls(
            window=window,
            name=name,
            event_selectors=event_selectors,
        )

        behavior.additional_properties = d
        return behavior

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

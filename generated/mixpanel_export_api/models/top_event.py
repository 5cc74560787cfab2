from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="TopEvent")


@_attrs_define
class TopEvent:
    """One of today's most common events."""

    amount: float
    """ Today's count so far. """
    event: str
    """ Name of the event. """
    percent_change: float | None | Unset = UNSET
    """ Change from yesterday as a ratio, where 0.1 is a tenth more. Not a percentage, despite its name. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        event = self.event

        percent_change: float | None | Unset
        if isinstance(self.percent_change, Unset):
            percent_change = UNSET
        else:
            percent_change = self.percent_change

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amount": amount,
                "event": event,
            }
        )
        if percent_change is not UNSET:
            field_dict["percent_change"] = percent_change

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        amount = d.pop("amount")

        event = d.pop("event")

        def _parse_percent_change(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        percent_change = _parse_percent_change(d.pop("percent_change", UNSET))

        top_event = cls(
            amount=amount,
            event=event,
            percent_change=percent_change,
        )

        top_event.additional_properties = d
        return top_event

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

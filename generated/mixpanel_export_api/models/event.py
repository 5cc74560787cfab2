from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.event_properties import EventProperties


T = TypeVar("T", bound="Event")


@_attrs_define
class Event:
    """One event as Mixpanel stored it: a line of the raw export, or an item of an activity feed. An
    event's identity is its name, `distinct_id`, `time` and `$insert_id`; of several with the same
    one, the latest by `mp_processing_time_ms` counts.

    """

    event: str
    """ Name of the event. """
    properties: EventProperties
    """ An event's properties by name, with values of any JSON type. Nearly always there: `time` (Unix
    time in seconds, or milliseconds when asked for), `distinct_id` (the user), `$insert_id` (the
    sender's id for the event) and `mp_processing_time_ms` (when Mixpanel took it in, Unix time in
    milliseconds). """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        event = self.event

        properties = self.properties.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "event": event,
                "properties": properties,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.event_properties import EventProperties  # noqa: PLC0415

        d = dict(src_dict)
        event = d.pop("event")

        properties = EventProperties.from_dict(d.pop("properties"))

        event = cls(
            event=event,
            properties=properties,
        )

        event.additional_properties = d
        return event

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

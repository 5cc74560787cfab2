from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="FunnelStep")


@_attrs_define
class FunnelStep:
    """One step of a funnel."""

    count: float
    """ Users who reached the step. """
    event: str
    """ The same event's name. """
    goal: str | Unset = UNSET
    """ The event that completes the step; for a custom event, `$custom_event:` and its id. """
    step_conv_ratio: float | None | Unset = UNSET
    """ Share of the previous step's users who reached this one, 0 to 1. """
    overall_conv_ratio: float | None | Unset = UNSET
    """ Share of the first step's users who reached this one, 0 to 1. """
    avg_time: float | None | Unset = UNSET
    """ Mean time from the previous step, in seconds. Null on the first step. """
    avg_time_from_start: float | None | Unset = UNSET
    """ Mean time from the first step, in seconds. """
    step_label: None | str | Unset = UNSET
    """ The step's label, which is the name a custom event was given. """
    custom_event: bool | Unset = UNSET
    """ True when the event is a custom one; missing otherwise. """
    custom_event_id: int | Unset = UNSET
    """ Id of the custom event; missing otherwise. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        count = self.count

        event = self.event

        goal = self.goal

        step_conv_ratio: float | None | Unset
        if isinstance(self.step_conv_ratio, Unset):
            step_conv_ratio = UNSET
        else:
            step_conv_ratio = self.step_conv_ratio

        overall_conv_ratio: float | None | Unset
        if isinstance(self.overall_conv_ratio, Unset):
            overall_conv_ratio = UNSET
        else:
            overall_conv_ratio = self.overall_conv_ratio

        avg_time: float | None | Unset
        if isinstance(self.avg_time, Unset):
            avg_time = UNSET
        else:
            avg_time = self.avg_time

        avg_time_from_start: float | None | Unset
        if isinstance(self.avg_time_from_start, Unset):
            avg_time_from_start = UNSET
        else:
            avg_time_from_start = self.avg_time_from_start

        step_label: None | str | Unset
        if isinstance(self.step_label, Unset):
            step_label = UNSET
        else:
            step_label = self.step_label

        custom_event = self.custom_event

        custom_event_id = self.custom_event_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "count": count,
                "event": event,
            }
        )
        if goal is not UNSET:
            field_dict["goal"] = goal
        if step_conv_ratio is not UNSET:
            field_dict["step_conv_ratio"] = step_conv_ratio
        if overall_conv_ratio is not UNSET:
            field_dict["overall_conv_ratio"] = overall_conv_ratio
        if avg_time is not UNSET:
            field_dict["avg_time"] = avg_time
        if avg_time_from_start is not UNSET:
            field_dict["avg_time_from_start"] = avg_time_from_start
        if step_label is not UNSET:
            field_dict["step_label"] = step_label
        if custom_event is not UNSET:
            field_dict["custom_event"] = custom_event
        if custom_event_id is not UNSET:
            field_dict["custom_event_id"] = custom_event_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        count = d.pop("count")

        event = d.pop("event")

        goal = d.pop("goal", UNSET)

        def _parse_step_conv_ratio(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        step_conv_ratio = _parse_step_conv_ratio(d.pop("step_conv_ratio", UNSET))

        def _parse_overall_conv_ratio(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        overall_conv_ratio = _parse_overall_conv_ratio(d.pop("overall_conv_ratio", UNSET))

        def _parse_avg_time(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        avg_time = _parse_avg_time(d.pop("avg_time", UNSET))

        def _parse_avg_time_from_start(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        avg_time_from_start = _parse_avg_time_from_start(d.pop("avg_time_from_start", UNSET))

        def _parse_step_label(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        step_label = _parse_step_label(d.pop("step_label", UNSET))

        custom_event = d.pop("custom_event", UNSET)

        custom_event_id = d.pop("custom_event_id", UNSET)

        funnel_step = cls(
            count=count,
            event=event,
            goal=goal,
            step_conv_ratio=step_conv_ratio,
            overall_conv_ratio=overall_conv_ratio,
            avg_time=avg_time,
            avg_time_from_start=avg_time_from_start,
            step_label=step_label,
            custom_event=custom_event,
            custom_event_id=custom_event_id,
        )

        funnel_step.additional_properties = d
        return funnel_step

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

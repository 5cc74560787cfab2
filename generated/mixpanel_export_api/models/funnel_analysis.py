from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="FunnelAnalysis")


@_attrs_define
class FunnelAnalysis:
    """One period's funnel as a whole."""

    completion: float | Unset = UNSET
    """ Users who reached the last step. """
    starting_amount: float | Unset = UNSET
    """ Users who entered the funnel. """
    steps: int | Unset = UNSET
    """ How many steps the funnel has. """
    worst: int | None | Unset = UNSET
    """ Index of the step where most users were lost. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        completion = self.completion

        starting_amount = self.starting_amount

        steps = self.steps

        worst: int | None | Unset
        if isinstance(self.worst, Unset):
            worst = UNSET
        else:
            worst = self.worst

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if completion is not UNSET:
            field_dict["completion"] = completion
        if starting_amount is not UNSET:
            field_dict["starting_amount"] = starting_amount
        if steps is not UNSET:
            field_dict["steps"] = steps
        if worst is not UNSET:
            field_dict["worst"] = worst

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        completion = d.pop("completion", UNSET)

        starting_amount = d.pop("starting_amount", UNSET)

        steps = d.pop("steps", UNSET)

        def _parse_worst(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        worst = _parse_worst(d.pop("worst", UNSET))

        funnel_analysis = cls(
            completion=completion,
            starting_amount=starting_amount,
            steps=steps,
            worst=worst,
        )

        funnel_analysis.additional_properties = d
        return funnel_analysis

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

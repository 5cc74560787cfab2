from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..runtime.tables import Table

if TYPE_CHECKING:
    from ..models.frequency_by_date import FrequencyByDate


T = TypeVar("T", bound="FrequencyResult")


@_attrs_define
class FrequencyResult(Table):
    """How often users were active within each period."""

    data: FrequencyByDate
    """ For each period, by its first day, the users active in at least 1, at least 2, ... of its smaller units; or
    the same for each segment when the query had `on`. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        data = self.data.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "data": data,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.frequency_by_date import FrequencyByDate  # noqa: PLC0415

        d = dict(src_dict)
        data = FrequencyByDate.from_dict(d.pop("data"))

        frequency_result = cls(
            data=data,
        )

        frequency_result.additional_properties = d
        return frequency_result

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


FrequencyResult.layout = {"at": ["data"], "keys": ["date"], "index": "times", "value": "users"}

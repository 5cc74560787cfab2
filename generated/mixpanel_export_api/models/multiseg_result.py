from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..runtime.tables import Table

if TYPE_CHECKING:
    from ..models.multiseg_data import MultisegData


T = TypeVar("T", bound="MultisegResult")


@_attrs_define
class MultisegResult(Table):
    """Counts over time, split twice."""

    data: MultisegData
    """ Dates and series. """
    legend_size: int
    """ How many outer segments there are. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        data = self.data.to_dict()

        legend_size = self.legend_size

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "data": data,
                "legend_size": legend_size,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.multiseg_data import MultisegData  # noqa: PLC0415

        d = dict(src_dict)
        data = MultisegData.from_dict(d.pop("data"))

        legend_size = d.pop("legend_size")

        multiseg_result = cls(
            data=data,
            legend_size=legend_size,
        )

        multiseg_result.additional_properties = d
        return multiseg_result

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


MultisegResult.layout = {"at": ["data", "values"], "keys": ["outer", "inner", "date"]}

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..runtime.tables import Table

if TYPE_CHECKING:
    from ..models.funnel_by_date import FunnelByDate
    from ..models.funnel_meta import FunnelMeta


T = TypeVar("T", bound="FunnelResult")


@_attrs_define
class FunnelResult(Table):
    """A funnel, period by period."""

    meta: FunnelMeta
    """ What a funnel's answer covers. """
    data: FunnelByDate
    """ For each period, by its first day, the funnel itself, or its segments when the query had `on`. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        meta = self.meta.to_dict()

        data = self.data.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "meta": meta,
                "data": data,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.funnel_by_date import FunnelByDate  # noqa: PLC0415
        from ..models.funnel_meta import FunnelMeta  # noqa: PLC0415

        d = dict(src_dict)
        meta = FunnelMeta.from_dict(d.pop("meta"))

        data = FunnelByDate.from_dict(d.pop("data"))

        funnel_result = cls(
            meta=meta,
            data=data,
        )

        funnel_result.additional_properties = d
        return funnel_result

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


FunnelResult.layout = {"at": ["data"], "keys": ["date"], "list": "steps", "index": "step"}

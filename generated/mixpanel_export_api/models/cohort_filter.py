from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="CohortFilter")


@_attrs_define
class CohortFilter:
    """The cohort whose members to return. Cannot be combined with `behaviors`. JSON text on the wire."""

    id: int
    """ Id of the saved cohort. """

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        cohort_filter = cls(
            id=id,
        )

        return cohort_filter

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.jql_params import JqlParams


T = TypeVar("T", bound="JqlForm")


@_attrs_define
class JqlForm:
    """A script and its parameters."""

    script: str
    """ JavaScript with a function `main` that returns a query. """
    params: JqlParams | Unset = UNSET
    """ Values of any kind for the script's global variable `params`. JSON text on the wire. """

    def to_dict(self) -> dict[str, Any]:
        script = self.script

        params: dict[str, Any] | Unset = UNSET
        if not isinstance(self.params, Unset):
            params = self.params.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "script": script,
            }
        )
        if params is not UNSET:
            field_dict["params"] = params

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.jql_params import JqlParams  # noqa: PLC0415

        d = dict(src_dict)
        script = d.pop("script")

        _params = d.pop("params", UNSET)
        params: JqlParams | Unset
        if isinstance(_params, Unset):
            params = UNSET
        else:
            params = JqlParams.from_dict(_params)

        jql_form = cls(
            script=script,
            params=params,
        )

        return jql_form

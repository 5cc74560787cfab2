"""The model `DeletionCreate`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import any_value


class DeletionCreate(Model):
    """A request to delete the data of some users."""

    __slots__ = ()

    _fields = {
        "distinct_ids": "distinct_ids",
        "compliance_type": "compliance_type",
    }
    _required = {
        "distinct_ids": list,
    }
    _strict = True

    def __init__(
        self,
        distinct_ids: list[str],
        compliance_type: str | None = None,
    ) -> None:
        super().__init__()
        self._set("distinct_ids", distinct_ids)
        self._set("compliance_type", compliance_type)

    @property
    def distinct_ids(self) -> list[str]:
        """Distinct ids of the users, at most 2000."""
        value: list[str] = self._values("distinct_ids", any_value) or []
        return value

    @property
    def compliance_type(self) -> str | None:
        """The law that a privacy request is made under; `GDPR` by default."""
        value: str | None = self.get("compliance_type")
        return value

"""The model `RetrievalCreate`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import any_value


class RetrievalCreate(Model):
    """A request for the data of some users."""

    __slots__ = ()

    _fields = {
        "distinct_ids": "distinct_ids",
        "compliance_type": "compliance_type",
        "disclosure_type": "disclosure_type",
    }
    _required = {
        "distinct_ids": list,
    }
    _strict = True

    def __init__(
        self,
        distinct_ids: list[str],
        compliance_type: str | None = None,
        disclosure_type: str | None = None,
    ) -> None:
        super().__init__()
        self._set("distinct_ids", distinct_ids)
        self._set("compliance_type", compliance_type)
        self._set("disclosure_type", disclosure_type)

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

    @property
    def disclosure_type(self) -> str | None:
        """Data to disclose under the CCPA; `Data` by default."""
        value: str | None = self.get("disclosure_type")
        return value

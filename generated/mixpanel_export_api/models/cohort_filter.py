"""The model `CohortFilter`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import integer


class CohortFilter(Model):
    """The cohort whose members to return. Cannot be combined with `behaviors`. JSON text on the
    wire."""

    __slots__ = ()

    _fields = {
        "id": "id",
    }
    _required = {
        "id": object,
    }
    _strict = True

    def __init__(
        self,
        id: int,
    ) -> None:
        super().__init__()
        self._set("id", id)

    @property
    def id(self) -> int:
        """Id of the saved cohort."""
        return integer(self.get("id"))

"""The model `RetentionCohort`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import number


class RetentionCohort(Model):
    """The users who started on one date, and how many of them came back."""

    __slots__ = ()

    _fields = {
        "counts": "counts",
        "first": "first",
        "rates": "rates",
    }
    _required = {
        "counts": list,
        "first": object,
    }
    _units = {
        "counts": "intervals",
        "rates": "intervals",
    }

    def __init__(
        self,
        counts: list[float] | None = None,
        first: float | None = None,
        rates: list[float] | None = None,
    ) -> None:
        super().__init__()
        self._set("counts", counts)
        self._set("first", first)
        self._set("rates", rates)

    @property
    def counts(self) -> list[float]:
        """Users who came back in each interval, from interval 0 on. Later numbers can be larger
        than earlier ones."""
        value: list[float] = self._values("counts", number) or []
        return value

    @property
    def first(self) -> float:
        """Users in the group, those who did the first event on the date."""
        value: float = number(self.get("first"))
        return value

    @property
    def rates(self) -> list[float] | None:
        """Share of the group that came back in each interval, 0 to 1. Missing in most answers."""
        value: list[float] | None = self._values("rates", number)
        return value

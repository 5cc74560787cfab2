"""The model `ProfilesStatsForm`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import integer
from .cohort_filter import CohortFilter


class ProfilesStatsForm(Model):
    """A computation over profiles."""

    __slots__ = ()

    _fields = {
        "action": "action",
        "selector": "selector",
        "filter_by_cohort": "filter_by_cohort",
        "data_group_id": "data_group_id",
        "as_of_timestamp": "as_of_timestamp",
    }
    _required = {
        "action": object,
    }
    _strict = True

    def __init__(
        self,
        action: str,
        selector: str | None = None,
        filter_by_cohort: CohortFilter | None = None,
        data_group_id: str | None = None,
        as_of_timestamp: int | None = None,
    ) -> None:
        super().__init__()
        self._set("action", action)
        self._set("selector", selector)
        self._set("filter_by_cohort", filter_by_cohort)
        self._set("data_group_id", data_group_id)
        self._set("as_of_timestamp", as_of_timestamp)

    @property
    def action(self) -> str:
        """The computation, such as `count()` or `extremes(properties["revenue"])`."""
        value: str = self.get("action")
        return value

    @property
    def selector(self) -> str | None:
        """Expression a profile must match. Every profile by default."""
        value: str | None = self.get("selector")
        return value

    @property
    def filter_by_cohort(self) -> CohortFilter | None:
        """The cohort whose members to return: a saved one by `id`, or a definition as
        `raw_cohort`. Cannot be combined with `behaviors`. JSON text on the wire."""
        value: CohortFilter | None = self._model("filter_by_cohort", CohortFilter)
        return value

    @property
    def data_group_id(self) -> str | None:
        """Id of the group key, for group profiles instead of user profiles."""
        value: str | None = self.get("data_group_id")
        return value

    @property
    def as_of_timestamp(self) -> int | None:
        """Unix time in seconds at which to evaluate the profiles."""
        value: int | None = integer(self.get("as_of_timestamp"))
        return value

"""The model `ProfilesQueryForm`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import any_value, boolean, integer
from .behavior import Behavior
from .cohort_filter import CohortFilter


class ProfilesQueryForm(Model):
    """Selection of profiles and properties. Every field is optional."""

    __slots__ = ()

    _fields = {
        "distinct_id": "distinct_id",
        "distinct_ids": "distinct_ids",
        "data_group_id": "data_group_id",
        "where": "where",
        "output_properties": "output_properties",
        "session_id": "session_id",
        "page": "page",
        "behaviors": "behaviors",
        "as_of_timestamp": "as_of_timestamp",
        "filter_by_cohort": "filter_by_cohort",
        "include_all_users": "include_all_users",
        "sort_key": "sort_key",
        "sort_order": "sort_order",
        "search": "search",
        "limit": "limit",
    }
    _strict = True

    def __init__(
        self,
        distinct_id: str | None = None,
        distinct_ids: list[str] | None = None,
        data_group_id: str | None = None,
        where: str | None = None,
        output_properties: list[str] | None = None,
        session_id: str | None = None,
        page: int | None = None,
        behaviors: list[Behavior] | None = None,
        as_of_timestamp: int | None = None,
        filter_by_cohort: CohortFilter | None = None,
        include_all_users: bool | None = None,
        sort_key: str | None = None,
        sort_order: str | None = None,
        search: str | None = None,
        limit: int | None = None,
    ) -> None:
        super().__init__()
        self._set("distinct_id", distinct_id)
        self._set("distinct_ids", distinct_ids)
        self._set("data_group_id", data_group_id)
        self._set("where", where)
        self._set("output_properties", output_properties)
        self._set("session_id", session_id)
        self._set("page", page)
        self._set("behaviors", behaviors)
        self._set("as_of_timestamp", as_of_timestamp)
        self._set("filter_by_cohort", filter_by_cohort)
        self._set("include_all_users", include_all_users)
        self._set("sort_key", sort_key)
        self._set("sort_order", sort_order)
        self._set("search", search)
        self._set("limit", limit)

    @property
    def distinct_id(self) -> str | None:
        """Distinct id of a single profile."""
        value: str | None = self.get("distinct_id")
        return value

    @property
    def distinct_ids(self) -> list[str] | None:
        """Distinct ids of the profiles. JSON text on the wire."""
        value: list[str] | None = self._values("distinct_ids", any_value)
        return value

    @property
    def data_group_id(self) -> str | None:
        """Id of the group key, to read group profiles instead of user profiles."""
        value: str | None = self.get("data_group_id")
        return value

    @property
    def where(self) -> str | None:
        """Expression a profile must match."""
        value: str | None = self.get("where")
        return value

    @property
    def output_properties(self) -> list[str] | None:
        """Names of the properties to return; all by default. Name a few for smaller answers. JSON
        text on the wire."""
        value: list[str] | None = self._values("output_properties", any_value)
        return value

    @property
    def session_id(self) -> str | None:
        """The `session_id` of page 0. Required for every later page."""
        value: str | None = self.get("session_id")
        return value

    @property
    def page(self) -> int | None:
        """Number of the page, counted from 0; 0 by default."""
        value: int | None = integer(self.get("page"))
        return value

    @property
    def behaviors(self) -> list[Behavior] | None:
        """Past behavior of users, for use by name in `where`. Cannot be combined with
        `filter_by_cohort`. JSON text on the wire."""
        value: list[Behavior] | None = self._models("behaviors", Behavior)
        return value

    @property
    def as_of_timestamp(self) -> int | None:
        """Unix time in seconds at which to evaluate `behaviors`. Required with them for more than
        one page, and the same on every page."""
        value: int | None = integer(self.get("as_of_timestamp"))
        return value

    @property
    def filter_by_cohort(self) -> CohortFilter | None:
        """The cohort whose members to return: a saved one by `id`, or a definition as
        `raw_cohort`. Cannot be combined with `behaviors`. JSON text on the wire."""
        value: CohortFilter | None = self._model("filter_by_cohort", CohortFilter)
        return value

    @property
    def include_all_users(self) -> bool | None:
        """False to leave out cohort members that have no profile. True by default. Requires
        `filter_by_cohort`."""
        value: bool | None = boolean(self.get("include_all_users"))
        return value

    @property
    def sort_key(self) -> str | None:
        """Expression to sort the profiles by, such as `properties["$last_seen"]`. Undocumented by
        Mixpanel, as are `sort_order`, `search` and `limit`."""
        value: str | None = self.get("sort_key")
        return value

    @property
    def sort_order(self) -> str | None:
        """Direction of sorting by `sort_key`."""
        value: str | None = self.get("sort_order")
        return value

    @property
    def search(self) -> str | None:
        """Text to find in the profiles."""
        value: str | None = self.get("search")
        return value

    @property
    def limit(self) -> int | None:
        """Maximum number of profiles on all pages. All by default."""
        value: int | None = integer(self.get("limit"))
        return value

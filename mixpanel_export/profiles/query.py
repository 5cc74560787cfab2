"""The arguments of a profile query, checked and translated into those of the contract, page by page.

Pure. Everything is checked against the contract, as for any operation, before the first page is requested
(https://developer.mixpanel.com/reference/engage-query).
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from attrs import evolve, frozen

from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.http.arguments import check_options
from mixpanel_export.http.calls import build_request, checked_arguments
from mixpanel_export.http.context import Context
from mixpanel_export.profiles.pagination import PageRequest
from mixpanel_export_api.api.profiles import PROFILES_QUERY
from mixpanel_export_api.models.behavior import Behavior

if TYPE_CHECKING:
    from mixpanel_export_api.api import Expression

__all__ = ["ProfileFilters", "ProfileQuery"]

_COHORT = "filter_by_cohort"


class ProfileFilters(TypedDict, total=False):
    """The filters of a profile query; see `Profiles.all`."""

    where: str | Expression | None
    output_properties: Iterable[str] | None
    cohort: int | None
    distinct_ids: Iterable[str] | None
    group: str | int | None
    behaviors: Sequence[Behavior | Mapping[str, Any]] | None
    as_of_timestamp: int | None
    include_all_users: bool | None
    allow_shortfall: bool


@frozen
class ProfileQuery:
    """A query with checked arguments.

    Attributes:
        form: the contract's arguments, except the page and the session.
        fills_time: True when `as_of_timestamp` was not given and is the time when the query was created.
        allows_shortfall: True to accept fewer profiles than the total that Mixpanel reports.
    """

    form: Mapping[str, Any]
    fills_time: bool
    allows_shortfall: bool = False

    @classmethod
    def make(cls, context: Context, **filters: Unpack[ProfileFilters]) -> ProfileQuery:
        """Check the arguments and return the query; raise InvalidArgumentError."""
        check_options(filters, ProfileFilters)
        behaviors, as_of = filters.get("behaviors"), filters.get("as_of_timestamp")
        where = filters.get("where")
        cohort = filters.get("cohort")
        _check_id("cohort", cohort)
        group = filters.get("group")
        if not isinstance(group, str):
            _check_id("group", group)
        elif not group:
            # Without a group, Mixpanel returns users.
            raise InvalidArgumentError("group", group, "expected a group's name or data group id")
        allows = filters.get("allow_shortfall", False)
        if allows not in (True, False):
            raise InvalidArgumentError("allow_shortfall", allows, "expected True or False")
        fills_time = behaviors is not None and as_of is None
        form: dict[str, Any] = {
            "where": getattr(where, "to_expression", lambda: where)(),
            "output_properties": _names(filters.get("output_properties")),
            "distinct_ids": _names(filters.get("distinct_ids")),
            "data_group_id": None if group is None else str(group),
            "behaviors": behaviors,
            "as_of_timestamp": int(time.time()) if fills_time else as_of,
            _COHORT: None if cohort is None else {"id": cohort},
            "include_all_users": filters.get("include_all_users"),
        }
        try:
            build_request(context, PROFILES_QUERY, checked_arguments(context, PROFILES_QUERY, form))
        except InvalidArgumentError as error:
            if _COHORT not in error.expected:
                raise
            # The contract does not know what it is called here.
            allowed = error.expected.replace(_COHORT, "cohort")
            raise InvalidArgumentError(error.argument, error.value, allowed) from error
        return cls({name: value for name, value in form.items() if value is not None}, fills_time, allows)

    def arguments(self, page: PageRequest) -> dict[str, Any]:
        """Return the contract's arguments for one page."""
        if page.session_id is None:
            return dict(self.form)
        return {**self.form, "session_id": page.session_id, "page": page.number}

    @property
    def as_of_timestamp(self) -> int | None:
        """The unix time at which `behaviors` are evaluated."""
        return self.form.get("as_of_timestamp")

    def as_of(self, timestamp: int | None) -> ProfileQuery:
        """Return the query at this time, unless its time was given."""
        if not self.fills_time or timestamp is None:
            return self
        return evolve(self, form={**self.form, "as_of_timestamp": timestamp})

    def fingerprint(self, *further: object) -> str:
        """Return a digest of this query and of `further`, without a time that was filled in."""
        form = {**self.form, "as_of_timestamp": None if self.fills_time else self.as_of_timestamp}
        text = json.dumps([form, *map(str, further)], sort_keys=True, default=lambda model: model.to_dict())
        return hashlib.sha256(text.encode()).hexdigest()


def _check_id(name: str, value: object) -> None:
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        raise InvalidArgumentError(name, value, f"expected the id of a {name}, a number such as 12345")


def _names(values: Iterable[str] | None) -> Any:
    """Return each name once; leave a text for the contract to refuse, which needs a list."""
    if values is None or isinstance(values, str) or not isinstance(values, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance]
        return values
    given = list(values)
    try:
        return list(dict.fromkeys(given))
    except TypeError:
        return given

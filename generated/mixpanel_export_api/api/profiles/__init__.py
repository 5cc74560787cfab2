"""The operations of the tag `profiles`, sync and async."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import Any

from ...models.behavior import Behavior
from ...models.cohort_filter import CohortFilter
from ...models.profiles_page import ProfilesPage
from ...models.profiles_query_form import ProfilesQueryForm
from ...models.profiles_stats import ProfilesStats
from ...models.profiles_stats_form import ProfilesStatsForm
from ...models.sort_order import SortOrder
from ...runtime import answers
from ...runtime.operation import AsyncCaller, Caller, Expression, Operation
from . import profiles_query, profiles_stats

PROFILES_QUERY: Operation[ProfilesPage] = Operation(
    name="profiles.query",
    method="POST",
    path="/api/query/engage",
    security=frozenset(
        [
            "oauthToken",
            "projectSecret",
            "serviceAccount",
            "signature",
            "signatureApiKey",
            "signatureExpire",
        ]
    ),
    idempotent=True,
    writes=False,
    deprecated="",
    csv=False,
    bound=(
        "project_id",
        "workspace_id",
    ),
    schemas={
        "distinct_id": {"type": "string", "minLength": 1},
        "distinct_ids": {
            "type": "array",
            "items": {"type": "string", "minLength": 1},
            "minItems": 1,
        },
        "data_group_id": {"type": "string"},
        "where": {"type": "string", "format": "mixpanel-expression"},
        "output_properties": {"type": "array", "items": {"type": "string"}},
        "session_id": {"type": "string"},
        "page": {"type": "integer", "minimum": 0},
        "behaviors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "window": {"type": "string"},
                    "name": {"type": "string"},
                    "event_selectors": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "event": {"type": "string"},
                                "selector": {"type": "string", "format": "mixpanel-expression"},
                            },
                        },
                    },
                },
            },
            "minItems": 1,
        },
        "as_of_timestamp": {"type": "integer"},
        "filter_by_cohort": {
            "type": "object",
            "properties": {"id": {"type": "integer"}, "raw_cohort": {"type": "object"}},
            "minProperties": 1,
            "maxProperties": 1,
        },
        "include_all_users": {"type": "boolean"},
        "sort_key": {"type": "string", "format": "mixpanel-expression"},
        "sort_order": {"type": "string", "enum": ["ascending", "descending"]},
        "search": {"type": "string", "minLength": 1},
        "limit": {"type": "integer", "minimum": 1},
    },
    required=(),
    refused=[
        {
            "when": {"behaviors": "given", "filter_by_cohort": "given"},
            "says": "it does not go together with filter_by_cohort",
        },
        {
            "when": {"include_all_users": "given", "filter_by_cohort": "missing"},
            "says": "it goes with filter_by_cohort only",
        },
        {
            "when": {"page": {"over": 0}, "session_id": "missing"},
            "says": "it needs the session_id of page 0",
        },
        {
            "when": {"page": {"over": 0}, "behaviors": "given", "as_of_timestamp": "missing"},
            "says": "with behaviors it needs as_of_timestamp, the same as for page 0",
        },
    ],
    renamed={},
    body=ProfilesQueryForm,
    body_fields=(
        "distinct_id",
        "distinct_ids",
        "data_group_id",
        "where",
        "output_properties",
        "session_id",
        "page",
        "behaviors",
        "as_of_timestamp",
        "filter_by_cohort",
        "include_all_users",
        "sort_key",
        "sort_order",
        "search",
        "limit",
    ),
    models={
        "behaviors": Behavior,
        "filter_by_cohort": CohortFilter,
    },
    build=profiles_query.build_request,
    answer=answers.record(ProfilesPage),
)
PROFILES_STATS: Operation[ProfilesStats] = Operation(
    name="profiles.stats",
    method="POST",
    path="/api/query/engage/stats",
    security=frozenset(
        [
            "oauthToken",
            "projectSecret",
            "serviceAccount",
            "signature",
            "signatureApiKey",
            "signatureExpire",
        ]
    ),
    idempotent=True,
    writes=False,
    deprecated="",
    csv=False,
    bound=(
        "project_id",
        "workspace_id",
    ),
    schemas={
        "action": {"type": "string", "minLength": 1},
        "selector": {"type": "string", "format": "mixpanel-expression"},
        "filter_by_cohort": {
            "type": "object",
            "properties": {"id": {"type": "integer"}, "raw_cohort": {"type": "object"}},
            "minProperties": 1,
            "maxProperties": 1,
        },
        "data_group_id": {"type": "string"},
        "as_of_timestamp": {"type": "integer"},
    },
    required=("action",),
    refused=[],
    renamed={},
    body=ProfilesStatsForm,
    body_fields=(
        "action",
        "selector",
        "filter_by_cohort",
        "data_group_id",
        "as_of_timestamp",
    ),
    models={
        "filter_by_cohort": CohortFilter,
    },
    build=profiles_stats.build_request,
    answer=answers.record(ProfilesStats),
)


class ProfilesResource:
    """User and group profiles, filtered and read page by page (the engage call)."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    def query(
        self,
        *,
        distinct_id: str | None = None,
        distinct_ids: builtins.list[str] | None = None,
        data_group_id: str | None = None,
        where: str | Expression | None = None,
        output_properties: builtins.list[str] | None = None,
        session_id: str | None = None,
        page: int | None = None,
        behaviors: builtins.list[Behavior | Mapping[str, Any]] | None = None,
        as_of_timestamp: int | None = None,
        filter_by_cohort: CohortFilter | Mapping[str, Any] | None = None,
        include_all_users: bool | None = None,
        sort_key: str | Expression | None = None,
        sort_order: SortOrder | None = None,
        search: str | None = None,
        limit: int | None = None,
    ) -> ProfilesPage:
        """Read a page of user or group profiles.

        Returns one page of the profiles that match the form; an empty form matches every profile.
        Page 0 returns a `session_id`: send it back with `page` 1, 2, ... and otherwise the same
        form. The last page has fewer results than `page_size`; `total` may be on page 0 only. Each
        page is one of the 60 calls an hour. Also served under /api/2.0.

        `behaviors` and `filter_by_cohort` exclude each other, and `behaviors` over more than one
        page needs `as_of_timestamp`. A plan without API access gets a 402.

        Reference: https://developer.mixpanel.com/reference/engage-query

        Args:
            distinct_id: Distinct id of a single profile.
            distinct_ids: Distinct ids of the profiles. JSON text on the wire.
            data_group_id: Id of the group key, to read group profiles instead of user profiles.
            where: Expression a profile must match.
            output_properties: Names of the properties to return; all by default. Name a few for
                smaller answers. JSON text on the wire.
            session_id: The `session_id` of page 0. Required for every later page.
            page: Number of the page, counted from 0; 0 by default.
            behaviors: Past behavior of users, for use by name in `where`. Cannot be combined with
                `filter_by_cohort`. JSON text on the wire.
            as_of_timestamp: Unix time in seconds at which to evaluate `behaviors`. Required with
                them for more than one page, and the same on every page.
            filter_by_cohort: The cohort whose members to return: a saved one by `id`, or a
                definition as `raw_cohort`. Cannot be combined with `behaviors`. JSON text on the
                wire.
            include_all_users: False to leave out cohort members that have no profile. True by
                default. Requires `filter_by_cohort`.
            sort_key: Expression to sort the profiles by, such as `properties["$last_seen"]`.
                Undocumented by Mixpanel, as are `sort_order`, `search` and `limit`.
            sort_order: Direction of sorting by `sort_key`.
            search: Text to find in the profiles.
            limit: Maximum number of profiles on all pages. All by default.

        Returns:
            ProfilesPage: One page of profiles.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.profiles.query(
            ...     where='properties["plan"] == "business"',
            ...     output_properties=["plan", "$email"],
            ... )
        """
        return self._client.call_operation(
            PROFILES_QUERY,
            {
                "distinct_id": distinct_id,
                "distinct_ids": distinct_ids,
                "data_group_id": data_group_id,
                "where": where,
                "output_properties": output_properties,
                "session_id": session_id,
                "page": page,
                "behaviors": behaviors,
                "as_of_timestamp": as_of_timestamp,
                "filter_by_cohort": filter_by_cohort,
                "include_all_users": include_all_users,
                "sort_key": sort_key,
                "sort_order": sort_order,
                "search": search,
                "limit": limit,
            },
        )

    def stats(
        self,
        *,
        action: str,
        selector: str | Expression | None = None,
        filter_by_cohort: CohortFilter | Mapping[str, Any] | None = None,
        data_group_id: str | None = None,
        as_of_timestamp: int | None = None,
    ) -> ProfilesStats:
        """Compute a number over user or group profiles.

        Returns one number for the profiles that match, such as how many there are or the extremes
        of a property, without reading them page by page. The call is a POST and changes nothing.
        Mixpanel does not document it and may change it without notice. Also served under /api/2.0.

        Related reference: https://developer.mixpanel.com/reference/engage-query

        Args:
            action: The computation, such as `count()` or `extremes(properties["revenue"])`.
            selector: Expression a profile must match. Every profile by default.
            filter_by_cohort: The cohort whose members to return: a saved one by `id`, or a
                definition as `raw_cohort`. Cannot be combined with `behaviors`. JSON text on the
                wire.
            data_group_id: Id of the group key, for group profiles instead of user profiles.
            as_of_timestamp: Unix time in seconds at which to evaluate the profiles.

        Returns:
            ProfilesStats: The number.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.profiles.stats(action="count()")
        """
        return self._client.call_operation(
            PROFILES_STATS,
            {
                "action": action,
                "selector": selector,
                "filter_by_cohort": filter_by_cohort,
                "data_group_id": data_group_id,
                "as_of_timestamp": as_of_timestamp,
            },
        )


class AsyncProfilesResource:
    """User and group profiles, filtered and read page by page (the engage call)."""

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    async def query(
        self,
        *,
        distinct_id: str | None = None,
        distinct_ids: builtins.list[str] | None = None,
        data_group_id: str | None = None,
        where: str | Expression | None = None,
        output_properties: builtins.list[str] | None = None,
        session_id: str | None = None,
        page: int | None = None,
        behaviors: builtins.list[Behavior | Mapping[str, Any]] | None = None,
        as_of_timestamp: int | None = None,
        filter_by_cohort: CohortFilter | Mapping[str, Any] | None = None,
        include_all_users: bool | None = None,
        sort_key: str | Expression | None = None,
        sort_order: SortOrder | None = None,
        search: str | None = None,
        limit: int | None = None,
    ) -> ProfilesPage:
        """Read a page of user or group profiles.

        Returns one page of the profiles that match the form; an empty form matches every profile.
        Page 0 returns a `session_id`: send it back with `page` 1, 2, ... and otherwise the same
        form. The last page has fewer results than `page_size`; `total` may be on page 0 only. Each
        page is one of the 60 calls an hour. Also served under /api/2.0.

        `behaviors` and `filter_by_cohort` exclude each other, and `behaviors` over more than one
        page needs `as_of_timestamp`. A plan without API access gets a 402.

        Reference: https://developer.mixpanel.com/reference/engage-query

        Args:
            distinct_id: Distinct id of a single profile.
            distinct_ids: Distinct ids of the profiles. JSON text on the wire.
            data_group_id: Id of the group key, to read group profiles instead of user profiles.
            where: Expression a profile must match.
            output_properties: Names of the properties to return; all by default. Name a few for
                smaller answers. JSON text on the wire.
            session_id: The `session_id` of page 0. Required for every later page.
            page: Number of the page, counted from 0; 0 by default.
            behaviors: Past behavior of users, for use by name in `where`. Cannot be combined with
                `filter_by_cohort`. JSON text on the wire.
            as_of_timestamp: Unix time in seconds at which to evaluate `behaviors`. Required with
                them for more than one page, and the same on every page.
            filter_by_cohort: The cohort whose members to return: a saved one by `id`, or a
                definition as `raw_cohort`. Cannot be combined with `behaviors`. JSON text on the
                wire.
            include_all_users: False to leave out cohort members that have no profile. True by
                default. Requires `filter_by_cohort`.
            sort_key: Expression to sort the profiles by, such as `properties["$last_seen"]`.
                Undocumented by Mixpanel, as are `sort_order`, `search` and `limit`.
            sort_order: Direction of sorting by `sort_key`.
            search: Text to find in the profiles.
            limit: Maximum number of profiles on all pages. All by default.

        Returns:
            ProfilesPage: One page of profiles.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.profiles.query(
            ...     where='properties["plan"] == "business"',
            ...     output_properties=["plan", "$email"],
            ... )
        """
        return await self._client.call_operation(
            PROFILES_QUERY,
            {
                "distinct_id": distinct_id,
                "distinct_ids": distinct_ids,
                "data_group_id": data_group_id,
                "where": where,
                "output_properties": output_properties,
                "session_id": session_id,
                "page": page,
                "behaviors": behaviors,
                "as_of_timestamp": as_of_timestamp,
                "filter_by_cohort": filter_by_cohort,
                "include_all_users": include_all_users,
                "sort_key": sort_key,
                "sort_order": sort_order,
                "search": search,
                "limit": limit,
            },
        )

    async def stats(
        self,
        *,
        action: str,
        selector: str | Expression | None = None,
        filter_by_cohort: CohortFilter | Mapping[str, Any] | None = None,
        data_group_id: str | None = None,
        as_of_timestamp: int | None = None,
    ) -> ProfilesStats:
        """Compute a number over user or group profiles.

        Returns one number for the profiles that match, such as how many there are or the extremes
        of a property, without reading them page by page. The call is a POST and changes nothing.
        Mixpanel does not document it and may change it without notice. Also served under /api/2.0.

        Related reference: https://developer.mixpanel.com/reference/engage-query

        Args:
            action: The computation, such as `count()` or `extremes(properties["revenue"])`.
            selector: Expression a profile must match. Every profile by default.
            filter_by_cohort: The cohort whose members to return: a saved one by `id`, or a
                definition as `raw_cohort`. Cannot be combined with `behaviors`. JSON text on the
                wire.
            data_group_id: Id of the group key, for group profiles instead of user profiles.
            as_of_timestamp: Unix time in seconds at which to evaluate the profiles.

        Returns:
            ProfilesStats: The number.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.profiles.stats(action="count()")
        """
        return await self._client.call_operation(
            PROFILES_STATS,
            {
                "action": action,
                "selector": selector,
                "filter_by_cohort": filter_by_cohort,
                "data_group_id": data_group_id,
                "as_of_timestamp": as_of_timestamp,
            },
        )

"""The operations of the tag `profiles`, sync and async."""

from __future__ import annotations

import builtins
import datetime
from collections.abc import Mapping
from typing import Any, Literal, cast, overload

from ...models.behavior import Behavior
from ...models.cohort_filter import CohortFilter
from ...models.profiles_page import ProfilesPage
from ...models.profiles_query_form import ProfilesQueryForm
from ...runtime import answers
from ...runtime.operation import CsvText, Expression, Operation
from ...types import UNSET, Unset
from .. import AsyncResources, Resources
from . import profiles_query

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
        "filter_by_cohort": {"type": "object", "properties": {"id": {"type": "integer"}}},
        "include_all_users": {"type": "boolean"},
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
    ),
    models={
        "behaviors": Behavior,
        "filter_by_cohort": CohortFilter,
    },
    build=profiles_query._get_kwargs,
    answer=answers.record(ProfilesPage),
)


class ProfilesResource:
    """User and group profiles, filtered and read page by page (the engage call)."""

    def __init__(self, client: Resources) -> None:
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
            filter_by_cohort: The cohort whose members to return. Cannot be combined with
                `behaviors`. JSON text on the wire.
            include_all_users: False to leave out cohort members that have no profile. True by
                default. Requires `filter_by_cohort`.

        Returns:
            ProfilesPage: One page of profiles.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.
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
            },
        )


class AsyncProfilesResource:
    """User and group profiles, filtered and read page by page (the engage call)."""

    def __init__(self, client: AsyncResources) -> None:
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
            filter_by_cohort: The cohort whose members to return. Cannot be combined with
                `behaviors`. JSON text on the wire.
            include_all_users: False to leave out cohort members that have no profile. True by
                default. Requires `filter_by_cohort`.

        Returns:
            ProfilesPage: One page of profiles.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.
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
            },
        )

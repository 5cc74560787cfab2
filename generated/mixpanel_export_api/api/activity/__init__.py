"""The operations of the tag `activity`, sync and async."""

from __future__ import annotations

import builtins
import datetime

from ...models.activity_result import ActivityResult
from ...runtime import answers
from ...runtime.operation import AsyncCaller, Caller, Operation
from . import activity_stream

ACTIVITY_STREAM: Operation[ActivityResult] = Operation(
    name="activity.stream",
    method="GET",
    path="/api/query/stream/query",
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
        "distinct_ids": {
            "type": "array",
            "items": {"type": "string", "minLength": 1},
            "minItems": 1,
        },
        "from_date": {"type": "string", "format": "date"},
        "to_date": {"type": "string", "format": "date"},
    },
    required=(
        "distinct_ids",
        "from_date",
        "to_date",
    ),
    refused=[],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=activity_stream.build_request,
    answer=answers.record(ActivityResult),
)


class ActivityResource:
    """The events of particular users."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    def stream(
        self,
        *,
        distinct_ids: builtins.list[str],
        from_date: datetime.date | str,
        to_date: datetime.date | str,
    ) -> ActivityResult:
        """Get the events of particular users.

        Returns the events of the given users in the range, as their activity feed shows them. Dates
        are in the project's time zone, and `time` in an event's properties is in seconds. Mixpanel
        keeps this call (`stream/query`) in maintenance mode: it works but gets no new features.
        Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/activity-stream-query

        Args:
            distinct_ids: Distinct ids of the users.
            from_date: First day of the range.
            to_date: Last day of the range, included. Not later than today.

        Returns:
            ActivityResult: The users' events.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.activity.stream(
            ...     distinct_ids=["00001-8f33092299cb4d56"],
            ...     from_date="2024-01-01",
            ...     to_date="2024-01-31",
            ... )
        """
        return self._client.call_operation(
            ACTIVITY_STREAM,
            {
                "distinct_ids": distinct_ids,
                "from_date": from_date,
                "to_date": to_date,
            },
        )


class AsyncActivityResource:
    """The events of particular users."""

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    async def stream(
        self,
        *,
        distinct_ids: builtins.list[str],
        from_date: datetime.date | str,
        to_date: datetime.date | str,
    ) -> ActivityResult:
        """Get the events of particular users.

        Returns the events of the given users in the range, as their activity feed shows them. Dates
        are in the project's time zone, and `time` in an event's properties is in seconds. Mixpanel
        keeps this call (`stream/query`) in maintenance mode: it works but gets no new features.
        Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/activity-stream-query

        Args:
            distinct_ids: Distinct ids of the users.
            from_date: First day of the range.
            to_date: Last day of the range, included. Not later than today.

        Returns:
            ActivityResult: The users' events.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.activity.stream(
            ...     distinct_ids=["00001-8f33092299cb4d56"],
            ...     from_date="2024-01-01",
            ...     to_date="2024-01-31",
            ... )
        """
        return await self._client.call_operation(
            ACTIVITY_STREAM,
            {
                "distinct_ids": distinct_ids,
                "from_date": from_date,
                "to_date": to_date,
            },
        )

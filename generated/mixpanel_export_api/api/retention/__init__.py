"""The operations of the tag `retention`, sync and async."""

from __future__ import annotations

import datetime

from ...models.day_week_month import DayWeekMonth
from ...models.frequency_result import FrequencyResult
from ...models.hour_or_day import HourOrDay
from ...models.retention_result import RetentionResult
from ...models.retention_type import RetentionType
from ...runtime import answers
from ...runtime.operation import AsyncCaller, Caller, Expression, Operation
from . import retention_frequency, retention_query, retention_saved

RETENTION_QUERY: Operation[RetentionResult] = Operation(
    name="retention.query",
    method="GET",
    path="/api/query/retention",
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
        "from_date": {"type": "string", "format": "date"},
        "to_date": {"type": "string", "format": "date"},
        "retention_type": {"type": "string", "enum": ["birth", "compounded"]},
        "born_event": {"type": "string", "minLength": 1},
        "event": {"type": "string", "minLength": 1},
        "born_where": {"type": "string", "format": "mixpanel-expression"},
        "where": {"type": "string", "format": "mixpanel-expression"},
        "interval": {"type": "integer", "minimum": 1},
        "interval_count": {"type": "integer", "minimum": 1},
        "unit": {"type": "string", "enum": ["day", "week", "month"]},
        "unbounded_retention": {"type": "boolean"},
        "on": {"type": "string", "format": "mixpanel-expression"},
        "limit": {"type": "integer", "minimum": 1},
    },
    required=(
        "from_date",
        "to_date",
    ),
    refused=[
        {
            "when": {"born_event": "missing", "retention_type": [None, "birth"]},
            "says": "required unless retention_type is 'compounded'",
        }
    ],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=retention_query.build_request,
    answer=answers.record(RetentionResult),
)
RETENTION_SAVED: Operation[RetentionResult] = Operation(
    name="retention.saved",
    method="GET",
    path="/api/query/retention",
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
        "bookmark_id": {"type": "integer"},
    },
    required=("bookmark_id",),
    refused=[],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=retention_saved.build_request,
    answer=answers.record(RetentionResult),
)
RETENTION_FREQUENCY: Operation[FrequencyResult] = Operation(
    name="retention.frequency",
    method="GET",
    path="/api/query/retention/addiction",
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
        "from_date": {"type": "string", "format": "date"},
        "to_date": {"type": "string", "format": "date"},
        "unit": {"type": "string", "enum": ["day", "week", "month"]},
        "addiction_unit": {"type": "string", "enum": ["hour", "day"]},
        "event": {"type": "string", "minLength": 1},
        "where": {"type": "string", "format": "mixpanel-expression"},
        "on": {"type": "string", "format": "mixpanel-expression"},
        "limit": {"type": "integer", "minimum": 1},
    },
    required=(
        "from_date",
        "to_date",
        "unit",
        "addiction_unit",
    ),
    refused=[],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=retention_frequency.build_request,
    answer=answers.record(FrequencyResult),
)


class RetentionResource:
    """The number of users who come back, and how often users do something within a period."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    def query(
        self,
        *,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        retention_type: RetentionType | None = None,
        born_event: str | None = None,
        event: str | None = None,
        born_where: str | Expression | None = None,
        where: str | Expression | None = None,
        interval: int | None = None,
        interval_count: int | None = None,
        unit: DayWeekMonth | None = None,
        unbounded_retention: bool | None = None,
        on: str | Expression | None = None,
        limit: int | None = None,
    ) -> RetentionResult:
        """Count the users who come back.

        Groups users by the date of a first event and counts how many of each group did a second
        event in each later interval. Interval 0 is the time right after the first event, shorter
        than one interval. With `on`, each date has a level of segments. Dates are in the project's
        time zone. Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/retention-query

        Args:
            from_date: First day of the range.
            to_date: Last day of the range, included. Not later than today.
            retention_type: Rule for entering a group; `birth` by default.
            born_event: The event that puts a user into a group. Required unless `retention_type` is
                `compounded`.
            event: The event that counts as coming back. Any event by default.
            born_where: Expression the first event must match.
            where: Expression the returning event must match.
            interval: Length of an interval in `unit`; 1 by default, at most 90 days.
            interval_count: Number of intervals to return, besides interval 0; 1 by default.
            unit: Unit of `interval`; `day` by default.
            unbounded_retention: True to count a user in an interval if they came back in it or in
                any later one. By default, each interval counts by itself.
            on: Expression whose value splits the returning events into segments.
            limit: Maximum number of segments, the largest first. Ignored without `on`.

        Returns:
            RetentionResult: The groups by date.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.retention.query(
            ...     from_date="2024-01-01",
            ...     to_date="2024-01-28",
            ...     born_event="Sign Up",
            ...     unit="week",
            ... )
        """
        return self._client.call_operation(
            RETENTION_QUERY,
            {
                "from_date": from_date,
                "to_date": to_date,
                "retention_type": retention_type,
                "born_event": born_event,
                "event": event,
                "born_where": born_where,
                "where": where,
                "interval": interval,
                "interval_count": interval_count,
                "unit": unit,
                "unbounded_retention": unbounded_retention,
                "on": on,
                "limit": limit,
            },
        )

    def saved(
        self,
        *,
        bookmark_id: int,
    ) -> RetentionResult:
        """Get the numbers of a saved retention report.

        Computes the report as saved, with its own events, dates and filters. Mixpanel does not
        document this form of the retention query and may change it without notice. Also served
        under /api/2.0.

        Related reference: https://developer.mixpanel.com/reference/retention-query

        Args:
            bookmark_id: Id of the saved report, from the list of bookmarks or the end of its URL in
                the browser.

        Returns:
            RetentionResult: The groups by date.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.retention.saved(bookmark_id=5200001)
        """
        return self._client.call_operation(
            RETENTION_SAVED,
            {
                "bookmark_id": bookmark_id,
            },
        )

    def frequency(
        self,
        *,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        unit: DayWeekMonth,
        addiction_unit: HourOrDay,
        event: str | None = None,
        where: str | Expression | None = None,
        on: str | Expression | None = None,
        limit: int | None = None,
    ) -> FrequencyResult:
        """Count how often users do something within a period.

        For every period (`unit`), counts the users who were active in at least 1, at least 2, ...
        of its smaller units (`addiction_unit`): with `day` and `hour`, the third number counts
        users active in three or more hours of that day. Mixpanel calls this report frequency or
        addiction. Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/retention-frequency-query

        Args:
            from_date: First day of the range.
            to_date: Last day of the range, included. Not later than today.
            unit: Length of a period.
            addiction_unit: The smaller unit to count within a period.
            event: The event that makes a user active. Any event by default.
            where: Expression an event must match. Every event by default.
            on: Expression whose value splits the events into segments. No segments by default.
            limit: Maximum number of segments, the largest first. Ignored without `on`.

        Returns:
            FrequencyResult: The numbers of users by date.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.retention.frequency(
            ...     from_date="2024-01-01",
            ...     to_date="2024-01-31",
            ...     event="Purchase",
            ...     unit="week",
            ...     addiction_unit="day",
            ... )
        """
        return self._client.call_operation(
            RETENTION_FREQUENCY,
            {
                "from_date": from_date,
                "to_date": to_date,
                "unit": unit,
                "addiction_unit": addiction_unit,
                "event": event,
                "where": where,
                "on": on,
                "limit": limit,
            },
        )


class AsyncRetentionResource:
    """The number of users who come back, and how often users do something within a period."""

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    async def query(
        self,
        *,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        retention_type: RetentionType | None = None,
        born_event: str | None = None,
        event: str | None = None,
        born_where: str | Expression | None = None,
        where: str | Expression | None = None,
        interval: int | None = None,
        interval_count: int | None = None,
        unit: DayWeekMonth | None = None,
        unbounded_retention: bool | None = None,
        on: str | Expression | None = None,
        limit: int | None = None,
    ) -> RetentionResult:
        """Count the users who come back.

        Groups users by the date of a first event and counts how many of each group did a second
        event in each later interval. Interval 0 is the time right after the first event, shorter
        than one interval. With `on`, each date has a level of segments. Dates are in the project's
        time zone. Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/retention-query

        Args:
            from_date: First day of the range.
            to_date: Last day of the range, included. Not later than today.
            retention_type: Rule for entering a group; `birth` by default.
            born_event: The event that puts a user into a group. Required unless `retention_type` is
                `compounded`.
            event: The event that counts as coming back. Any event by default.
            born_where: Expression the first event must match.
            where: Expression the returning event must match.
            interval: Length of an interval in `unit`; 1 by default, at most 90 days.
            interval_count: Number of intervals to return, besides interval 0; 1 by default.
            unit: Unit of `interval`; `day` by default.
            unbounded_retention: True to count a user in an interval if they came back in it or in
                any later one. By default, each interval counts by itself.
            on: Expression whose value splits the returning events into segments.
            limit: Maximum number of segments, the largest first. Ignored without `on`.

        Returns:
            RetentionResult: The groups by date.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.retention.query(
            ...     from_date="2024-01-01",
            ...     to_date="2024-01-28",
            ...     born_event="Sign Up",
            ...     unit="week",
            ... )
        """
        return await self._client.call_operation(
            RETENTION_QUERY,
            {
                "from_date": from_date,
                "to_date": to_date,
                "retention_type": retention_type,
                "born_event": born_event,
                "event": event,
                "born_where": born_where,
                "where": where,
                "interval": interval,
                "interval_count": interval_count,
                "unit": unit,
                "unbounded_retention": unbounded_retention,
                "on": on,
                "limit": limit,
            },
        )

    async def saved(
        self,
        *,
        bookmark_id: int,
    ) -> RetentionResult:
        """Get the numbers of a saved retention report.

        Computes the report as saved, with its own events, dates and filters. Mixpanel does not
        document this form of the retention query and may change it without notice. Also served
        under /api/2.0.

        Related reference: https://developer.mixpanel.com/reference/retention-query

        Args:
            bookmark_id: Id of the saved report, from the list of bookmarks or the end of its URL in
                the browser.

        Returns:
            RetentionResult: The groups by date.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.retention.saved(bookmark_id=5200001)
        """
        return await self._client.call_operation(
            RETENTION_SAVED,
            {
                "bookmark_id": bookmark_id,
            },
        )

    async def frequency(
        self,
        *,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        unit: DayWeekMonth,
        addiction_unit: HourOrDay,
        event: str | None = None,
        where: str | Expression | None = None,
        on: str | Expression | None = None,
        limit: int | None = None,
    ) -> FrequencyResult:
        """Count how often users do something within a period.

        For every period (`unit`), counts the users who were active in at least 1, at least 2, ...
        of its smaller units (`addiction_unit`): with `day` and `hour`, the third number counts
        users active in three or more hours of that day. Mixpanel calls this report frequency or
        addiction. Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/retention-frequency-query

        Args:
            from_date: First day of the range.
            to_date: Last day of the range, included. Not later than today.
            unit: Length of a period.
            addiction_unit: The smaller unit to count within a period.
            event: The event that makes a user active. Any event by default.
            where: Expression an event must match. Every event by default.
            on: Expression whose value splits the events into segments. No segments by default.
            limit: Maximum number of segments, the largest first. Ignored without `on`.

        Returns:
            FrequencyResult: The numbers of users by date.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.retention.frequency(
            ...     from_date="2024-01-01",
            ...     to_date="2024-01-31",
            ...     event="Purchase",
            ...     unit="week",
            ...     addiction_unit="day",
            ... )
        """
        return await self._client.call_operation(
            RETENTION_FREQUENCY,
            {
                "from_date": from_date,
                "to_date": to_date,
                "unit": unit,
                "addiction_unit": addiction_unit,
                "event": event,
                "where": where,
                "on": on,
                "limit": limit,
            },
        )

"""The operations of the tag `events`, sync and async."""

from __future__ import annotations

import builtins
import datetime
from typing import Literal, overload

from ...models.count_type import CountType
from ...models.output_format import OutputFormat
from ...models.segmentation_result import SegmentationResult
from ...models.time_unit import TimeUnit
from ...models.top_events_result import TopEventsResult
from ...models.top_properties_result import TopPropertiesResult
from ...runtime import answers
from ...runtime.lists import Records
from ...runtime.operation import AsyncCaller, Caller, CsvText, Operation
from . import (
    events_names,
    events_properties,
    events_properties_top,
    events_properties_values,
    events_query,
    events_top,
)

EVENTS_QUERY: Operation[SegmentationResult | CsvText] = Operation(
    name="events.query",
    method="GET",
    path="/api/query/events",
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
    csv=True,
    bound=(
        "project_id",
        "workspace_id",
    ),
    schemas={
        "event": {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1},
        "type": {"type": "string", "enum": ["general", "unique", "average"]},
        "unit": {"type": "string", "enum": ["minute", "hour", "day", "week", "month"]},
        "interval": {"type": "integer", "minimum": 1},
        "from_date": {"type": "string", "format": "date"},
        "to_date": {"type": "string", "format": "date"},
        "format": {"type": "string", "enum": ["json", "csv"]},
    },
    required=(
        "event",
        "type",
        "unit",
    ),
    refused=[
        {
            "when": {"unit": ["minute", "hour"], "type": ["unique"]},
            "says": "users are not counted by the hour; use a longer unit or another type",
        },
        {
            "when": {"interval": "given", "from_date": "given"},
            "says": "it does not go together with from_date and to_date",
        },
        {
            "when": {"interval": "given", "to_date": "given"},
            "says": "it does not go together with from_date and to_date",
        },
        {
            "when": {"from_date": "missing", "interval": "missing"},
            "says": "required unless interval= is given",
        },
        {
            "when": {"to_date": "missing", "interval": "missing"},
            "says": "required unless interval= is given",
        },
    ],
    renamed={
        "type": "type_",
        "format": "format_",
    },
    body=None,
    body_fields=(),
    models={},
    build=events_query.build_request,
    answer=answers.record(SegmentationResult),
)
EVENTS_TOP: Operation[TopEventsResult] = Operation(
    name="events.top",
    method="GET",
    path="/api/query/events/top",
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
        "type": {"type": "string", "enum": ["general", "unique", "average"]},
        "limit": {"type": "integer", "minimum": 1},
    },
    required=("type",),
    refused=[],
    renamed={
        "type": "type_",
    },
    body=None,
    body_fields=(),
    models={},
    build=events_top.build_request,
    answer=answers.record(TopEventsResult),
)
EVENTS_NAMES: Operation[Records[str]] = Operation(
    name="events.names",
    method="GET",
    path="/api/query/events/names",
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
        "type": {"type": "string", "enum": ["general", "unique", "average"]},
        "limit": {"type": "integer", "minimum": 1, "maximum": 5000},
        "from_date": {"type": "string", "format": "date"},
        "to_date": {"type": "string", "format": "date"},
    },
    required=("type",),
    refused=[
        {
            "when": {"from_date": "missing", "to_date": "given"},
            "says": "it is required with to_date",
        },
        {
            "when": {"to_date": "missing", "from_date": "given"},
            "says": "it is required with from_date",
        },
    ],
    renamed={
        "type": "type_",
    },
    body=None,
    body_fields=(),
    models={},
    build=events_names.build_request,
    answer=answers.values(),
)
EVENTS_PROPERTIES: Operation[SegmentationResult | CsvText] = Operation(
    name="events.properties",
    method="GET",
    path="/api/query/events/properties",
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
    csv=True,
    bound=(
        "project_id",
        "workspace_id",
    ),
    schemas={
        "event": {"type": "string", "minLength": 1},
        "name": {"type": "string", "minLength": 1},
        "type": {"type": "string", "enum": ["general", "unique", "average"]},
        "unit": {"type": "string", "enum": ["minute", "hour", "day", "week", "month"]},
        "values": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "interval": {"type": "integer", "minimum": 1},
        "from_date": {"type": "string", "format": "date"},
        "to_date": {"type": "string", "format": "date"},
        "format": {"type": "string", "enum": ["json", "csv"]},
        "limit": {"type": "integer", "minimum": 1},
    },
    required=(
        "event",
        "name",
        "type",
        "unit",
    ),
    refused=[
        {
            "when": {"unit": ["minute", "hour"], "type": ["unique"]},
            "says": "users are not counted by the hour; use a longer unit or another type",
        },
        {
            "when": {"interval": "given", "from_date": "given"},
            "says": "it does not go together with from_date and to_date",
        },
        {
            "when": {"interval": "given", "to_date": "given"},
            "says": "it does not go together with from_date and to_date",
        },
        {
            "when": {"from_date": "missing", "interval": "missing"},
            "says": "required unless interval= is given",
        },
        {
            "when": {"to_date": "missing", "interval": "missing"},
            "says": "required unless interval= is given",
        },
    ],
    renamed={
        "type": "type_",
        "format": "format_",
    },
    body=None,
    body_fields=(),
    models={},
    build=events_properties.build_request,
    answer=answers.record(SegmentationResult),
)
EVENTS_PROPERTIES_TOP: Operation[TopPropertiesResult] = Operation(
    name="events.properties_top",
    method="GET",
    path="/api/query/events/properties/top",
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
        "event": {"type": "string", "minLength": 1},
        "limit": {"type": "integer", "minimum": 1},
    },
    required=("event",),
    refused=[],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=events_properties_top.build_request,
    answer=answers.record(TopPropertiesResult),
)
EVENTS_PROPERTIES_VALUES: Operation[Records[str]] = Operation(
    name="events.properties_values",
    method="GET",
    path="/api/query/events/properties/values",
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
        "event": {"type": "string", "minLength": 1},
        "name": {"type": "string", "minLength": 1},
        "limit": {"type": "integer", "minimum": 1},
        "bucket": {"type": "string"},
    },
    required=(
        "event",
        "name",
    ),
    refused=[],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=events_properties_values.build_request,
    answer=answers.values(),
)


class EventsResource:
    """A project's events and properties, with simple counts."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    @overload
    def query(
        self,
        *,
        event: builtins.list[str],
        type: CountType,
        unit: TimeUnit,
        interval: int | None = None,
        from_date: datetime.date | str | None = None,
        to_date: datetime.date | str | None = None,
        format: Literal["json"] | None = None,
    ) -> SegmentationResult: ...

    @overload
    def query(
        self,
        *,
        format: Literal["csv"],
        event: builtins.list[str],
        type: CountType,
        unit: TimeUnit,
        interval: int | None = None,
        from_date: datetime.date | str | None = None,
        to_date: datetime.date | str | None = None,
    ) -> CsvText: ...

    def query(
        self,
        *,
        event: builtins.list[str],
        type: CountType,
        unit: TimeUnit,
        interval: int | None = None,
        from_date: datetime.date | str | None = None,
        to_date: datetime.date | str | None = None,
        format: OutputFormat | None = None,
    ) -> SegmentationResult | CsvText:
        """Count several events over time.

        Returns one series of counts per event, over a range of dates or over the last `interval`
        units; give one of the two. Unique users cannot be counted by the hour. Times are in the
        project's time zone. Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/list-recent-events

        Args:
            event: Names of the events to count.
            type: Quantity to count: occurrences, users or occurrences per user.
            unit: Length of a step of the series. Unique users cannot be counted by the hour.
            interval: Number of units to return, the current one included, instead of `from_date`
                and `to_date`.
            from_date: First day of the range. Use with `to_date`, instead of `interval`.
            to_date: Last day of the range, included. Use with `from_date`, instead of `interval`.
            format: Format of the answer; `json` by default, `csv` for a table as text.

        Returns:
            SegmentationResult: The counts by event, or the same as a CSV table.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.events.query(
            ...     event=["Sign Up", "Purchase"],
            ...     type="unique",
            ...     unit="week",
            ...     from_date="2024-01-01",
            ...     to_date="2024-01-31",
            ... )
        """
        return self._client.call_operation(
            EVENTS_QUERY,
            {
                "event": event,
                "type": type,
                "unit": unit,
                "interval": interval,
                "from_date": from_date,
                "to_date": to_date,
                "format": format,
            },
        )

    def top(
        self,
        *,
        type: CountType,
        limit: int | None = None,
    ) -> TopEventsResult:
        """Get today's most common events.

        Returns the most common events of today so far, in the project's time zone, with their
        change from yesterday as a ratio (1 is twice as many, -0.5 is half). Also served under
        /api/2.0.

        Reference: https://developer.mixpanel.com/reference/query-top-events

        Args:
            type: Quantity to count: occurrences, users or occurrences per user.
            limit: Maximum number of events; 100 by default.

        Returns:
            TopEventsResult: Today's top events.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.events.top(type="general", limit=5)
        """
        return self._client.call_operation(
            EVENTS_TOP,
            {
                "type": type,
                "limit": limit,
            },
        )

    def names(
        self,
        *,
        type: CountType,
        limit: int | None = None,
        from_date: datetime.date | str | None = None,
        to_date: datetime.date | str | None = None,
    ) -> Records[str]:
        """List the names of the most common events.

        Lists the names of the most common events of the last 31 days, or of a range of dates;
        events that did not occur in that time are missing. Mixpanel does not document the range.
        Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/query-months-top-event-names

        Args:
            type: Quantity to count: occurrences, users or occurrences per user.
            limit: Maximum number of names; 255 by default, at most 5000.
            from_date: First day of the range. Use with `to_date`; the last 31 days by default.
            to_date: Last day of the range, included. Use with `from_date`.

        Returns:
            Records[str]: The names.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.events.names(type="general")
        """
        return self._client.call_operation(
            EVENTS_NAMES,
            {
                "type": type,
                "limit": limit,
                "from_date": from_date,
                "to_date": to_date,
            },
        )

    @overload
    def properties(
        self,
        *,
        event: str,
        name: str,
        type: CountType,
        unit: TimeUnit,
        values: builtins.list[str] | None = None,
        interval: int | None = None,
        from_date: datetime.date | str | None = None,
        to_date: datetime.date | str | None = None,
        limit: int | None = None,
        format: Literal["json"] | None = None,
    ) -> SegmentationResult: ...

    @overload
    def properties(
        self,
        *,
        format: Literal["csv"],
        event: str,
        name: str,
        type: CountType,
        unit: TimeUnit,
        values: builtins.list[str] | None = None,
        interval: int | None = None,
        from_date: datetime.date | str | None = None,
        to_date: datetime.date | str | None = None,
        limit: int | None = None,
    ) -> CsvText: ...

    def properties(
        self,
        *,
        event: str,
        name: str,
        type: CountType,
        unit: TimeUnit,
        values: builtins.list[str] | None = None,
        interval: int | None = None,
        from_date: datetime.date | str | None = None,
        to_date: datetime.date | str | None = None,
        format: OutputFormat | None = None,
        limit: int | None = None,
    ) -> SegmentationResult | CsvText:
        """Count an event over time, split by the values of one property.

        Returns one series of counts per value of the property, over a range of dates or over the
        last `interval` units; give one of the two. Unique users cannot be counted by the hour.
        Times are in the project's time zone. Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/query-event-properties

        Args:
            event: Name of the event; one name, not a list.
            name: Name of the property.
            type: Quantity to count: occurrences, users or occurrences per user.
            unit: Length of a step of the series. Unique users cannot be counted by the hour.
            values: Property values to count. The most common ones by default.
            interval: Number of units to return, the current one included, instead of `from_date`
                and `to_date`.
            from_date: First day of the range. Use with `to_date`, instead of `interval`.
            to_date: Last day of the range, included. Use with `from_date`, instead of `interval`.
            format: Format of the answer; `json` by default, `csv` for a table as text.
            limit: Maximum number of values; 255 by default.

        Returns:
            SegmentationResult: The counts by property value, or the same as a CSV table.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.events.properties(
            ...     event="Purchase",
            ...     name="plan",
            ...     type="general",
            ...     unit="week",
            ...     from_date="2024-01-01",
            ...     to_date="2024-01-31",
            ... )
        """
        return self._client.call_operation(
            EVENTS_PROPERTIES,
            {
                "event": event,
                "name": name,
                "type": type,
                "unit": unit,
                "values": values,
                "interval": interval,
                "from_date": from_date,
                "to_date": to_date,
                "format": format,
                "limit": limit,
            },
        )

    def properties_top(
        self,
        *,
        event: str,
        limit: int | None = None,
    ) -> TopPropertiesResult:
        """List the most common properties of an event.

        Lists the most common properties of the event with the number of events that have them. Also
        served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/query-events-top-properties

        Args:
            event: Name of the event; one name, not a list.
            limit: Maximum number of properties; 10 by default.

        Returns:
            TopPropertiesResult: The properties by name.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.events.properties_top(event="Purchase", limit=5)
        """
        return self._client.call_operation(
            EVENTS_PROPERTIES_TOP,
            {
                "event": event,
                "limit": limit,
            },
        )

    def properties_values(
        self,
        *,
        event: str,
        name: str,
        limit: int | None = None,
        bucket: str | None = None,
    ) -> Records[str]:
        """List the most common values of an event's property.

        Lists the most common values of the property on the event, as text whatever their type. Also
        served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/query-events-top-property-values

        Args:
            event: Name of the event; one name, not a list.
            name: Name of the property.
            limit: Maximum number of values; 255 by default.
            bucket: Id of the data bucket to read, for the rare project that has several.

        Returns:
            Records[str]: The values.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.events.properties_values(event="Purchase", name="plan")
        """
        return self._client.call_operation(
            EVENTS_PROPERTIES_VALUES,
            {
                "event": event,
                "name": name,
                "limit": limit,
                "bucket": bucket,
            },
        )


class AsyncEventsResource:
    """A project's events and properties, with simple counts."""

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    @overload
    async def query(
        self,
        *,
        event: builtins.list[str],
        type: CountType,
        unit: TimeUnit,
        interval: int | None = None,
        from_date: datetime.date | str | None = None,
        to_date: datetime.date | str | None = None,
        format: Literal["json"] | None = None,
    ) -> SegmentationResult: ...

    @overload
    async def query(
        self,
        *,
        format: Literal["csv"],
        event: builtins.list[str],
        type: CountType,
        unit: TimeUnit,
        interval: int | None = None,
        from_date: datetime.date | str | None = None,
        to_date: datetime.date | str | None = None,
    ) -> CsvText: ...

    async def query(
        self,
        *,
        event: builtins.list[str],
        type: CountType,
        unit: TimeUnit,
        interval: int | None = None,
        from_date: datetime.date | str | None = None,
        to_date: datetime.date | str | None = None,
        format: OutputFormat | None = None,
    ) -> SegmentationResult | CsvText:
        """Count several events over time.

        Returns one series of counts per event, over a range of dates or over the last `interval`
        units; give one of the two. Unique users cannot be counted by the hour. Times are in the
        project's time zone. Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/list-recent-events

        Args:
            event: Names of the events to count.
            type: Quantity to count: occurrences, users or occurrences per user.
            unit: Length of a step of the series. Unique users cannot be counted by the hour.
            interval: Number of units to return, the current one included, instead of `from_date`
                and `to_date`.
            from_date: First day of the range. Use with `to_date`, instead of `interval`.
            to_date: Last day of the range, included. Use with `from_date`, instead of `interval`.
            format: Format of the answer; `json` by default, `csv` for a table as text.

        Returns:
            SegmentationResult: The counts by event, or the same as a CSV table.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.events.query(
            ...     event=["Sign Up", "Purchase"],
            ...     type="unique",
            ...     unit="week",
            ...     from_date="2024-01-01",
            ...     to_date="2024-01-31",
            ... )
        """
        return await self._client.call_operation(
            EVENTS_QUERY,
            {
                "event": event,
                "type": type,
                "unit": unit,
                "interval": interval,
                "from_date": from_date,
                "to_date": to_date,
                "format": format,
            },
        )

    async def top(
        self,
        *,
        type: CountType,
        limit: int | None = None,
    ) -> TopEventsResult:
        """Get today's most common events.

        Returns the most common events of today so far, in the project's time zone, with their
        change from yesterday as a ratio (1 is twice as many, -0.5 is half). Also served under
        /api/2.0.

        Reference: https://developer.mixpanel.com/reference/query-top-events

        Args:
            type: Quantity to count: occurrences, users or occurrences per user.
            limit: Maximum number of events; 100 by default.

        Returns:
            TopEventsResult: Today's top events.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.events.top(type="general", limit=5)
        """
        return await self._client.call_operation(
            EVENTS_TOP,
            {
                "type": type,
                "limit": limit,
            },
        )

    async def names(
        self,
        *,
        type: CountType,
        limit: int | None = None,
        from_date: datetime.date | str | None = None,
        to_date: datetime.date | str | None = None,
    ) -> Records[str]:
        """List the names of the most common events.

        Lists the names of the most common events of the last 31 days, or of a range of dates;
        events that did not occur in that time are missing. Mixpanel does not document the range.
        Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/query-months-top-event-names

        Args:
            type: Quantity to count: occurrences, users or occurrences per user.
            limit: Maximum number of names; 255 by default, at most 5000.
            from_date: First day of the range. Use with `to_date`; the last 31 days by default.
            to_date: Last day of the range, included. Use with `from_date`.

        Returns:
            Records[str]: The names.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.events.names(type="general")
        """
        return await self._client.call_operation(
            EVENTS_NAMES,
            {
                "type": type,
                "limit": limit,
                "from_date": from_date,
                "to_date": to_date,
            },
        )

    @overload
    async def properties(
        self,
        *,
        event: str,
        name: str,
        type: CountType,
        unit: TimeUnit,
        values: builtins.list[str] | None = None,
        interval: int | None = None,
        from_date: datetime.date | str | None = None,
        to_date: datetime.date | str | None = None,
        limit: int | None = None,
        format: Literal["json"] | None = None,
    ) -> SegmentationResult: ...

    @overload
    async def properties(
        self,
        *,
        format: Literal["csv"],
        event: str,
        name: str,
        type: CountType,
        unit: TimeUnit,
        values: builtins.list[str] | None = None,
        interval: int | None = None,
        from_date: datetime.date | str | None = None,
        to_date: datetime.date | str | None = None,
        limit: int | None = None,
    ) -> CsvText: ...

    async def properties(
        self,
        *,
        event: str,
        name: str,
        type: CountType,
        unit: TimeUnit,
        values: builtins.list[str] | None = None,
        interval: int | None = None,
        from_date: datetime.date | str | None = None,
        to_date: datetime.date | str | None = None,
        format: OutputFormat | None = None,
        limit: int | None = None,
    ) -> SegmentationResult | CsvText:
        """Count an event over time, split by the values of one property.

        Returns one series of counts per value of the property, over a range of dates or over the
        last `interval` units; give one of the two. Unique users cannot be counted by the hour.
        Times are in the project's time zone. Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/query-event-properties

        Args:
            event: Name of the event; one name, not a list.
            name: Name of the property.
            type: Quantity to count: occurrences, users or occurrences per user.
            unit: Length of a step of the series. Unique users cannot be counted by the hour.
            values: Property values to count. The most common ones by default.
            interval: Number of units to return, the current one included, instead of `from_date`
                and `to_date`.
            from_date: First day of the range. Use with `to_date`, instead of `interval`.
            to_date: Last day of the range, included. Use with `from_date`, instead of `interval`.
            format: Format of the answer; `json` by default, `csv` for a table as text.
            limit: Maximum number of values; 255 by default.

        Returns:
            SegmentationResult: The counts by property value, or the same as a CSV table.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.events.properties(
            ...     event="Purchase",
            ...     name="plan",
            ...     type="general",
            ...     unit="week",
            ...     from_date="2024-01-01",
            ...     to_date="2024-01-31",
            ... )
        """
        return await self._client.call_operation(
            EVENTS_PROPERTIES,
            {
                "event": event,
                "name": name,
                "type": type,
                "unit": unit,
                "values": values,
                "interval": interval,
                "from_date": from_date,
                "to_date": to_date,
                "format": format,
                "limit": limit,
            },
        )

    async def properties_top(
        self,
        *,
        event: str,
        limit: int | None = None,
    ) -> TopPropertiesResult:
        """List the most common properties of an event.

        Lists the most common properties of the event with the number of events that have them. Also
        served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/query-events-top-properties

        Args:
            event: Name of the event; one name, not a list.
            limit: Maximum number of properties; 10 by default.

        Returns:
            TopPropertiesResult: The properties by name.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.events.properties_top(event="Purchase", limit=5)
        """
        return await self._client.call_operation(
            EVENTS_PROPERTIES_TOP,
            {
                "event": event,
                "limit": limit,
            },
        )

    async def properties_values(
        self,
        *,
        event: str,
        name: str,
        limit: int | None = None,
        bucket: str | None = None,
    ) -> Records[str]:
        """List the most common values of an event's property.

        Lists the most common values of the property on the event, as text whatever their type. Also
        served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/query-events-top-property-values

        Args:
            event: Name of the event; one name, not a list.
            name: Name of the property.
            limit: Maximum number of values; 255 by default.
            bucket: Id of the data bucket to read, for the rare project that has several.

        Returns:
            Records[str]: The values.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.events.properties_values(event="Purchase", name="plan")
        """
        return await self._client.call_operation(
            EVENTS_PROPERTIES_VALUES,
            {
                "event": event,
                "name": name,
                "limit": limit,
                "bucket": bucket,
            },
        )

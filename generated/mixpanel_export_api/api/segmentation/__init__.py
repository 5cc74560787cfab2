"""The operations of the tag `segmentation`, sync and async."""

from __future__ import annotations

import datetime
from typing import Literal, overload

from ...models.count_type import CountType
from ...models.csv_format import CsvFormat
from ...models.hour_or_day import HourOrDay
from ...models.multiseg_result import MultisegResult
from ...models.segmentation_average_result import SegmentationAverageResult
from ...models.segmentation_result import SegmentationResult
from ...models.segmentation_sum_result import SegmentationSumResult
from ...models.time_unit import TimeUnit
from ...runtime import answers
from ...runtime.operation import AsyncCaller, Caller, CsvText, Expression, Operation
from . import (
    segmentation_average,
    segmentation_multiseg,
    segmentation_numeric,
    segmentation_query,
    segmentation_sum,
)

SEGMENTATION_QUERY: Operation[SegmentationResult | CsvText] = Operation(
    name="segmentation.query",
    method="GET",
    path="/api/query/segmentation",
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
        "from_date": {"type": "string", "format": "date"},
        "to_date": {"type": "string", "format": "date"},
        "on": {"type": "string", "format": "mixpanel-expression"},
        "unit": {"type": "string", "enum": ["minute", "hour", "day", "week", "month"]},
        "interval": {"type": "integer", "minimum": 1},
        "where": {"type": "string", "format": "mixpanel-expression"},
        "limit": {"type": "integer", "minimum": 1, "maximum": 10000},
        "type": {"type": "string", "enum": ["general", "unique", "average"]},
        "format": {"type": "string", "enum": ["csv"]},
    },
    required=(
        "event",
        "from_date",
        "to_date",
    ),
    refused=[
        {
            "when": {"unit": ["minute", "hour"], "type": ["unique"]},
            "says": "users are not counted by the hour; use a longer unit or another type",
        }
    ],
    renamed={
        "type": "type_",
        "format": "format_",
    },
    body=None,
    body_fields=(),
    models={},
    build=segmentation_query.build_request,
    answer=answers.record(SegmentationResult),
)
SEGMENTATION_NUMERIC: Operation[SegmentationResult] = Operation(
    name="segmentation.numeric",
    method="GET",
    path="/api/query/segmentation/numeric",
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
        "from_date": {"type": "string", "format": "date"},
        "to_date": {"type": "string", "format": "date"},
        "on": {"type": "string", "format": "mixpanel-expression", "minLength": 1},
        "unit": {"type": "string", "enum": ["hour", "day"]},
        "where": {"type": "string", "format": "mixpanel-expression"},
        "type": {"type": "string", "enum": ["general", "unique", "average"]},
        "buckets": {"type": "integer", "minimum": 1},
    },
    required=(
        "event",
        "from_date",
        "to_date",
        "on",
    ),
    refused=[
        {
            "when": {"unit": ["minute", "hour"], "type": ["unique"]},
            "says": "users are not counted by the hour; use a longer unit or another type",
        }
    ],
    renamed={
        "type": "type_",
    },
    body=None,
    body_fields=(),
    models={},
    build=segmentation_numeric.build_request,
    answer=answers.record(SegmentationResult),
)
SEGMENTATION_SUM: Operation[SegmentationSumResult] = Operation(
    name="segmentation.sum",
    method="GET",
    path="/api/query/segmentation/sum",
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
        "from_date": {"type": "string", "format": "date"},
        "to_date": {"type": "string", "format": "date"},
        "on": {"type": "string", "format": "mixpanel-expression", "minLength": 1},
        "unit": {"type": "string", "enum": ["hour", "day"]},
        "where": {"type": "string", "format": "mixpanel-expression"},
    },
    required=(
        "event",
        "from_date",
        "to_date",
        "on",
    ),
    refused=[],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=segmentation_sum.build_request,
    answer=answers.record(SegmentationSumResult),
)
SEGMENTATION_AVERAGE: Operation[SegmentationAverageResult] = Operation(
    name="segmentation.average",
    method="GET",
    path="/api/query/segmentation/average",
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
        "from_date": {"type": "string", "format": "date"},
        "to_date": {"type": "string", "format": "date"},
        "on": {"type": "string", "format": "mixpanel-expression", "minLength": 1},
        "unit": {"type": "string", "enum": ["hour", "day"]},
        "where": {"type": "string", "format": "mixpanel-expression"},
    },
    required=(
        "event",
        "from_date",
        "to_date",
        "on",
    ),
    refused=[],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=segmentation_average.build_request,
    answer=answers.record(SegmentationAverageResult),
)
SEGMENTATION_MULTISEG: Operation[MultisegResult] = Operation(
    name="segmentation.multiseg",
    method="GET",
    path="/api/query/segmentation/multiseg",
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
        "from_date": {"type": "string", "format": "date"},
        "to_date": {"type": "string", "format": "date"},
        "inner": {"type": "string", "format": "mixpanel-expression", "minLength": 1},
        "outer": {"type": "string", "format": "mixpanel-expression", "minLength": 1},
        "unit": {"type": "string", "enum": ["minute", "hour", "day", "week", "month"]},
        "type": {"type": "string", "enum": ["general", "unique", "average"]},
        "where": {"type": "string", "format": "mixpanel-expression"},
        "limit": {"type": "integer", "minimum": 1},
    },
    required=(
        "event",
        "from_date",
        "to_date",
        "inner",
        "outer",
    ),
    refused=[
        {
            "when": {"unit": ["minute", "hour"], "type": ["unique"]},
            "says": "users are not counted by the hour; use a longer unit or another type",
        }
    ],
    renamed={
        "type": "type_",
    },
    body=None,
    body_fields=(),
    models={},
    build=segmentation_multiseg.build_request,
    answer=answers.record(MultisegResult),
)


class SegmentationResource:
    """One event over time, split and filtered by expressions over its properties."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    @overload
    def query(
        self,
        *,
        event: str,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        on: str | Expression | None = None,
        unit: TimeUnit | None = None,
        interval: int | None = None,
        where: str | Expression | None = None,
        limit: int | None = None,
        type: CountType | None = None,
        format: None = None,
    ) -> SegmentationResult: ...

    @overload
    def query(
        self,
        *,
        format: Literal["csv"],
        event: str,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        on: str | Expression | None = None,
        unit: TimeUnit | None = None,
        interval: int | None = None,
        where: str | Expression | None = None,
        limit: int | None = None,
        type: CountType | None = None,
    ) -> CsvText: ...

    def query(
        self,
        *,
        event: str,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        on: str | Expression | None = None,
        unit: TimeUnit | None = None,
        interval: int | None = None,
        where: str | Expression | None = None,
        limit: int | None = None,
        type: CountType | None = None,
        format: CsvFormat | None = None,
    ) -> SegmentationResult | CsvText:
        """Count an event over time, split by an expression.

        Returns one series of counts for each value of `on`; without it, a single series named after
        the event. Dates without events can be missing from a series. Times are in the project's
        time zone. Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/segmentation-query

        Args:
            event: Name of the event; one name, not a list.
            from_date: First day of the range.
            to_date: Last day of the range, included. Not later than today.
            on: Expression whose value splits the events into segments. No segments by default.
            unit: Length of a step of the series; `day` by default.
            interval: Length of a step in days, instead of `unit`, for any `type` except `general`.
            where: Expression an event must match. Every event by default.
            limit: Maximum number of segments, the largest first; 60 by default, at most 10000.
                Ignored without `on`.
            type: Quantity to count: occurrences, users or occurrences per user; `general` by
                default.
            format: Set to `csv` to get a table as text. JSON by default.

        Returns:
            SegmentationResult: The counts, or the same as a CSV table.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.segmentation.query(
            ...     event="Sign Up",
            ...     from_date="2024-01-01",
            ...     to_date="2024-01-31",
            ...     unit="week",
            ...     on='properties["mp_country_code"]',
            ... )
        """
        return self._client.call_operation(
            SEGMENTATION_QUERY,
            {
                "event": event,
                "from_date": from_date,
                "to_date": to_date,
                "on": on,
                "unit": unit,
                "interval": interval,
                "where": where,
                "limit": limit,
                "type": type,
                "format": format,
            },
        )

    def numeric(
        self,
        *,
        event: str,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        on: str | Expression,
        unit: HourOrDay | None = None,
        where: str | Expression | None = None,
        type: CountType | None = None,
        buckets: int | None = None,
    ) -> SegmentationResult:
        """Count an event over time, split into ranges of a number.

        Like the segmentation query, but groups the values of `on` into ranges of equal width. Each
        series is named after its range, such as `2,000 - 2,100`. Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/segmentation-numeric-query

        Args:
            event: Name of the event; one name, not a list.
            from_date: First day of the range.
            to_date: Last day of the range, included. Not later than today.
            on: Expression with a numeric value; its ranges become the segments.
            unit: Length of a step of the series; `day` by default.
            where: Expression an event must match. Every event by default.
            type: Quantity to count: occurrences, users or occurrences per user; `general` by
                default.
            buckets: Number of ranges. Chosen by Mixpanel by default.

        Returns:
            SegmentationResult: The counts, one series for each range.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.segmentation.numeric(
            ...     event="Purchase",
            ...     from_date="2024-01-01",
            ...     to_date="2024-01-31",
            ...     on='properties["revenue"]',
            ...     buckets=4,
            ... )
        """
        return self._client.call_operation(
            SEGMENTATION_NUMERIC,
            {
                "event": event,
                "from_date": from_date,
                "to_date": to_date,
                "on": on,
                "unit": unit,
                "where": where,
                "type": type,
                "buckets": buckets,
            },
        )

    def sum(
        self,
        *,
        event: str,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        on: str | Expression,
        unit: HourOrDay | None = None,
        where: str | Expression | None = None,
    ) -> SegmentationSumResult:
        """Sum an expression over an event's occurrences.

        Sums `on` over the occurrences of the event for each hour or day. A value that is not a
        number counts as 0. Sums can have a fraction. Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/segmentation-sum-query

        Args:
            event: Name of the event; one name, not a list.
            from_date: First day of the range.
            to_date: Last day of the range, included. Not later than today.
            on: Expression with a numeric value to sum.
            unit: Length of a step of the series; `day` by default.
            where: Expression an event must match. Every event by default.

        Returns:
            SegmentationSumResult: The sums by date.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.segmentation.sum(
            ...     event="Purchase",
            ...     from_date="2024-01-01",
            ...     to_date="2024-01-31",
            ...     on='properties["revenue"]',
            ... )
        """
        return self._client.call_operation(
            SEGMENTATION_SUM,
            {
                "event": event,
                "from_date": from_date,
                "to_date": to_date,
                "on": on,
                "unit": unit,
                "where": where,
            },
        )

    def average(
        self,
        *,
        event: str,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        on: str | Expression,
        unit: HourOrDay | None = None,
        where: str | Expression | None = None,
    ) -> SegmentationAverageResult:
        """Average an expression over an event's occurrences.

        Averages `on` over the occurrences of the event for each hour or day. A value that is not a
        number counts as 0. Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/segmentation-query-average

        Args:
            event: Name of the event; one name, not a list.
            from_date: First day of the range.
            to_date: Last day of the range, included. Not later than today.
            on: Expression with a numeric value to average.
            unit: Length of a step of the series; `day` by default.
            where: Expression an event must match. Every event by default.

        Returns:
            SegmentationAverageResult: The averages by date.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.segmentation.average(
            ...     event="Purchase",
            ...     from_date="2024-01-01",
            ...     to_date="2024-01-31",
            ...     on='properties["revenue"]',
            ... )
        """
        return self._client.call_operation(
            SEGMENTATION_AVERAGE,
            {
                "event": event,
                "from_date": from_date,
                "to_date": to_date,
                "on": on,
                "unit": unit,
                "where": where,
            },
        )

    def multiseg(
        self,
        *,
        event: str,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        inner: str | Expression,
        outer: str | Expression,
        unit: TimeUnit | None = None,
        type: CountType | None = None,
        where: str | Expression | None = None,
        limit: int | None = None,
    ) -> MultisegResult:
        """Count an event over time, split by two expressions at once.

        Returns one series for each pair of an outer and an inner segment. Only the largest `limit`
        outer and the largest `limit` inner segments are included, so the series may not add up to
        the total. Mixpanel does not document this call and may change it without notice. Also
        served under /api/2.0.

        Related reference: https://developer.mixpanel.com/reference/segmentation-query

        Args:
            event: Name of the event; one name, not a list.
            from_date: First day of the range.
            to_date: Last day of the range, included. Not later than today.
            inner: Expression whose value splits each outer segment.
            outer: Expression whose value gives the outer segments.
            unit: Length of a step of the series; `day` by default.
            type: Quantity to count: occurrences, users or occurrences per user; `general` by
                default.
            where: Expression an event must match. Every event by default.
            limit: Maximum number of outer segments and of inner segments; the largest are kept.

        Returns:
            MultisegResult: The counts by outer segment, inner segment and date.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.segmentation.multiseg(
            ...     event="Purchase",
            ...     from_date="2024-01-01",
            ...     to_date="2024-01-31",
            ...     inner='properties["plan"]',
            ...     outer='properties["mp_country_code"]',
            ... )
        """
        return self._client.call_operation(
            SEGMENTATION_MULTISEG,
            {
                "event": event,
                "from_date": from_date,
                "to_date": to_date,
                "inner": inner,
                "outer": outer,
                "unit": unit,
                "type": type,
                "where": where,
                "limit": limit,
            },
        )


class AsyncSegmentationResource:
    """One event over time, split and filtered by expressions over its properties."""

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    @overload
    async def query(
        self,
        *,
        event: str,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        on: str | Expression | None = None,
        unit: TimeUnit | None = None,
        interval: int | None = None,
        where: str | Expression | None = None,
        limit: int | None = None,
        type: CountType | None = None,
        format: None = None,
    ) -> SegmentationResult: ...

    @overload
    async def query(
        self,
        *,
        format: Literal["csv"],
        event: str,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        on: str | Expression | None = None,
        unit: TimeUnit | None = None,
        interval: int | None = None,
        where: str | Expression | None = None,
        limit: int | None = None,
        type: CountType | None = None,
    ) -> CsvText: ...

    async def query(
        self,
        *,
        event: str,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        on: str | Expression | None = None,
        unit: TimeUnit | None = None,
        interval: int | None = None,
        where: str | Expression | None = None,
        limit: int | None = None,
        type: CountType | None = None,
        format: CsvFormat | None = None,
    ) -> SegmentationResult | CsvText:
        """Count an event over time, split by an expression.

        Returns one series of counts for each value of `on`; without it, a single series named after
        the event. Dates without events can be missing from a series. Times are in the project's
        time zone. Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/segmentation-query

        Args:
            event: Name of the event; one name, not a list.
            from_date: First day of the range.
            to_date: Last day of the range, included. Not later than today.
            on: Expression whose value splits the events into segments. No segments by default.
            unit: Length of a step of the series; `day` by default.
            interval: Length of a step in days, instead of `unit`, for any `type` except `general`.
            where: Expression an event must match. Every event by default.
            limit: Maximum number of segments, the largest first; 60 by default, at most 10000.
                Ignored without `on`.
            type: Quantity to count: occurrences, users or occurrences per user; `general` by
                default.
            format: Set to `csv` to get a table as text. JSON by default.

        Returns:
            SegmentationResult: The counts, or the same as a CSV table.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.segmentation.query(
            ...     event="Sign Up",
            ...     from_date="2024-01-01",
            ...     to_date="2024-01-31",
            ...     unit="week",
            ...     on='properties["mp_country_code"]',
            ... )
        """
        return await self._client.call_operation(
            SEGMENTATION_QUERY,
            {
                "event": event,
                "from_date": from_date,
                "to_date": to_date,
                "on": on,
                "unit": unit,
                "interval": interval,
                "where": where,
                "limit": limit,
                "type": type,
                "format": format,
            },
        )

    async def numeric(
        self,
        *,
        event: str,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        on: str | Expression,
        unit: HourOrDay | None = None,
        where: str | Expression | None = None,
        type: CountType | None = None,
        buckets: int | None = None,
    ) -> SegmentationResult:
        """Count an event over time, split into ranges of a number.

        Like the segmentation query, but groups the values of `on` into ranges of equal width. Each
        series is named after its range, such as `2,000 - 2,100`. Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/segmentation-numeric-query

        Args:
            event: Name of the event; one name, not a list.
            from_date: First day of the range.
            to_date: Last day of the range, included. Not later than today.
            on: Expression with a numeric value; its ranges become the segments.
            unit: Length of a step of the series; `day` by default.
            where: Expression an event must match. Every event by default.
            type: Quantity to count: occurrences, users or occurrences per user; `general` by
                default.
            buckets: Number of ranges. Chosen by Mixpanel by default.

        Returns:
            SegmentationResult: The counts, one series for each range.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.segmentation.numeric(
            ...     event="Purchase",
            ...     from_date="2024-01-01",
            ...     to_date="2024-01-31",
            ...     on='properties["revenue"]',
            ...     buckets=4,
            ... )
        """
        return await self._client.call_operation(
            SEGMENTATION_NUMERIC,
            {
                "event": event,
                "from_date": from_date,
                "to_date": to_date,
                "on": on,
                "unit": unit,
                "where": where,
                "type": type,
                "buckets": buckets,
            },
        )

    async def sum(
        self,
        *,
        event: str,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        on: str | Expression,
        unit: HourOrDay | None = None,
        where: str | Expression | None = None,
    ) -> SegmentationSumResult:
        """Sum an expression over an event's occurrences.

        Sums `on` over the occurrences of the event for each hour or day. A value that is not a
        number counts as 0. Sums can have a fraction. Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/segmentation-sum-query

        Args:
            event: Name of the event; one name, not a list.
            from_date: First day of the range.
            to_date: Last day of the range, included. Not later than today.
            on: Expression with a numeric value to sum.
            unit: Length of a step of the series; `day` by default.
            where: Expression an event must match. Every event by default.

        Returns:
            SegmentationSumResult: The sums by date.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.segmentation.sum(
            ...     event="Purchase",
            ...     from_date="2024-01-01",
            ...     to_date="2024-01-31",
            ...     on='properties["revenue"]',
            ... )
        """
        return await self._client.call_operation(
            SEGMENTATION_SUM,
            {
                "event": event,
                "from_date": from_date,
                "to_date": to_date,
                "on": on,
                "unit": unit,
                "where": where,
            },
        )

    async def average(
        self,
        *,
        event: str,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        on: str | Expression,
        unit: HourOrDay | None = None,
        where: str | Expression | None = None,
    ) -> SegmentationAverageResult:
        """Average an expression over an event's occurrences.

        Averages `on` over the occurrences of the event for each hour or day. A value that is not a
        number counts as 0. Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/segmentation-query-average

        Args:
            event: Name of the event; one name, not a list.
            from_date: First day of the range.
            to_date: Last day of the range, included. Not later than today.
            on: Expression with a numeric value to average.
            unit: Length of a step of the series; `day` by default.
            where: Expression an event must match. Every event by default.

        Returns:
            SegmentationAverageResult: The averages by date.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.segmentation.average(
            ...     event="Purchase",
            ...     from_date="2024-01-01",
            ...     to_date="2024-01-31",
            ...     on='properties["revenue"]',
            ... )
        """
        return await self._client.call_operation(
            SEGMENTATION_AVERAGE,
            {
                "event": event,
                "from_date": from_date,
                "to_date": to_date,
                "on": on,
                "unit": unit,
                "where": where,
            },
        )

    async def multiseg(
        self,
        *,
        event: str,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        inner: str | Expression,
        outer: str | Expression,
        unit: TimeUnit | None = None,
        type: CountType | None = None,
        where: str | Expression | None = None,
        limit: int | None = None,
    ) -> MultisegResult:
        """Count an event over time, split by two expressions at once.

        Returns one series for each pair of an outer and an inner segment. Only the largest `limit`
        outer and the largest `limit` inner segments are included, so the series may not add up to
        the total. Mixpanel does not document this call and may change it without notice. Also
        served under /api/2.0.

        Related reference: https://developer.mixpanel.com/reference/segmentation-query

        Args:
            event: Name of the event; one name, not a list.
            from_date: First day of the range.
            to_date: Last day of the range, included. Not later than today.
            inner: Expression whose value splits each outer segment.
            outer: Expression whose value gives the outer segments.
            unit: Length of a step of the series; `day` by default.
            type: Quantity to count: occurrences, users or occurrences per user; `general` by
                default.
            where: Expression an event must match. Every event by default.
            limit: Maximum number of outer segments and of inner segments; the largest are kept.

        Returns:
            MultisegResult: The counts by outer segment, inner segment and date.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.segmentation.multiseg(
            ...     event="Purchase",
            ...     from_date="2024-01-01",
            ...     to_date="2024-01-31",
            ...     inner='properties["plan"]',
            ...     outer='properties["mp_country_code"]',
            ... )
        """
        return await self._client.call_operation(
            SEGMENTATION_MULTISEG,
            {
                "event": event,
                "from_date": from_date,
                "to_date": to_date,
                "inner": inner,
                "outer": outer,
                "unit": unit,
                "type": type,
                "where": where,
                "limit": limit,
            },
        )

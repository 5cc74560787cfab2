"""The operations of the tag `funnels`, sync and async."""

from __future__ import annotations

import datetime

from ...models.day_week_month import DayWeekMonth
from ...models.funnel_result import FunnelResult
from ...models.length_unit import LengthUnit
from ...models.saved_funnel import SavedFunnel
from ...runtime import answers
from ...runtime.lists import Records
from ...runtime.operation import AsyncCaller, Caller, Expression, Operation
from . import funnels_list, funnels_query

FUNNELS_QUERY: Operation[FunnelResult] = Operation(
    name="funnels.query",
    method="GET",
    path="/api/query/funnels",
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
        "funnel_id": {"type": "integer"},
        "from_date": {"type": "string", "format": "date"},
        "to_date": {"type": "string", "format": "date"},
        "length": {"type": "integer", "minimum": 1},
        "length_unit": {"type": "string", "enum": ["day", "hour", "minute", "second"]},
        "interval": {"type": "integer", "minimum": 1},
        "unit": {"type": "string", "enum": ["day", "week", "month"]},
        "on": {"type": "string", "format": "mixpanel-expression"},
        "where": {"type": "string", "format": "mixpanel-expression"},
        "limit": {"type": "integer", "minimum": 1, "maximum": 10000},
    },
    required=(
        "funnel_id",
        "from_date",
        "to_date",
    ),
    refused=[
        {
            "when": {"length": {"over": 90}, "length_unit": ["day"]},
            "says": "expected 90 days at the most",
        },
        {
            "when": {"length": {"over": 2160}, "length_unit": ["hour"]},
            "says": "expected 90 days at the most, 2160 hours",
        },
        {
            "when": {"length": {"over": 129600}, "length_unit": ["minute"]},
            "says": "expected 90 days at the most, 129600 minutes",
        },
        {
            "when": {"length": {"over": 7776000}},
            "says": "expected 90 days at the most, 7776000 seconds",
        },
    ],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=funnels_query.build_request,
    answer=answers.record(FunnelResult),
)
FUNNELS_LIST: Operation[Records[SavedFunnel]] = Operation(
    name="funnels.list",
    method="GET",
    path="/api/query/funnels/list",
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
    schemas={},
    required=(),
    refused=[],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=funnels_list.build_request,
    answer=answers.records(SavedFunnel),
)


class FunnelsResource:
    """Saved funnels and the number of users who reach each step."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    def query(
        self,
        *,
        funnel_id: int,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        length: int | None = None,
        length_unit: LengthUnit | None = None,
        interval: int | None = None,
        unit: DayWeekMonth | None = None,
        on: str | Expression | None = None,
        where: str | Expression | None = None,
        limit: int | None = None,
    ) -> FunnelResult:
        """Count users through the steps of a saved funnel.

        For each period that starts in the range, counts the users who entered the funnel and those
        who reached each step in time. Completions after `to_date` count if they happen within that
        time. Average times are in seconds; ratios run from 0 to 1. With `on`, each date has a level
        of segments. Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/funnels-query

        Args:
            funnel_id: Id of the saved funnel, from the list of funnels.
            from_date: First day of the range.
            to_date: Last day of the range, included. Not later than today.
            length: Time a user has to complete the funnel after its first step, in `length_unit`;
                at most 90 days. Defaults to the value saved with the funnel.
            length_unit: Unit of `length`. Defaults to the one saved with the funnel.
            interval: Days per period of the answer; 1 by default. For weeks or months use `unit`.
            unit: Length of a period of the answer as a calendar unit, instead of `interval`.
            on: Expression whose value splits the events into segments. No segments by default.
            where: Expression an event must match. Every event by default.
            limit: Maximum number of segments, the largest first; 255 by default, at most 10000.
                Ignored without `on`.

        Returns:
            FunnelResult: The funnel, period by period.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.funnels.query(
            ...     funnel_id=1001,
            ...     from_date="2024-01-01",
            ...     to_date="2024-01-31",
            ...     length=14,
            ...     unit="month",
            ... )
        """
        return self._client.call_operation(
            FUNNELS_QUERY,
            {
                "funnel_id": funnel_id,
                "from_date": from_date,
                "to_date": to_date,
                "length": length,
                "length_unit": length_unit,
                "interval": interval,
                "unit": unit,
                "on": on,
                "where": where,
                "limit": limit,
            },
        )

    def list(
        self,
    ) -> Records[SavedFunnel]:
        """List the saved funnels.

        Lists id and name of every funnel saved in the project; a funnel query takes the id. Also
        served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/funnels-list-saved

        Returns:
            Records[SavedFunnel]: The saved funnels.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.funnels.list()
        """
        return self._client.call_operation(
            FUNNELS_LIST,
            {},
        )


class AsyncFunnelsResource:
    """Saved funnels and the number of users who reach each step."""

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    async def query(
        self,
        *,
        funnel_id: int,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        length: int | None = None,
        length_unit: LengthUnit | None = None,
        interval: int | None = None,
        unit: DayWeekMonth | None = None,
        on: str | Expression | None = None,
        where: str | Expression | None = None,
        limit: int | None = None,
    ) -> FunnelResult:
        """Count users through the steps of a saved funnel.

        For each period that starts in the range, counts the users who entered the funnel and those
        who reached each step in time. Completions after `to_date` count if they happen within that
        time. Average times are in seconds; ratios run from 0 to 1. With `on`, each date has a level
        of segments. Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/funnels-query

        Args:
            funnel_id: Id of the saved funnel, from the list of funnels.
            from_date: First day of the range.
            to_date: Last day of the range, included. Not later than today.
            length: Time a user has to complete the funnel after its first step, in `length_unit`;
                at most 90 days. Defaults to the value saved with the funnel.
            length_unit: Unit of `length`. Defaults to the one saved with the funnel.
            interval: Days per period of the answer; 1 by default. For weeks or months use `unit`.
            unit: Length of a period of the answer as a calendar unit, instead of `interval`.
            on: Expression whose value splits the events into segments. No segments by default.
            where: Expression an event must match. Every event by default.
            limit: Maximum number of segments, the largest first; 255 by default, at most 10000.
                Ignored without `on`.

        Returns:
            FunnelResult: The funnel, period by period.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.funnels.query(
            ...     funnel_id=1001,
            ...     from_date="2024-01-01",
            ...     to_date="2024-01-31",
            ...     length=14,
            ...     unit="month",
            ... )
        """
        return await self._client.call_operation(
            FUNNELS_QUERY,
            {
                "funnel_id": funnel_id,
                "from_date": from_date,
                "to_date": to_date,
                "length": length,
                "length_unit": length_unit,
                "interval": interval,
                "unit": unit,
                "on": on,
                "where": where,
                "limit": limit,
            },
        )

    async def list(
        self,
    ) -> Records[SavedFunnel]:
        """List the saved funnels.

        Lists id and name of every funnel saved in the project; a funnel query takes the id. Also
        served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/funnels-list-saved

        Returns:
            Records[SavedFunnel]: The saved funnels.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.funnels.list()
        """
        return await self._client.call_operation(
            FUNNELS_LIST,
            {},
        )

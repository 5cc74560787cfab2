"""The operations of the tag `funnels`, sync and async."""

from __future__ import annotations

import builtins
import datetime
from collections.abc import Mapping
from typing import Any, Literal, cast, overload

from ...models.day_week_month import DayWeekMonth, check_day_week_month
from ...models.funnel_result import FunnelResult
from ...models.length_unit import LengthUnit, check_length_unit
from ...models.saved_funnel import SavedFunnel
from ...runtime.operation import CsvText, Expression, Operation
from ...types import UNSET, Unset
from .. import AsyncResources, Resources
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
            "says": "allowed are 90 days at the most",
        },
        {
            "when": {"length": {"over": 2160}, "length_unit": ["hour"]},
            "says": "allowed are 90 days at the most, 2160 hours",
        },
        {
            "when": {"length": {"over": 129600}, "length_unit": ["minute"]},
            "says": "allowed are 90 days at the most, 129600 minutes",
        },
        {
            "when": {"length": {"over": 7776000}},
            "says": "allowed are 90 days at the most, 7776000 seconds",
        },
    ],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=funnels_query._get_kwargs,
    parse=funnels_query._parse_response,
)
FUNNELS_LIST: Operation[builtins.list[SavedFunnel]] = Operation(
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
    build=funnels_list._get_kwargs,
    parse=funnels_list._parse_response,
)


class FunnelsResource:
    """The operations of the tag `funnels`."""

    def __init__(self, client: Resources) -> None:
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

        For each period that begins in the range, how many users entered the funnel and how many
        reached each step in the time allowed. Completions after `to_date` count when they fall
        within that time. Average times are in seconds, and ratios run from 0 to 1. With `on`, each
        date holds a level of segments. Also answers under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/funnels-query

        Args:
            funnel_id: Id of the saved funnel, as the list of funnels has it.
            from_date: First day of the range.
            to_date: Last day of the range, included. Not later than today.
            length: How many `length_unit` a user has to complete the funnel, counted from the first
                step; 90 days at the most. The value saved with the funnel when left out.
            length_unit: Unit of `length`. The one saved with the funnel when left out.
            interval: Days that one period of the answer spans; 1 when left out. For weeks or months
                use `unit`.
            unit: Length of one period of the answer, as a calendar unit in place of `interval`.
            on: Expression whose value splits the events into segments. No segments when left out.
            where: Expression an event must satisfy. Every event when left out.
            limit: Most segments to answer, the largest first; 255 when left out, 10000 at the most.
                Means nothing without `on`.

        Returns:
            FunnelResult: The funnel, period by period.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.
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
    ) -> builtins.list[SavedFunnel]:
        """List the saved funnels.

        Id and name of every funnel saved in the project; the id is what a funnel query asks for.
        Also answers under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/funnels-list-saved

        Returns:
            list[SavedFunnel]: The saved funnels.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.
        """
        return self._client.call_operation(
            FUNNELS_LIST,
            {},
        )


class AsyncFunnelsResource:
    """The operations of the tag `funnels`."""

    def __init__(self, client: AsyncResources) -> None:
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

        For each period that begins in the range, how many users entered the funnel and how many
        reached each step in the time allowed. Completions after `to_date` count when they fall
        within that time. Average times are in seconds, and ratios run from 0 to 1. With `on`, each
        date holds a level of segments. Also answers under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/funnels-query

        Args:
            funnel_id: Id of the saved funnel, as the list of funnels has it.
            from_date: First day of the range.
            to_date: Last day of the range, included. Not later than today.
            length: How many `length_unit` a user has to complete the funnel, counted from the first
                step; 90 days at the most. The value saved with the funnel when left out.
            length_unit: Unit of `length`. The one saved with the funnel when left out.
            interval: Days that one period of the answer spans; 1 when left out. For weeks or months
                use `unit`.
            unit: Length of one period of the answer, as a calendar unit in place of `interval`.
            on: Expression whose value splits the events into segments. No segments when left out.
            where: Expression an event must satisfy. Every event when left out.
            limit: Most segments to answer, the largest first; 255 when left out, 10000 at the most.
                Means nothing without `on`.

        Returns:
            FunnelResult: The funnel, period by period.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.
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
    ) -> builtins.list[SavedFunnel]:
        """List the saved funnels.

        Id and name of every funnel saved in the project; the id is what a funnel query asks for.
        Also answers under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/funnels-list-saved

        Returns:
            list[SavedFunnel]: The saved funnels.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.
        """
        return await self._client.call_operation(
            FUNNELS_LIST,
            {},
        )

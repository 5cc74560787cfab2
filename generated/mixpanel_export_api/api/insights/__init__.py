"""The operations of the tag `insights`, sync and async."""

from __future__ import annotations

from ...models.insights_result import InsightsResult
from ...runtime import answers
from ...runtime.operation import AsyncCaller, Caller, Operation
from . import insights_query

INSIGHTS_QUERY: Operation[InsightsResult] = Operation(
    name="insights.query",
    method="GET",
    path="/api/query/insights",
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
    build=insights_query.build_request,
    answer=answers.record(InsightsResult),
)


class InsightsResource:
    """The numbers of a saved Insights report."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    def query(
        self,
        *,
        bookmark_id: int,
    ) -> InsightsResult:
        """Get the numbers of a saved Insights report.

        Computes the report as saved, with its own dates, filters and breakdowns, and returns the
        numbers of each metric. Line charts key them by ISO 8601 time with the project's offset;
        bar, table and metric reports by `all`. A breakdown nests one more level per property;
        `headers` names the levels. Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/insights-query

        Args:
            bookmark_id: Id of the saved report, the number at the end of its URL in the browser.

        Returns:
            InsightsResult: The report's series.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.insights.query(bookmark_id=5100001)
        """
        return self._client.call_operation(
            INSIGHTS_QUERY,
            {
                "bookmark_id": bookmark_id,
            },
        )


class AsyncInsightsResource:
    """The numbers of a saved Insights report."""

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    async def query(
        self,
        *,
        bookmark_id: int,
    ) -> InsightsResult:
        """Get the numbers of a saved Insights report.

        Computes the report as saved, with its own dates, filters and breakdowns, and returns the
        numbers of each metric. Line charts key them by ISO 8601 time with the project's offset;
        bar, table and metric reports by `all`. A breakdown nests one more level per property;
        `headers` names the levels. Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/insights-query

        Args:
            bookmark_id: Id of the saved report, the number at the end of its URL in the browser.

        Returns:
            InsightsResult: The report's series.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.insights.query(bookmark_id=5100001)
        """
        return await self._client.call_operation(
            INSIGHTS_QUERY,
            {
                "bookmark_id": bookmark_id,
            },
        )

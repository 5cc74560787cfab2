"""The operations of the tag `flows`, sync and async."""

from __future__ import annotations

from ...models.flows_result import FlowsResult
from ...runtime import answers
from ...runtime.operation import AsyncCaller, Caller, Operation
from . import flows_query

FLOWS_QUERY: Operation[FlowsResult] = Operation(
    name="flows.query",
    method="GET",
    path="/api/query/arb_funnels",
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
    build=flows_query.build_request,
    answer=answers.record(FlowsResult),
)


class FlowsResource:
    """The numbers of a saved Flows report."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    def query(
        self,
        *,
        bookmark_id: int,
    ) -> FlowsResult:
        """Get the numbers of a saved Flows report.

        Computes the report as saved: the steps before and after its events, with the number of
        users on each way from one step to the next. Mixpanel does not document this call and may
        change it without notice. Also served under /api/2.0.

        Related reference: https://developer.mixpanel.com/reference/query-api

        Args:
            bookmark_id: Id of the saved report, from the list of bookmarks or the end of its URL in
                the browser.

        Returns:
            FlowsResult: The steps and the ways between them.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.flows.query(bookmark_id=5300001)
        """
        return self._client.call_operation(
            FLOWS_QUERY,
            {
                "bookmark_id": bookmark_id,
            },
        )


class AsyncFlowsResource:
    """The numbers of a saved Flows report."""

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    async def query(
        self,
        *,
        bookmark_id: int,
    ) -> FlowsResult:
        """Get the numbers of a saved Flows report.

        Computes the report as saved: the steps before and after its events, with the number of
        users on each way from one step to the next. Mixpanel does not document this call and may
        change it without notice. Also served under /api/2.0.

        Related reference: https://developer.mixpanel.com/reference/query-api

        Args:
            bookmark_id: Id of the saved report, from the list of bookmarks or the end of its URL in
                the browser.

        Returns:
            FlowsResult: The steps and the ways between them.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.flows.query(bookmark_id=5300001)
        """
        return await self._client.call_operation(
            FLOWS_QUERY,
            {
                "bookmark_id": bookmark_id,
            },
        )

"""The operations of the tag `bookmarks`, sync and async."""

from __future__ import annotations

from ...models.bookmark_type import BookmarkType
from ...models.bookmarks_result import BookmarksResult
from ...runtime import answers
from ...runtime.operation import AsyncCaller, Caller, Operation
from . import bookmarks_list

BOOKMARKS_LIST: Operation[BookmarksResult] = Operation(
    name="bookmarks.list",
    method="GET",
    path="/api/app/projects/{project_id}/bookmarks",
    security=frozenset(["oauthToken", "serviceAccount"]),
    idempotent=True,
    writes=False,
    deprecated="",
    csv=False,
    bound=("project_id",),
    schemas={
        "type": {
            "type": "string",
            "enum": ["insights", "funnels", "retention", "flows", "launch-analysis"],
        },
    },
    required=(),
    refused=[],
    renamed={
        "type": "type_",
    },
    body=None,
    body_fields=(),
    models={},
    build=bookmarks_list.build_request,
    answer=answers.record(BookmarksResult),
)


class BookmarksResource:
    """A project's saved reports, with the ids that queries take."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
        *,
        type: BookmarkType | None = None,
    ) -> BookmarksResult:
        """List the saved reports of a project.

        Lists every saved report, called a bookmark, with its id, name and type. Insights, flows and
        retention queries take the id as `bookmark_id`, funnel queries as `funnel_id`. Mixpanel does
        not document this call and may change it without notice.

        Related reference: https://developer.mixpanel.com/reference/insights-query

        Args:
            type: Kind of report. All kinds by default.

        Returns:
            BookmarksResult: The saved reports.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.bookmarks.list(type="funnels")
        """
        return self._client.call_operation(
            BOOKMARKS_LIST,
            {
                "type": type,
            },
        )


class AsyncBookmarksResource:
    """A project's saved reports, with the ids that queries take."""

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    async def list(
        self,
        *,
        type: BookmarkType | None = None,
    ) -> BookmarksResult:
        """List the saved reports of a project.

        Lists every saved report, called a bookmark, with its id, name and type. Insights, flows and
        retention queries take the id as `bookmark_id`, funnel queries as `funnel_id`. Mixpanel does
        not document this call and may change it without notice.

        Related reference: https://developer.mixpanel.com/reference/insights-query

        Args:
            type: Kind of report. All kinds by default.

        Returns:
            BookmarksResult: The saved reports.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.bookmarks.list(type="funnels")
        """
        return await self._client.call_operation(
            BOOKMARKS_LIST,
            {
                "type": type,
            },
        )

"""`client.reports`: list the saved reports of a project, and run one by its id, whatever its kind."""

from __future__ import annotations

import builtins
import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from mixpanel_export import dates
from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export_api.api.bookmarks import BOOKMARKS_LIST
from mixpanel_export_api.api.flows import FLOWS_QUERY
from mixpanel_export_api.api.funnels import FUNNELS_QUERY
from mixpanel_export_api.api.insights import INSIGHTS_QUERY
from mixpanel_export_api.api.retention import RETENTION_SAVED
from mixpanel_export_api.models.bookmark import Bookmark
from mixpanel_export_api.models.bookmark_type import BookmarkType
from mixpanel_export_api.models.flows_result import FlowsResult
from mixpanel_export_api.models.funnel_result import FunnelResult
from mixpanel_export_api.models.insights_result import InsightsResult
from mixpanel_export_api.models.retention_result import RetentionResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from mixpanel_export.dates import DateLike
    from mixpanel_export_api.api import AsyncCaller, Caller, Operation

__all__ = ["AsyncReports", "Report", "Reports"]

Report: TypeAlias = InsightsResult | FunnelResult | RetentionResult | FlowsResult
"""The answer of a saved report, by its kind."""

# A funnel query needs dates. Mixpanel's own reports start with as many days.
_FUNNEL_DAYS = 30
_OPERATIONS: Mapping[str, Operation[Any]] = {
    "insights": INSIGHTS_QUERY,
    "launch-analysis": INSIGHTS_QUERY,
    "funnels": FUNNELS_QUERY,
    "retention": RETENTION_SAVED,
    "flows": FLOWS_QUERY,
}


class Reports:
    """The saved reports of a project, over a synchronous client."""

    def __init__(self, client: Caller, today: Callable[[], datetime.date]) -> None:
        self._client = client
        self._today = today

    def list(self, *, type: BookmarkType | None = None) -> builtins.list[Bookmark]:
        """Return the saved reports, each with its `id`, `name` and `type`.

        Args:
            type: kind of report; all kinds by default.
        """
        return self._client.call_operation(BOOKMARKS_LIST, {"type": type}).results

    def run(
        self,
        bookmark_id: int,
        *,
        type: BookmarkType | None = None,
        from_date: DateLike | None = None,
        to_date: DateLike | None = None,
    ) -> Report:
        """Run a saved report and return the answer of its kind.

        An Insights report returns an `InsightsResult`, a funnel a `FunnelResult`, a retention report a
        `RetentionResult`, and a Flows report a `FlowsResult`. They are computed as saved, but a funnel needs dates,
        since Mixpanel does not return a funnel's own.

        Args:
            bookmark_id: id of the report, from `list` or the end of its URL.
            type: kind of report, if you know it: saves the request that looks it up.
            from_date: first day of a funnel; by default 29 days before `to_date`.
            to_date: last day of a funnel, included; by default today in the project's time zone.

        Raises:
            InvalidArgumentError: (a ValueError) when no report of the project has this id, the type is unknown, or
                dates are given for another kind of report.
            APIError: Mixpanel returned an error.

        Examples:
            >>> client.reports.run(5100001).to_pandas()  # doctest: +SKIP
        """
        kind = _type_of(bookmark_id, self.list()) if type is None else _checked(type)
        operation, arguments = _call(bookmark_id, kind, from_date, to_date, self._today())
        return cast(Report, self._client.call_operation(operation, arguments))


class AsyncReports:
    """The saved reports of a project, over an asynchronous client."""

    def __init__(self, client: AsyncCaller, today: Callable[[], datetime.date]) -> None:
        self._client = client
        self._today = today

    async def list(self, *, type: BookmarkType | None = None) -> builtins.list[Bookmark]:
        """Return the saved reports; see `Reports.list`."""
        return (await self._client.call_operation(BOOKMARKS_LIST, {"type": type})).results

    async def run(
        self,
        bookmark_id: int,
        *,
        type: BookmarkType | None = None,
        from_date: DateLike | None = None,
        to_date: DateLike | None = None,
    ) -> Report:
        """Run a saved report and return the answer of its kind; see `Reports.run`."""
        kind = _type_of(bookmark_id, await self.list()) if type is None else _checked(type)
        operation, arguments = _call(bookmark_id, kind, from_date, to_date, self._today())
        return cast(Report, await self._client.call_operation(operation, arguments))


def _checked(kind: object) -> str:
    if not isinstance(kind, str) or kind not in _OPERATIONS:
        raise InvalidArgumentError(
            "type", kind, f"expected one of {', '.join(map(repr, sorted(_OPERATIONS)))}"
        )
    return kind


def _type_of(bookmark_id: int, reports: list[Bookmark]) -> str:
    for report in reports:
        if report.id == bookmark_id and report.type_ is not None:
            return report.type_
    raise InvalidArgumentError(
        "bookmark_id", bookmark_id, "expected the id of a saved report, as the list of reports shows it"
    )


def _call(
    bookmark_id: int,
    kind: str,
    from_date: DateLike | None,
    to_date: DateLike | None,
    today: datetime.date,
) -> tuple[Operation[Any], dict[str, Any]]:
    operation = _OPERATIONS.get(kind)
    if operation is None:
        raise InvalidArgumentError("bookmark_id", bookmark_id, f"reports of the type {kind!r} cannot be run")
    if operation is FUNNELS_QUERY:
        last = today if to_date is None else dates.to_date("to_date", to_date)
        first = dates.shift(last, 1 - _FUNNEL_DAYS) if from_date is None else from_date
        return operation, {"funnel_id": bookmark_id, "from_date": first, "to_date": last}
    for name, value in (("from_date", from_date), ("to_date", to_date)):
        if value is not None:
            raise InvalidArgumentError(name, value, f"a saved {kind} report has its own dates")
    return operation, {"bookmark_id": bookmark_id}

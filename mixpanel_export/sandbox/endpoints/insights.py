"""The report on a saved Insights bookmark.

https://developer.mixpanel.com/reference/insights-query. See `saved.insights` for the reports. Each is computed on
request, over its days up to the latest with events.
"""

from __future__ import annotations

import datetime

from starlette.responses import Response

from mixpanel_export.sandbox.endpoints.operation import Call, Operation
from mixpanel_export.sandbox.endpoints.series import computed_at, json_answer
from mixpanel_export.sandbox.http.refusal import BadRequest, Refusal
from mixpanel_export.sandbox.reports.insights import report_series
from mixpanel_export.sandbox.reports.periods import periods
from mixpanel_export.sandbox.reports.recent import latest_day
from mixpanel_export.sandbox.saved.insights import REPORTS

__all__ = ["OPERATIONS"]


async def _query(call: Call) -> Response:
    bookmark_id = call.parameters.integer("bookmark_id")
    if bookmark_id is None:
        raise BadRequest("bookmark_id is a required parameter")
    report = REPORTS.get(bookmark_id)
    if report is None:
        known = ", ".join(map(str, REPORTS))
        raise Refusal(404, f"no saved report has bookmark_id {bookmark_id}; known ids are {known}")
    last = latest_day(call.project.events, call.today)
    first = last - datetime.timedelta(days=report.days - 1)
    starts = periods(first, last, report.unit)
    series = report_series(report, call.project.events.events(first, last), starts)
    moments = [datetime.datetime.fromtimestamp(start, datetime.UTC).isoformat() for start in starts]
    return json_answer(
        {
            "computed_at": computed_at(),
            "date_range": {
                "from_date": f"{first}T00:00:00+00:00",
                "to_date": f"{last}T23:59:59.999000+00:00",
            },
            "headers": ["$event"],
            "series": {name: dict(zip(moments, numbers, strict=True)) for name, numbers in series.items()},
        }
    )


OPERATIONS = (Operation("GET", "query", "/insights", _query),)

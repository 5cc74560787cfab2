"""Saved reports: the list of all, and the Flows report.

Mixpanel documents neither. See `saved.bookmarks` for the reports, and `insights`, `funnels` and `retention` for the
other kinds.
"""

from __future__ import annotations

import datetime

from starlette.responses import JSONResponse, Response

from mixpanel_export.sandbox.endpoints.operation import Call, Operation
from mixpanel_export.sandbox.endpoints.series import computed_at, json_answer
from mixpanel_export.sandbox.http.refusal import BadRequest, Refusal
from mixpanel_export.sandbox.reports.flows import flow_steps
from mixpanel_export.sandbox.reports.identity import deduplicated
from mixpanel_export.sandbox.reports.recent import latest_day
from mixpanel_export.sandbox.saved.bookmarks import BOOKMARKS, FLOWS_REPORTS, Bookmark

__all__ = ["OPERATIONS"]

_TYPES = ("insights", "funnels", "retention", "flows", "launch-analysis")


async def _list(call: Call) -> Response:
    if call.parameters.integer("v") != 2:
        raise BadRequest("v must be 2")
    kind = call.parameters.choice("type", _TYPES)
    return JSONResponse(
        {"results": [_bookmark(call, report) for report in BOOKMARKS if kind in {None, report.type}]}
    )


def _bookmark(call: Call, report: Bookmark) -> dict[str, object]:
    return {
        "id": report.id,
        "name": report.name,
        "type": report.type,
        "project_id": call.project.credentials.project_id,
        "workspace_id": call.project.credentials.workspace_id,
        "dashboard_id": 4100001,
        "description": "",
        "created": "2024-01-02T09:00:00",
        "modified": "2024-03-20T16:30:00",
        "creator_id": 3000101,
        "creator_name": "Ada Lefèvre",
    }


async def _flows(call: Call) -> Response:
    call.parameters.required("bookmark_id")
    call.parameters.required("query_type")
    call.parameters.choice("query_type", ("flows_sankey",))
    bookmark_id = call.parameters.integer("bookmark_id")
    report = FLOWS_REPORTS.get(bookmark_id or 0)
    if report is None:
        raise Refusal(404, f"no saved Flows report has bookmark_id {bookmark_id}")
    last = latest_day(call.project.events, call.today)
    first = last - datetime.timedelta(days=report.days - 1)
    steps = flow_steps(deduplicated(call.project.events.events(first, last)), report.anchor, report.steps)
    return json_answer({"computed_at": computed_at(), "steps": steps, "breakdowns": [], **_rate(steps)})


def _rate(steps: list[dict[str, list[dict[str, object]]]]) -> dict[str, float]:
    users = [
        sum(int(str(node["totalCount"])) for node in step["nodes"] if node["type"] != "DROPOFF")
        for step in steps
    ]
    return {"overallConversionRate": users[-1] / users[0] if users[0] else 0.0}


OPERATIONS = (
    Operation("GET", "app", "/bookmarks", _list),
    Operation("GET", "query", "/arb_funnels", _flows),
)

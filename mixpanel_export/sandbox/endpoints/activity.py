"""The activity stream: the events of particular users, oldest first.

https://developer.mixpanel.com/reference/activity-stream-query. Mixpanel promises no order; ascending is the most
readable. Duplicates are returned once.
"""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from mixpanel_export.sandbox.endpoints.operation import Call, Operation
from mixpanel_export.sandbox.http.refusal import BadRequest
from mixpanel_export.sandbox.reports.identity import deduplicated, user_of

__all__ = ["OPERATIONS"]


async def _stream(call: Call) -> Response:
    parameters = call.parameters
    parameters.required("distinct_ids")
    users = frozenset(parameters.names("distinct_ids") or ())
    if not users:
        raise BadRequest("distinct_ids must name at least one user")
    first, last = parameters.date_range(call.today)
    events = call.project.events.events(first, last)
    theirs = deduplicated(event for event in events if user_of(event) in users)
    results = {"events": sorted(theirs, key=lambda event: event["properties"]["time"])}
    return JSONResponse({"status": "ok", "results": results})


OPERATIONS = (Operation("GET", "query", "/stream/query", _stream),)

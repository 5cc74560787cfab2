"""JQL, which a sandbox validates but does not run: it would need a JavaScript engine.

https://developer.mixpanel.com/reference/query-jql. Mixpanel itself only maintains it. Parameters are checked first,
so invalid calls fail as they do at Mixpanel.
"""

from __future__ import annotations

from starlette.responses import Response

from mixpanel_export.sandbox.endpoints.operation import Call, Operation
from mixpanel_export.sandbox.http.refusal import BadRequest

__all__ = ["OPERATIONS"]


async def _query(call: Call) -> Response:
    call.parameters.required("script")
    params = call.parameters.json("params")
    if params is not None and not isinstance(params, dict):
        raise BadRequest("params must be a JSON object")
    raise BadRequest(
        "JQL is not run in the sandbox; use segmentation, funnels, retention, engage or the raw export"
    )


OPERATIONS = (Operation("POST", "query", "/jql", _query),)

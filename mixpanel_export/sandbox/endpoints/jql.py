"""JQL, which a sandbox does not run: it would take a JavaScript engine, and Mixpanel only maintains it.

https://developer.mixpanel.com/reference/query-jql. Its parameters are checked first, so that a call that
Mixpanel would refuse is told so.
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
        "JQL is not run in the sandbox; segmentation, funnels, retention, engage and the raw export are"
    )


OPERATIONS = (Operation("POST", "query", "/jql", _query),)

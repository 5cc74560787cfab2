"""The control API of a sandbox, served over HTTP under `/sandbox`, for curl and for other languages.

    GET    /sandbox             list these endpoints
    GET    /sandbox/faults      list the scheduled faults
    POST   /sandbox/faults      schedule one: {"kind": "status", "status": 503, "path": "/export", "times": 2}
                                or a sequence: {"faults": [{"kind": "reset", "at": 0.5}, {"kind": "ok"}]}
    DELETE /sandbox/faults      clear the schedule
    GET    /sandbox/requests    list received requests, without secrets, and count exceeded limits
    DELETE /sandbox/requests    clear that log
    GET    /sandbox/limits      show the limits
    PUT    /sandbox/limits      change some: {"query": {"per_hour": 5}, "retry_after": "seconds"}; null lifts all
    GET    /sandbox/bandwidth   show the bytes per second for each connection
    PUT    /sandbox/bandwidth   change it: 100000, or null for unlimited
    GET    /sandbox/variants    list the variants of responses, and those in use
    PUT    /sandbox/variants    use these only: ["annotations.user_missing", "errors.html"]
    DELETE /sandbox/variants    send ordinary responses again
    POST   /sandbox/reset       clear the faults, the log and the counts behind the limits

No credentials are needed, and only loopback addresses may call it, whatever the sandbox listens on. Control
requests are not counted, faulted or logged. See `json_forms` for the JSON of faults and limits.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.sandbox.control.controls import Controls
from mixpanel_export.sandbox.control.json_forms import (
    add_rule,
    fault_to_json,
    limits_from_json,
    limits_to_json,
    rule_to_json,
    variants_from_json,
)
from mixpanel_export.sandbox.http.request_log import LoggedRequest

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["control_app"]

_Handler = Callable[[Controls, Any], Any]


def control_app(controls: Controls) -> ASGIApp:
    """Return the application that serves `/sandbox`."""
    routes = [
        Route(f"/sandbox{path}", _endpoint(controls, handlers), methods=list(handlers))
        for path, handlers in _HANDLERS.items()
    ]
    return Starlette(routes=routes)


def _endpoint(controls: Controls, handlers: dict[str, _Handler]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        if not _is_local(request):
            return JSONResponse({"error": "the control API answers on loopback only"}, 403)
        handler = handlers["GET" if request.method == "HEAD" else request.method]
        try:
            body = await request.body()
            data = json.loads(body) if body or request.method == "PUT" else None
            return JSONResponse(handler(controls, data))
        except InvalidArgumentError as error:
            return JSONResponse({"error": str(error)}, 400)
        except (ValueError, RecursionError):
            return JSONResponse({"error": "the body is not JSON"}, 400)

    return endpoint


def _is_local(request: Request) -> bool:
    if request.client is None:
        return False
    address = ipaddress.ip_address(request.client.host)
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _index(controls: Controls, data: Any) -> Any:
    return {
        "about": "The control API of a mixpanel-export sandbox",
        "calls": [f"{method} /sandbox{path}" for path, handlers in _HANDLERS.items() for method in handlers],
    }


def _faults(controls: Controls, data: Any) -> Any:
    return {"faults": [rule_to_json(rule) for rule in controls.faults.pending]}


def _add_faults(controls: Controls, data: Any) -> Any:
    add_rule(controls.faults, data)
    return _faults(controls, None)


def _clear_faults(controls: Controls, data: Any) -> Any:
    controls.faults.clear()
    return _faults(controls, None)


def _requests(controls: Controls, data: Any) -> Any:
    requests = controls.requests
    return {
        "violations": requests.violations,
        "most_at_once": requests.most_at_once,
        "requests": [_request_to_json(request) for request in requests],
    }


def _request_to_json(request: LoggedRequest) -> dict[str, Any]:
    return {
        "method": request.method,
        "path": request.path,
        "query": dict(request.query),
        "time": request.time.isoformat(),
        "family": request.family,
        "status": request.status,
        "fault": fault_to_json(request.fault),
        "refused_by": request.refused_by,
    }


def _clear_requests(controls: Controls, data: Any) -> Any:
    controls.requests.clear()
    return _requests(controls, None)


def _limits(controls: Controls, data: Any) -> Any:
    return limits_to_json(controls.limiter.limits)


def _put_limits(controls: Controls, data: Any) -> Any:
    controls.limiter.limits = limits_from_json(data, controls.limiter.limits)
    return _limits(controls, None)


def _bandwidth(controls: Controls, data: Any) -> Any:
    return controls.bandwidth


def _put_bandwidth(controls: Controls, data: Any) -> Any:
    controls.bandwidth = data
    return controls.bandwidth


def _variants(controls: Controls, data: Any) -> Any:
    return {"used": controls.variants.used, "variants": controls.variants.descriptions()}


def _put_variants(controls: Controls, data: Any) -> Any:
    names = variants_from_json(data)
    controls.variants.clear()
    controls.variants.use(*names)
    return _variants(controls, None)


def _clear_variants(controls: Controls, data: Any) -> Any:
    controls.variants.clear()
    return _variants(controls, None)


def _reset(controls: Controls, data: Any) -> Any:
    controls.reset()
    return {"status": "ok"}


_HANDLERS: dict[str, dict[str, _Handler]] = {
    "": {"GET": _index},
    "/faults": {"GET": _faults, "POST": _add_faults, "DELETE": _clear_faults},
    "/requests": {"GET": _requests, "DELETE": _clear_requests},
    "/limits": {"GET": _limits, "PUT": _put_limits},
    "/bandwidth": {"GET": _bandwidth, "PUT": _put_bandwidth},
    "/variants": {"GET": _variants, "PUT": _put_variants, "DELETE": _clear_variants},
    "/reset": {"POST": _reset},
}

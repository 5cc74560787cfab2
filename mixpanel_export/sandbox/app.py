"""The ASGI application: routing, authentication, and errors in Mixpanel's shapes.

Responses come from `endpoints`, and `variants` rewrites them. Faults are applied by the layers around the
application: `control.gate`, `faults.wire` and `faults.body`.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from mixpanel_export.sandbox.control.api import control_app
from mixpanel_export.sandbox.control.controls import Controls
from mixpanel_export.sandbox.control.gate import Gate
from mixpanel_export.sandbox.endpoints import OPERATIONS
from mixpanel_export.sandbox.endpoints.operation import Call, Operation
from mixpanel_export.sandbox.faults.body import DamagedLines
from mixpanel_export.sandbox.faults.wire import DamagedWire
from mixpanel_export.sandbox.http.authentication import Pairs, RequestParts, authenticate
from mixpanel_export.sandbox.http.compression import GzipMiddleware
from mixpanel_export.sandbox.http.parameters import Parameters
from mixpanel_export.sandbox.http.refusal import BadRequest, Refusal, refusal_body
from mixpanel_export.sandbox.project import Project
from mixpanel_export.sandbox.variants.registry import Variants

__all__ = ["create_app"]

_logger = logging.getLogger(__name__)

_Endpoint = Callable[[Request], Awaitable[Response]]


def create_app(project: Project, controls: Controls, host: str = "127.0.0.1") -> ASGIApp:
    """Return the application that serves `project` under the limits and faults of `controls`.

    Args:
        host: the host that it is reached by.
    """

    async def unknown(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        message = {404: "Not found", 405: "Method not allowed"}.get(status, "Bad request")
        refused = _refuse(project, request, Refusal(status, message))
        return controls.variants.rewrite("", (), refused)

    app = Starlette(routes=_routes(), exception_handlers={HTTPException: unknown})
    app.state.project, app.state.variants = project, controls.variants
    # Serve both spellings of each path: a redirect would cost a request of the budget and drop the form.
    app.router.redirect_slashes = False
    api = DamagedWire(GzipMiddleware(DamagedLines(app)), lambda: controls.bandwidth)
    return Gate(api, control_app(controls), controls, project.credentials, host)


@cache
def _routes() -> Sequence[Route]:
    """Return the routes of the operations. Applications share them, since compiling their paths takes longest."""
    return [
        Route(path, _endpoint(operation), methods=[operation.method])
        for operation in OPERATIONS
        for path in operation.paths
    ]


def _endpoint(operation: Operation) -> _Endpoint:
    async def endpoint(request: Request) -> Response:
        project: Project = request.app.state.project
        variants: Variants = request.app.state.variants
        query = tuple(request.query_params.multi_items())
        form: Pairs = ()
        try:
            form = await _form(request)
            _authenticate(project, request, query, form)
            parameters = Parameters(variants.parameters(operation.key, (*query, *form)))
            response = await operation.handler(
                Call(project=project, request=request, parameters=parameters, today=project.today)
            )
        except Refusal as refusal:
            response = _refuse(project, request, refusal)
        except Exception as error:
            # Without the error's words, which may quote a user's events.
            _logger.error(
                "The sandbox failed to answer %s %s: %s\n%s",
                request.method,
                operation.path,
                type(error).__name__,
                "".join(traceback.format_tb(error.__traceback__)),
            )
            response = _refuse(project, request, Refusal(500, "An error occurred in the sandbox"))
        return variants.rewrite(operation.key, (*query, *form), response)

    return endpoint


def _authenticate(project: Project, request: Request, query: Pairs, form: Pairs) -> None:
    parts = RequestParts(
        path=request.url.path,
        authorization=request.headers.get("authorization"),
        query=query,
        form=form,
    )
    refusal = authenticate(parts, project.credentials, time.time())
    if refusal is not None:
        raise refusal


async def _form(request: Request) -> Pairs:
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/x-www-form-urlencoded":
        return ()
    try:
        text = (await request.body()).decode()
        return tuple(parse_qsl(text, keep_blank_values=True, errors="strict"))
    except ValueError:
        raise BadRequest("the form is not valid UTF-8") from None


def _refuse(project: Project, request: Request, refusal: Refusal) -> Response:
    body = refusal_body(request.url.path, request.url.query, refusal.message, project.credentials.redact)
    return JSONResponse(body, refusal.status, headers=refusal.headers)

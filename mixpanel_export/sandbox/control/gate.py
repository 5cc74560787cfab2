"""The outermost ASGI layer: refuses web pages, logs each API request, counts it and assigns its fault.

The faults themselves are applied by `faults.wire` and `faults.body`. Control requests bypass all of it.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from email.utils import format_datetime
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response

from mixpanel_export.sandbox.control.controls import Controls
from mixpanel_export.sandbox.credentials import SandboxCredentials
from mixpanel_export.sandbox.faults.body import FAULT
from mixpanel_export.sandbox.http.limits import Excess, family_of
from mixpanel_export.sandbox.http.origins import refuse_page
from mixpanel_export.sandbox.http.refusal import public_query, refusal_body
from mixpanel_export.sandbox.http.request_log import LoggedRequest

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Gate"]

_CONTROL = "/sandbox"


class Gate:
    """Route requests under `/sandbox` to `control` and all others, checked, to `app`.

    Args:
        credentials: the secrets to keep out of the log.
        host: the host that the sandbox listens on.
    """

    def __init__(
        self,
        app: ASGIApp,
        control: ASGIApp,
        controls: Controls,
        credentials: SandboxCredentials,
        host: str,
    ) -> None:
        self._app = app
        self._control = control
        self._controls = controls
        self._credentials = credentials
        self._host = host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if (reason := refuse_page(scope["headers"], self._host)) is not None:
            await JSONResponse({"error": reason}, 403)(scope, receive, send)
            return
        if path == _CONTROL or path.startswith(f"{_CONTROL}/"):
            await self._control(scope, receive, send)
            return
        entry = self._entry(scope)
        self._controls.requests.add(entry)
        exchange = _Exchange(entry, send)
        excess = self._controls.limiter.enter(entry.family)
        if excess is not None:
            entry.refused_by = excess.limit
            await self._refusal(scope, excess)(scope, receive, exchange.send)
            return
        exchange.on_end = lambda: self._controls.limiter.leave(entry.family)
        try:
            entry.fault = self._controls.faults.take(entry.method, path)
            scope = {**scope, "state": {**scope["state"], FAULT: entry.fault}}
            await self._app(scope, receive, exchange.send)
        finally:
            exchange.end()

    def _entry(self, scope: Scope) -> LoggedRequest:
        query = public_query(scope["query_string"].decode("latin-1"), self._credentials.redact)
        path: str = scope["path"]
        return LoggedRequest(
            method=scope["method"],
            path=self._credentials.redact(path),
            query=tuple(query),
            time=datetime.datetime.now(datetime.UTC),
            family=family_of(path),
        )

    def _refusal(self, scope: Scope, excess: Excess) -> Response:
        query = scope["query_string"].decode("latin-1")
        body = refusal_body(scope["path"], query, excess.message, self._credentials.redact)
        seconds = math.ceil(excess.retry_after)
        headers: dict[str, str] = {}
        limits = self._controls.limiter.limits
        match limits.retry_after if limits is not None else None:
            case "seconds":
                headers["Retry-After"] = str(seconds)
            case "date":
                # HTTP dates have whole seconds, so add one to keep the date from lying in the past.
                when = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds + 1)
                headers["Retry-After"] = format_datetime(when, usegmt=True)
            case None:
                pass
        return self._controls.variants.rewrite("", (), JSONResponse(body, 429, headers=headers))


class _Exchange:
    """One request in flight: records the response's status and reports its end exactly once."""

    def __init__(self, entry: LoggedRequest, send: Send) -> None:
        self._entry = entry
        self._send = send
        self.on_end: Callable[[], None] = _nothing

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._entry.status = message["status"]
        await self._send(message)
        # End here, before the client can read the whole response and send its next request.
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self.end()

    def end(self) -> None:
        on_end, self.on_end = self.on_end, _nothing
        on_end()


def _nothing() -> None:
    pass

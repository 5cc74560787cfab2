"""A proxy before an object store that refuses requests, or loses the answers to them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from http.server import BaseHTTPRequestHandler
from urllib.parse import unquote

import httpx

from tests.http_server import serving

Refusal = Callable[[str, str], int | None]
"""Returns the status to refuse a request with, from its method and path; None to let it through.

`LOST` lets the request through and then answers 503.
"""
LOST = 0


@contextlib.contextmanager
def refusing_proxy(server: str) -> Generator[tuple[str, list[Refusal]]]:
    """Forward requests to `server`, except those that the first function in the list refuses.

    Returns:
        The proxy's URL, and the list, which is empty at first.
    """
    refusals: list[Refusal] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            status = refusals[0](self.command, unquote(self.path)) if refusals else None
            if status not in (None, LOST):
                self.refuse(status)
                return
            answer = httpx.request(
                self.command, server + self.path, content=body, headers=dict(self.headers.items())
            )
            if status == LOST:
                self.refuse(503)
                return
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name.lower() not in {"content-length", "transfer-encoding", "connection"}:
                    self.send_header(name, value)
            self.send_header(
                "content-length",
                answer.headers.get("content-length", "0")
                if self.command == "HEAD"
                else str(len(answer.content)),
            )
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.content)

        def refuse(self, status: int) -> None:
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        # The names that the base class looks up.
        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    with serving(Handler) as url:
        yield url, refusals

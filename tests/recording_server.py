"""A real server on loopback that records what it is asked and answers what the test says."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx
import pytest
from attrs import define, field, frozen

from mixpanel_export import AsyncMixpanelClient, MixpanelClient, RetryPolicy, ServiceAccountAuth
from mixpanel_export.auth import MixpanelAuth

PROJECT = 1234567

# A call is one request here, sent at once: budgets and further attempts have tests of their own.
ONCE: Mapping[str, Any] = {"retry": RetryPolicy(attempts=1), "limits": None}

# Reading the system's certificates takes longer than everything else a client does here.
_TLS = ssl.create_default_context()


@frozen
class Received:
    """One request, as the server got it."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @property
    def parameters(self) -> list[tuple[str, str]]:
        return parse_qsl(
            urlsplit(self.target).query, keep_blank_values=True, strict_parsing=bool(self._query)
        )

    @property
    def query(self) -> dict[str, str]:
        return _without_repetition(self.parameters)

    @property
    def form(self) -> dict[str, str]:
        return _without_repetition(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def _query(self) -> str:
        return urlsplit(self.target).query


def _without_repetition(pairs: list[tuple[str, str]]) -> dict[str, str]:
    named = dict(pairs)
    assert len(named) == len(pairs), f"a parameter is sent twice: {pairs}"
    return named


@frozen
class Reply:
    """What to answer: bytes as they are, text as UTF-8, anything else as JSON."""

    body: object = b""
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(factory=dict)

    @property
    def payload(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        return text.encode()


@define
class Server:
    """The server of a test: set what it answers, look at what it received."""

    url: str
    reply: Callable[[Received], Reply] = lambda _: Reply({})
    requests: list[Received] = field(factory=list)
    held: threading.Event = field(factory=threading.Event)

    def answers(
        self,
        body: object,
        *,
        status: int = 200,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Answer every request with this."""
        reply = Reply(body, status, content_type, headers or {})
        self.reply = lambda _: reply

    def answers_nothing(self) -> None:
        """Accept every request and stay silent, until the test ends."""

        def wait(_: Received) -> Reply:
            self.held.wait(10)
            return Reply({})

        self.reply = wait

    @property
    def only(self) -> Received:
        """The one request there was."""
        (request,) = self.requests
        return request


class _Handler(BaseHTTPRequestHandler):
    current: Server

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        received = Received(self.command, self.path, dict(self.headers.items()), self.rfile.read(length))
        self.current.requests.append(received)
        reply = self.current.reply(received)
        try:
            self.send_response(reply.status)
            for name, value in {"Content-Type": reply.content_type, **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.payload)))
            self.end_headers()
            self.wfile.write(reply.payload)
        except OSError:
            self.close_connection = True

    do_POST = do_PATCH = do_DELETE = do_GET  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: pytest shows what matters."""


@pytest.fixture(scope="package")
def _listening() -> Iterator[tuple[str, type[_Handler]]]:
    class Handler(_Handler):
        pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", Handler
        server.shutdown()
        thread.join(5)


@pytest.fixture
def server(_listening: tuple[str, type[_Handler]]) -> Iterator[Server]:
    url, handler = _listening
    handler.current = Server(url)
    yield handler.current
    handler.current.held.set()


@pytest.fixture(scope="package")
def _service_account_client(_listening: tuple[str, type[_Handler]]) -> Iterator[MixpanelClient]:
    auth = ServiceAccountAuth("exporter", "made-up-secret")
    options: dict[str, Any] = {**ONCE, "workspace_id": 42, "base_url": _listening[0]}
    with MixpanelClient(auth, project_id=PROJECT, transport=transport(), **options) as client:
        yield client


@pytest.fixture
def client(server: Server, _service_account_client: MixpanelClient) -> MixpanelClient:
    """Make a synchronous client with a service account, a project and a workspace."""
    return _service_account_client


def transport() -> httpx.HTTPTransport:
    return httpx.HTTPTransport(verify=_TLS)


def async_transports() -> dict[str, Any]:
    """Return the arguments by which an asynchronous client gets its transports."""
    return {"transport": httpx.AsyncHTTPTransport(verify=_TLS), "export_transport": transport()}


Ask = Callable[..., Any]
"""`ask(auth, use, **options)`: what `use(client)` answers, with a client made for it."""


def _ask_sync(auth: MixpanelAuth, use: Callable[[Any], Any], **options: Any) -> Any:
    with MixpanelClient(auth, transport=transport(), **options) as client:
        return use(client)


def _ask_async(auth: MixpanelAuth, use: Callable[[Any], Any], **options: Any) -> Any:
    async def run() -> Any:
        async with AsyncMixpanelClient(auth, **async_transports(), **options) as client:
            return await use(client)

    return asyncio.run(run())


@pytest.fixture
def ask_sync(server: Server) -> Ask:
    """Asks through the synchronous client."""
    return partial(_ask_sync, base_url=server.url, project_id=PROJECT, **ONCE)


@pytest.fixture(params=["sync", "async"])
def ask(request: pytest.FixtureRequest, server: Server) -> Ask:
    """Asks through the synchronous client, and in a second run through its asynchronous twin."""
    ask = _ask_sync if request.param == "sync" else _ask_async
    return partial(ask, base_url=server.url, project_id=PROJECT, **ONCE)

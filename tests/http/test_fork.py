"""A forked child never shares its parent's connections, and refuses its parent's open iterators."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pickle
import ssl
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from mixpanel_export import AsyncMixpanelClient, MixpanelClient, MixpanelError, ServiceAccountAuth
from mixpanel_export.http.connections import Connections
from mixpanel_export.sandbox import Sandbox
from tests.recording_server import ONCE

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")

CHILDREN, CALLS = 4, 50
ACCOUNT = ServiceAccountAuth("exporter", "made-up-secret")
FORK = multiprocessing.get_context("fork") if hasattr(os, "fork") else multiprocessing.get_context()


class _Echo(BaseHTTPRequestHandler):
    """Answers each request with the name it asks for, and keeps the connection."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        target = urlsplit(self.path)
        values = parse_qs(target.query) | parse_qs(body)
        if target.path.endswith("/export"):
            name = values["event"][0].strip('[]"')
            answer = f'{{"event": "{name}", "properties": {{"time": 1704067200}}}}\n'
        elif target.path.endswith("/engage"):
            name = values["where"][0]
            answer = (
                f'{{"page": 0, "page_size": 1000, "total": 1, "session_id": "s", "status": "ok", '
                f'"results": [{{"$distinct_id": {name}, "$properties": {{}}}}]}}'
            )
        else:
            answer = f'["{values["name"][0]}"]'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer.encode())

    do_POST = do_GET  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """Pytest shows what matters."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    arguments = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2", "-nodes"]
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        *arguments,
        "-keyout",
        str(path),
        "-out",
        f"{path}.crt",
    ]
    subprocess.run(command, check=True, capture_output=True)
    return path


def serve(server: _Server) -> None:
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture(scope="module")
def echo() -> Iterator[str]:
    with _Server(("127.0.0.1", 0), _Echo) as server:
        serve(server)
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def secure_echo(certificate: Path) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{certificate}.crt", certificate)
    with _Server(("127.0.0.1", 0), _Echo) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        serve(server)
        yield f"https://localhost:{server.server_port}"
        server.shutdown()


def report(client: MixpanelClient, name: str) -> list[str]:
    answer = client.request("GET", "/api/query/events/names", params={"name": name}).json()
    return [str(value) for value in answer]


def typed_report(client: MixpanelClient, name: str) -> list[str]:
    return client.events.properties_values(event="x", name=name)


def profiles(client: MixpanelClient, name: str) -> list[str]:
    return [str(profile.distinct_id) for profile in client.profiles.all(f'"{name}"')]


def exported(client: MixpanelClient, name: str) -> list[str]:
    return [event.name for event in client.export.events("2024-01-01", "2024-01-01", event=name)]


async def asynchronous_report(client: AsyncMixpanelClient, name: str) -> list[str]:
    answer = await client.request("GET", "/api/query/events/names", params={"name": name})
    return [str(value) for value in answer.json()]


Use = Callable[[Any, str], list[str]]


def answers_of_children(use: Callable[[str], list[str]], calls: int) -> dict[str, list[str]]:
    """Return what forked children received, by the name each call asked for; all call at once."""
    children: list[tuple[int, int]] = []
    for child in range(CHILDREN):
        readable, writable = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                os.close(readable)
                names = [f"child{child}call{number}" for number in range(calls)]
                with os.fdopen(writable, "wb") as pipe:
                    pickle.dump({name: use(name) for name in names}, pipe)
                os._exit(0)
            finally:
                os._exit(1)
        os.close(writable)
        children.append((pid, readable))
    answers: dict[str, list[str]] = {}
    for pid, readable in children:
        with os.fdopen(readable, "rb") as pipe:
            text = pipe.read()
        assert os.waitpid(pid, 0)[1] == 0
        answers |= pickle.loads(text)
    return answers


@pytest.mark.parametrize(
    ("use", "calls"),
    [(report, CALLS), (typed_report, CALLS), (profiles, 5), (exported, 5)],
    ids=lambda value: getattr(value, "__name__", ""),
)
@pytest.mark.sampled(1)
def test_children_get_their_own_answers(echo: str, use: Use, calls: int) -> None:
    with MixpanelClient(ACCOUNT, project_id=1, base_url=echo, **ONCE) as client:
        assert use(client, "warm") == ["warm"]
        report(client, "warm")
        answers = answers_of_children(lambda name: use(client, name), calls)
        assert answers == {name: [name] for name in answers}
        assert len(answers) == CHILDREN * calls
        assert use(client, "after") == ["after"]


_client: MixpanelClient | None = None


def _report_of_pool(name: str) -> list[str]:
    assert _client is not None
    return report(_client, name)


@pytest.mark.slow
def test_a_pool_of_workers_gets_its_own_answers(echo: str) -> None:
    global _client  # noqa: PLW0603
    names = [f"name{number}" for number in range(CHILDREN * CALLS)]
    with MixpanelClient(ACCOUNT, project_id=1, base_url=echo, **ONCE) as client:
        _client = client
        report(client, "warm")
        with FORK.Pool(CHILDREN) as pool:
            assert pool.map(_report_of_pool, names, chunksize=5) == [[name] for name in names]


@pytest.mark.slow
def test_children_of_an_async_client_get_their_own_answers(echo: str) -> None:
    async def run() -> None:
        async with AsyncMixpanelClient(ACCOUNT, project_id=1, base_url=echo, **ONCE) as client:
            assert await asynchronous_report(client, "warm") == ["warm"]
            runner = asyncio.Runner()
            answers = answers_of_children(lambda name: runner.run(asynchronous_report(client, name)), CALLS)
            assert answers == {name: [name] for name in answers}
            assert len(answers) == CHILDREN * CALLS
            assert await asynchronous_report(client, "after") == ["after"]

    asyncio.run(run())


@pytest.mark.slow
def test_the_parents_tls_connection_survives_its_children(secure_echo: str, certificate: Path) -> None:
    context = ssl.create_default_context(cafile=f"{certificate}.crt")
    transport = httpx.HTTPTransport(verify=context)
    with MixpanelClient(ACCOUNT, project_id=1, base_url=secure_echo, transport=transport, **ONCE) as client:
        assert report(client, "warm") == ["warm"]
        answers = answers_of_children(lambda name: report(client, name), CALLS)
        assert answers == {name: [name] for name in answers}
        (connection,) = transport._pool.connections
        assert report(client, "after") == ["after"]
        assert transport._pool.connections == [connection], "the parent had to connect again"


@pytest.mark.slow
@pytest.mark.parametrize("use", [typed_report, profiles, exported])
def test_tls_children_get_their_own_answers(secure_echo: str, certificate: Path, use: Use) -> None:
    transport = httpx.HTTPTransport(verify=ssl.create_default_context(cafile=f"{certificate}.crt"))
    with MixpanelClient(ACCOUNT, project_id=1, base_url=secure_echo, transport=transport, **ONCE) as client:
        assert use(client, "warm") == ["warm"]
        report(client, "warm")
        answers = answers_of_children(lambda name: use(client, name), 10)
        assert answers == {name: [name] for name in answers}
        assert len(answers) == CHILDREN * 10
        assert use(client, "after") == ["after"]


async def asynchronous_profiles(client: AsyncMixpanelClient, name: str) -> list[str]:
    return [str(profile.distinct_id) async for profile in client.profiles.all(f'"{name}"')]


async def asynchronous_export(client: AsyncMixpanelClient, name: str) -> list[str]:
    return [event.name async for event in client.export.events("2024-01-01", "2024-01-01", event=name)]


@pytest.mark.slow
@pytest.mark.parametrize("is_secure", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize("use", [asynchronous_report, asynchronous_profiles, asynchronous_export])
def test_children_of_an_async_client_get_all_kinds_of_answers(
    echo: str,
    secure_echo: str,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    use: Any,
    is_secure: bool,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", f"{certificate}.crt")

    async def run() -> None:
        settings: dict[str, Any] = {"project_id": 1, "base_url": secure_echo if is_secure else echo, **ONCE}
        async with AsyncMixpanelClient(ACCOUNT, **settings) as client:
            assert await use(client, "warm") == ["warm"]
            await asynchronous_report(client, "warm")
            runner = asyncio.Runner()
            answers = answers_of_children(lambda name: runner.run(use(client, name)), 10)
            assert answers == {name: [name] for name in answers}
            assert len(answers) == CHILDREN * 10
            assert await use(client, "after") == ["after"]

    asyncio.run(run())


def test_a_child_that_ends_leaves_the_parents_connection_open(echo: str) -> None:
    with MixpanelClient(ACCOUNT, project_id=1, base_url=echo, **ONCE) as client:
        report(client, "warm")
        pool: Any = client._http.http._transport
        (connection,) = pool._pool.connections
        answers_of_children(lambda name: report(client, name), 1)
        assert report(client, "after") == ["after"]
        assert pool._pool.connections == [connection]


def test_a_transport_of_unknown_kind_is_refused_in_a_child(echo: str) -> None:
    class Own(httpx.BaseTransport):
        def __init__(self) -> None:
            self.inner = httpx.HTTPTransport()

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            return self.inner.handle_request(request)

        def close(self) -> None:
            self.inner.close()

    def use(name: str) -> list[str]:
        with pytest.raises(MixpanelError, match="create the client in this process"):
            report(client, name)
        return [name]

    with MixpanelClient(ACCOUNT, project_id=1, base_url=echo, transport=Own(), **ONCE) as client:
        assert report(client, "warm") == ["warm"]
        assert len(answers_of_children(use, 1)) == CHILDREN


def test_a_lock_held_by_another_thread_does_not_block_a_child(echo: str) -> None:
    with (
        MixpanelClient(ACCOUNT, project_id=1, base_url=echo, **ONCE) as client,
        ThreadPoolExecutor(1) as executor,
    ):
        connections: Connections = client._http
        executor.submit(connections._lock.acquire).result()
        answers = answers_of_children(lambda name: report(client, name), 1)
        connections._lock.release()
        assert answers == {name: [name] for name in answers}


# Iterators


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(limits=None) as sandbox:
        yield sandbox


def connected(sandbox: Sandbox) -> MixpanelClient:
    return MixpanelClient(
        sandbox.auth, project_id=sandbox.credentials.project_id, base_url=sandbox.url, limits=None
    )


DAYS = ("2024-01-01", "2024-01-20")
ITERATORS: dict[str, Callable[[MixpanelClient], Iterator[Any]]] = {
    "events": lambda client: client.export.events(*DAYS, slice_days=1),
    "batches": lambda client: iter(client.export.batches(*DAYS, slice_days=1, layout="json")),
    "profiles": lambda client: client.profiles.all(),
}


@pytest.mark.parametrize("name", ITERATORS)
@pytest.mark.sampled(1)
def test_an_open_iterator_raises_at_once_in_a_child(sandbox: Sandbox, name: str) -> None:
    def use(name: str) -> list[str]:
        with pytest.raises(MixpanelError, match=r"belongs to process .* start a new one here"):
            next(iterator)
        return [name]

    with connected(sandbox) as client:
        iterator = ITERATORS[name](client)
        first = next(iterator)
        assert len(answers_of_children(use, 1)) == CHILDREN
        rest = list(iterator)
        assert first is not None
        assert rest


def test_an_open_asynchronous_iterator_raises_at_once_in_a_child(sandbox: Sandbox) -> None:
    async def run() -> None:
        options: dict[str, Any] = {
            "project_id": sandbox.credentials.project_id,
            "base_url": sandbox.url,
            "limits": None,
        }
        async with AsyncMixpanelClient(sandbox.auth, **options) as client:
            for iterator in (client.profiles.all(), client.export.events(*DAYS, slice_days=1)):
                await anext(iterator)

                def use(name: str, iterator: Any = iterator) -> list[str]:
                    with pytest.raises(MixpanelError, match="start a new one here"):
                        # Without a loop: that of the parent is not the child's.
                        iterator.__anext__().send(None)
                    return [name]

                assert len(answers_of_children(use, 1)) == CHILDREN
                assert [item async for item in iterator]

    asyncio.run(run())


# Pickling


@pytest.mark.parametrize("kind", [MixpanelClient, AsyncMixpanelClient])
def test_pickling_a_client_says_how_to_make_one_in_a_worker(kind: type[Any]) -> None:
    client = kind(ACCOUNT, project_id=1)
    with pytest.raises(TypeError, match=rf"{kind.__name__} holds .*client\.spec\(\)") as caught:
        pickle.dumps(client)
    assert "made-up-secret" not in str(caught.value)

"""A server that sends scripted bytes over a real socket, broken HTTP included."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mixpanel_export import AsyncMixpanelClient, MixpanelClient, RetryPolicy, ServiceAccountAuth
from mixpanel_export.sandbox import Sandbox

ONCE = RetryPolicy(attempts=1)

Script = Callable[[socket.socket], None]


def answer(
    body: bytes,
    *,
    status: str = "200 OK",
    headers: tuple[str, ...] = (),
    chunks: int | None = None,
    keep: int | None = None,
    ending: str = "clean",
    wait: float = 0.0,
    stall: float = 0.0,
) -> Script:
    """Return a script that sends a response with a chunked body.

    Args:
        chunks: the size of a chunk.
        keep: send only this many bytes of the body.
        ending: "clean", "cut" (without the last chunk), or "reset".
        wait: seconds to wait before the first byte.
        stall: seconds to wait in the middle of the body.
    """

    def script(connection: socket.socket) -> None:
        time.sleep(wait)
        lines = [f"HTTP/1.1 {status}", "Transfer-Encoding: chunked", "Connection: close", *headers]
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        sent = body if keep is None else body[:keep]
        step = chunks or max((len(sent) + 1) // 2, 1)
        for start in range(0, len(sent), step):
            part = sent[start : start + step]
            connection.sendall(b"%x\r\n%s\r\n" % (len(part), part))
            if start <= len(sent) // 2 < start + step:
                time.sleep(stall)
        if ending == "clean":
            connection.sendall(b"0\r\n\r\n")
        elif ending == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return script


class Wire:
    """Plays a script for each connection, and records the requests.

    `first` holds the scripts of the first connections; `script` serves all others. Each connection has a thread of
    its own, so that several can be open at once.
    """

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.requests: list[bytes] = []
        self.first: list[Script] = []
        self.heads: dict[object, bytes] = {}
        self.script: Script = lambda connection: None
        self.open = 0
        self.most_open = 0
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(ConnectionError):
            head = b""
            while b"\r\n\r\n" not in head:
                chunk = connection.recv(65536)
                if not chunk:
                    return
                head += chunk
            with self._lock:
                self.requests.append(head)
                self.heads[connection.getpeername()] = head
                script = self.first.pop(0) if self.first else self.script
                self.open += 1
                self.most_open = max(self.most_open, self.open)
            try:
                script(connection)
            finally:
                with self._lock:
                    self.open -= 1

    def answers(
        self,
        body: bytes,
        *,
        status: str = "200 OK",
        headers: tuple[str, ...] = (),
        chunks: int | None = None,
        keep: int | None = None,
        ending: str = "clean",
    ) -> None:
        """Send this response to every connection; see `answer`."""
        self.script = answer(body, status=status, headers=headers, chunks=chunks, keep=keep, ending=ending)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


@pytest.fixture
def wire() -> Iterator[Wire]:
    server = Wire()
    yield server
    server.close()


@pytest.fixture
def client(wire: Wire) -> Iterator[MixpanelClient]:
    with MixpanelClient(
        ServiceAccountAuth("tester", "hush"),
        project_id=1,
        base_url=wire.url,
        timeout=60,
        retry=ONCE,
        limits=None,
    ) as client:
        yield client


@pytest.fixture
def async_client(wire: Wire) -> AsyncMixpanelClient:
    return AsyncMixpanelClient(
        ServiceAccountAuth("tester", "hush"),
        project_id=1,
        base_url=wire.url,
        timeout=60,
        retry=ONCE,
        limits=None,
    )


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Start a sandbox for one test, without request limits."""
    with Sandbox(limits=None) as server:
        yield server


@pytest.fixture
def shop(sandbox: Sandbox) -> Iterator[MixpanelClient]:
    """Make a client of the sandbox's sample shop, without a budget."""
    with client_of(sandbox) as client:
        yield client


def client_of(sandbox: Sandbox, **settings: Any) -> MixpanelClient:
    """Make a client of a sandbox, without a budget and with short waits before retries."""
    usual: dict[str, Any] = {"limits": None, "retry": RetryPolicy(initial_wait=0.01, max_wait=0.02)}
    return MixpanelClient(
        sandbox.auth,
        project_id=sandbox.credentials.project_id,
        base_url=sandbox.url,
        **{**usual, **settings},
    )

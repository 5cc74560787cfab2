"""A server that puts exactly the wanted bytes on a real socket, broken HTTP included."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator

import pytest

from mixpanel_export import AsyncMixpanelClient, MixpanelClient, RetryPolicy, ServiceAccountAuth

ONCE = RetryPolicy(attempts=1)

Script = Callable[[socket.socket], None]


class Wire:
    """Answers each connection with a script; remembers what was asked."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.requests: list[bytes] = []
        self.script: Script = lambda connection: None
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(ConnectionError):
                head = b""
                while b"\r\n\r\n" not in head:
                    piece = connection.recv(65536)
                    if not piece:
                        break
                    head += piece
                self.requests.append(head)
                self.script(connection)

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
        """Answer with a chunked body; `keep` cuts it short, `ending` says how the connection ends."""

        def script(connection: socket.socket) -> None:
            lines = [f"HTTP/1.1 {status}", "Transfer-Encoding: chunked", "Connection: close", *headers]
            connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
            sent = body if keep is None else body[:keep]
            step = chunks or max(len(sent), 1)
            for start in range(0, len(sent), step):
                part = sent[start : start + step]
                connection.sendall(b"%x\r\n%s\r\n" % (len(part), part))
            if ending == "clean":
                connection.sendall(b"0\r\n\r\n")
            elif ending == "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        self.script = script

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
        timeout=5,
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
        timeout=5,
        retry=ONCE,
        limits=None,
    )

"""No secret leaves: not by messages, causes, tracebacks that show variables, pickles or logs."""

from __future__ import annotations

import asyncio
import base64
import html
import json
import logging
import pickle
import socket
import traceback
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from mixpanel_export import (
    AsyncMixpanelClient,
    MixpanelClient,
    MixpanelError,
    OAuthTokenAuth,
    RedactingFilter,
    RetryPolicy,
    ServiceAccountAuth,
    SignatureAuth,
)
from mixpanel_export.auth import MixpanelAuth
from tests.http.test_transport import ASYNC, SYNC
from tests.wire_server import Script, Wire, wire

__all__ = ["wire"]

SECRET = "hu/sh+\\é☕-é\"s'cret"
KEY = "made-up-api-key"
AUTHS: dict[str, Callable[[], MixpanelAuth]] = {
    "service account": lambda: ServiceAccountAuth("exporter", SECRET),
    "token": lambda: OAuthTokenAuth("tok/en+hush\\==&%41<x>"),
    "signature": lambda: SignatureAuth(KEY, SECRET),
}


def in_base64(encoded: bytes, place: int) -> str:
    return base64.b64encode(b"x" * place + encoded + b"yz").decode()


def spellings(secret: str) -> list[str]:
    """How a secret may be written."""
    encoded = secret.encode()
    return [
        secret,
        quote(secret, safe=""),
        quote(quote(secret, safe=""), safe=""),
        json.dumps(secret)[1:-1],
        json.dumps(json.dumps(secret))[3:-3],
        html.escape(secret),
        repr(encoded)[2:-1],
        repr(repr(encoded))[3:-2],
        ascii(secret)[1:-1],
        encoded.decode("latin-1"),
        encoded.hex(),
        # The characters that depend on the secret alone.
        *(in_base64(encoded, n)[-(-n * 8 // 6) : (n + len(encoded)) * 8 // 6] for n in range(3)),
    ]


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all its causes and contexts, the suppressed ones included."""
    todo, seen = [error], set[int]()
    while todo:
        found = todo.pop()
        if id(found) not in seen:
            seen.add(id(found))
            yield found
            todo += [linked for linked in (found.__cause__, found.__context__) if linked is not None]


def shown_by(error: BaseException) -> str:
    """Everything that a program may print of an error, variables of all frames included."""
    parts: list[str] = []
    for found in chain(error):
        frames = traceback.TracebackException.from_exception(found, capture_locals=True)
        ours = [
            f"{name}={value}"
            for frame in frames.stack
            if "/tests/" not in frame.filename
            for name, value in (frame.locals or {}).items()
        ]
        copy = pickle.loads(pickle.dumps(found)) if isinstance(found, MixpanelError) else found
        parts += [str(found), repr(found), repr(vars(found)), repr(found.args), repr(copy), *ours]
        parts += traceback.format_exception(found)
    return "\n".join(parts)


def secrets_of(wire: Wire, kind: str) -> list[str]:
    found = spellings("tok/en+hush\\==&%41<x>") if kind == "token" else spellings(SECRET)
    for head in wire.requests:
        text = head.decode("latin-1")
        if "Authorization: " in text:
            found.append(text.partition("Authorization: ")[2].split()[1])
        if "sig=" in text:
            found += [text.partition("sig=")[2][:32], KEY]
    return found


def leaks(wire: Wire, kind: str, shown: str) -> list[str]:
    return [secret for secret in secrets_of(wire, kind) if secret.lower() in shown.lower()]


def all_spellings(wire: Wire, connection: socket.socket, kind: str) -> bytes:
    """Everything that a peer may repeat of the request it has just read."""
    head = wire.heads[connection.getpeername()]
    secret = "tok/en+hush\\==&%41<x>" if kind == "token" else SECRET
    told = [*spellings(secret), *(in_base64(secret.encode(), n) for n in range(3))]
    return b" ".join([head.replace(b"\r\n", b" "), *(text.encode() for text in told)])


def echoing(wire: Wire, kind: str, echo: Callable[[bytes], bytes]) -> Script:
    def script(connection: socket.socket) -> None:
        connection.sendall(echo(all_spellings(wire, connection, kind)))

    return script


def fail(way: str, wire: Wire, kind: str, *, timeout: float = 5, attempts: int = 2) -> MixpanelError:
    """Make the call and return the error it raises."""
    options: dict[str, Any] = {
        "project_id": 1,
        "base_url": wire.url,
        "timeout": timeout,
        "retry": RetryPolicy(attempts=attempts, initial_wait=0),
        "limits": None,
    }
    flavour, name = way.split("-")

    async def acall() -> None:
        async with AsyncMixpanelClient(AUTHS[kind](), **options) as client:
            await ASYNC[name](client)

    def call() -> None:
        with MixpanelClient(AUTHS[kind](), **options) as client:
            SYNC[name](client)

    with pytest.raises(MixpanelError) as caught:
        call() if flavour == "sync" else asyncio.run(acall())
    return caught.value


ECHOES: dict[str, Callable[[bytes], bytes]] = {
    "an illegal status line": lambda told: told + b"\r\n\r\n",
    "an illegal header": lambda told: b"HTTP/1.1 200 OK\r\n" + told + b"\r\n\r\n",
    "a broken chunk": lambda told: (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: " + told + b"\r\n\r\n" + told + b"\r\n"
    ),
    "a body that is not JSON": lambda told: (
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n[" % (len(told) + 1) + told
    ),
    "JSON in JSON": lambda told: _with_length(
        json.dumps({"error": json.dumps({"request": told.decode("latin-1")})}).encode()
    ),
    "a failure": lambda told: _with_length(told, b"503 Service Unavailable"),
    "a redirect": lambda told: (
        b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http://evil/" + told + b"\r\n\r\n"
    ),
    "an encoding": lambda told: (
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Encoding: " + told + b"\r\n\r\nx"
    ),
}


def _with_length(body: bytes, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


@pytest.mark.slow
def test_no_echo_of_the_request_leaks(wire: Wire) -> None:
    for kind in AUTHS:
        for name, echo in ECHOES.items():
            wire.script = echoing(wire, kind, echo)
            for way in ("sync-report", "sync-export", "async-report"):
                error = fail(way, wire, kind)
                assert leaks(wire, kind, shown_by(error)) == [], (name, way)


def test_logs_of_the_http_libraries_leak_nothing(wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    kind = "signature"
    wire.script = echoing(wire, kind, ECHOES["an illegal status line"])
    with caplog.at_level(logging.DEBUG):
        fail("sync-report", wire, kind)
        fail("async-report", wire, "service account")
    assert any(record.name.startswith("httpcore") for record in caplog.records)
    shown = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert leaks(wire, kind, shown) == []
    assert leaks(wire, "service account", shown) == []


def test_a_filter_redacts_records_and_their_tracebacks() -> None:
    auth = ServiceAccountAuth("exporter", SECRET)
    record = logging.LogRecord("any", logging.INFO, __file__, 1, "sent %s", (SECRET,), None)
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        record.exc_info = (ValueError, error, error.__traceback__)
    assert RedactingFilter().filter(record)
    text = logging.Formatter().format(record)
    assert SECRET not in text
    assert text.startswith("sent [redacted]")
    assert "ValueError: [redacted]" in text
    del auth


def test_an_interrupt_shows_no_request(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """The frames of httpx and httpcore are not in the traceback."""

    def interrupted(*_: Any, **__: Any) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr("httpcore._backends.sync.SyncStream.read", interrupted)
    auth = SignatureAuth(KEY, SECRET)
    with (
        MixpanelClient(auth, base_url=wire.url, limits=None) as client,
        pytest.raises(KeyboardInterrupt) as caught,
    ):
        client.events.names(type="general")
    assert leaks(wire, "signature", shown_by(caught.value)) == []

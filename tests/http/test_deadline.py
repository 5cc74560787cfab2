"""An answer that drips ends within a bound, whichever part of it drips."""

from __future__ import annotations

import gzip
import itertools
import socket
import time
from collections.abc import Callable, Iterator

import httpcore
import pytest

from mixpanel_export import MixpanelError, RequestTimeoutError
from mixpanel_export.http import bodies
from mixpanel_export.http.deadline import Deadline
from tests.http.test_leaks import fail
from tests.http.test_transport import WAYS
from tests.waiting import ends_soon
from tests.wire_server import Script, Wire, wire

__all__ = ["wire"]

TIMEOUT = 0.3
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

DRIPS: dict[str, Callable[[], Iterator[bytes]]] = {
    "headers": lambda: itertools.chain([b"HTTP/1.1 200 OK\r\nX: "], itertools.repeat(b"x")),
    "a status line": lambda: itertools.chain([b"HTTP/1.1 200 "], itertools.repeat(b"O")),
    "early responses": lambda: itertools.repeat(b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "a body": lambda: itertools.chain([HEAD + b"Content-Length: 999999\r\n\r\n["], itertools.repeat(b" ")),
    "chunks": lambda: itertools.chain(
        [HEAD + b"Transfer-Encoding: chunked\r\n\r\n"], itertools.repeat(b"1\r\n \r\n")
    ),
    "a chunk's length": lambda: itertools.chain(
        [HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;"], itertools.repeat(b"x")
    ),
    "empty gzip members": lambda: itertools.chain(
        [HEAD + b"Content-Encoding: gzip\r\nContent-Length: 999999\r\n\r\n"],
        itertools.repeat(gzip.compress(b"", mtime=0)),
    ),
    "a failure": lambda: itertools.chain(
        [b"HTTP/1.1 503 Unavailable\r\nContent-Length: 999999\r\n\r\n"], itertools.repeat(b"x")
    ),
}


def dripping(name: str) -> Script:
    def script(connection: socket.socket) -> None:
        for part in DRIPS[name]():
            connection.sendall(part)
            time.sleep(0.05)

    return script


def assert_drip_ends(way: str, wire: Wire, drip: str) -> None:
    wire.script = dripping(drip)
    with ends_soon():
        error = fail(way, wire, "service account", timeout=TIMEOUT, attempts=1)
    assert isinstance(error, MixpanelError)


def test_a_drip_of_headers_ends_in_a_timeout(wire: Wire) -> None:
    assert_drip_ends("sync-report", wire, "headers")


@pytest.mark.slow
@pytest.mark.parametrize("drip", DRIPS)
@pytest.mark.parametrize("way", WAYS)
def test_any_drip_ends(way: str, drip: str, wire: Wire) -> None:
    assert_drip_ends(way, wire, drip)


def test_a_body_has_a_second_for_each_thousand_bytes() -> None:
    now = 100.0
    deadline = Deadline(lambda: now)
    assert deadline.left(10.0) == 10.0
    now += 9.0
    assert deadline.left(10.0) == 1.0
    deadline.begin_body()
    deadline.add(5000)
    now += 12.0
    assert deadline.left(10.0) == 3.0
    assert deadline.left(None) is None
    now += 3.5
    with pytest.raises(httpcore.ReadTimeout, match=r"5,000 bytes of the body in 15\.5 s"):
        deadline.left(10.0)


def test_headers_earn_no_time() -> None:
    now = 0.0
    deadline = Deadline(lambda: now)
    deadline.left(10.0)
    deadline.add(1_000_000)
    now = 11.0
    with pytest.raises(httpcore.ReadTimeout, match="no complete headers after 11"):
        deadline.left(10.0)


def test_a_drip_is_reported_as_a_timeout(wire: Wire) -> None:
    wire.script = dripping("a body")
    error = fail("sync-report", wire, "service account", timeout=TIMEOUT, attempts=1)
    assert isinstance(error, RequestTimeoutError)
    assert "came too slowly" in str(error)


def test_a_body_without_end_is_refused_by_its_size(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "_MAX_SIZE", 100_000)

    def endless(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"\r\n[")
        while True:
            connection.sendall(b"1," * 10_000)

    wire.script = endless
    for way in ("sync-report", "async-profiles"):
        error = fail(way, wire, "service account", attempts=1)
        assert isinstance(error, MixpanelError)
        assert "the body is larger than 100,000 bytes" in str(error), way

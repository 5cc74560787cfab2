"""`client.export.events` over a real socket: every event, or an error; sync and async alike."""

from __future__ import annotations

import asyncio
import datetime
import gzip
import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from mixpanel_export import (
    AuthenticationError,
    BadRequestError,
    Event,
    IncompleteExportError,
    InvalidArgumentError,
    MalformedEventError,
    MixpanelClient,
    NetworkError,
    RateLimitError,
    RequestTimeoutError,
    ServerError,
    ServiceAccountAuth,
)
from tests.wire_server import ONCE, Wire

MOMENT = 1_704_067_200  # 2024-01-01 00:00:00 UTC
RECORDS = [
    {
        "event": "Purchase",
        "properties": {"time": MOMENT + n, "distinct_id": f"u{n}", "s": "a\u2028b\u0085"},
    }
    for n in range(400)
]
BODY = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in RECORDS).encode()
RANGE = ("2024-01-01", "2024-01-01")

Collect = Callable[..., list[Event]]


@pytest.fixture(params=["sync", "async"])
def collect(request: pytest.FixtureRequest, wire: Wire) -> Collect:
    """Read a whole export, through either client."""
    if request.param == "sync":
        client: MixpanelClient = request.getfixturevalue("client")
        return lambda *args, **filters: list(client.export.events(*args, **filters))

    def through_asyncio(*args: Any, **filters: Any) -> list[Event]:
        async def run() -> list[Event]:
            async with request.getfixturevalue("async_client") as client:
                return [event async for event in client.export.events(*args, **filters)]

        return asyncio.run(run())

    return through_asyncio


@pytest.mark.parametrize("chunks", [1, 7, 4096, None])
@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.sampled(1)
def test_every_event_arrives_however_the_body_is_chunked(
    wire: Wire, collect: Collect, chunks: int | None, compressed: bool
) -> None:
    headers = ("Content-Type: text/plain", *(["Content-Encoding: gzip"] if compressed else []))
    wire.answers(gzip.compress(BODY) if compressed else BODY, headers=headers, chunks=chunks)
    events = collect(*RANGE)
    assert [{"event": e.name, "properties": e.properties} for e in events] == RECORDS


def test_the_request_is_the_contracts(wire: Wire, collect: Collect) -> None:
    wire.answers(b"")
    collect(
        datetime.date(2024, 1, 1),
        "2024-01-31",
        event=["Sign Up", "Käufe"],
        where='properties["x"] == 1',
        limit=10,
        time_in_ms=True,
    )
    head = wire.requests[0].decode()
    target = urlsplit(head.split()[1])
    assert target.path == "/api/2.0/export"
    assert parse_qs(target.query) == {
        "from_date": ["2024-01-01"],
        "to_date": ["2024-01-31"],
        "event": ['["Sign Up", "K\\u00e4ufe"]'],
        "where": ['properties["x"] == 1'],
        "limit": ["10"],
        "time_in_ms": ["true"],
        "project_id": ["1"],
    }
    assert "\r\naccept-encoding: gzip\r\n" in head.lower()
    assert "\r\nauthorization: basic " in head.lower()


def test_one_event_name_needs_no_list(wire: Wire, collect: Collect) -> None:
    wire.answers(b"")
    collect(*RANGE, event="Sign Up")
    assert "event=%5B%22Sign+Up%22%5D" in wire.requests[0].decode()


@pytest.mark.parametrize("share", [0.5, 0.99])
@pytest.mark.parametrize("ending", ["cut", "reset"])
@pytest.mark.parametrize("compressed", [False, True])
def test_a_connection_that_breaks_is_an_incomplete_export(
    wire: Wire, collect: Collect, share: float, ending: str, compressed: bool
) -> None:
    body = gzip.compress(BODY) if compressed else BODY
    headers = ("Content-Encoding: gzip",) if compressed else ()
    wire.answers(body, headers=headers, keep=int(len(body) * share), ending=ending)
    with pytest.raises(IncompleteExportError):
        collect(*RANGE)


def test_truncated_gzip_is_an_incomplete_export(wire: Wire, collect: Collect) -> None:
    body = gzip.compress(BODY)
    wire.answers(body, headers=("Content-Encoding: gzip",), keep=len(body) - 9)
    with pytest.raises(IncompleteExportError, match="gzip"):
        collect(*RANGE)


def test_half_a_line_is_an_incomplete_export(wire: Wire, collect: Collect) -> None:
    wire.answers(BODY, keep=len(BODY) - 20)
    with pytest.raises(IncompleteExportError, match="middle of line 400"):
        collect(*RANGE)


def test_terminated_early_is_an_incomplete_export(wire: Wire, collect: Collect) -> None:
    wire.answers(BODY + b"terminated early\n")
    with pytest.raises(IncompleteExportError, match="terminated early"):
        collect(*RANGE)


@pytest.mark.parametrize("content_type", ["text/html", "text/plain"])
def test_a_web_page_with_status_200_is_an_incomplete_export(
    wire: Wire, collect: Collect, content_type: str
) -> None:
    wire.answers(b"<html><body>Bad gateway</body></html>", headers=(f"Content-Type: {content_type}",))
    with pytest.raises(IncompleteExportError, match="web page"):
        collect(*RANGE)


def test_a_malformed_line_is_an_error_and_is_not_skipped(wire: Wire, collect: Collect) -> None:
    wire.answers(BODY + b'{"event": "A", "properties": {\n' + BODY)
    with pytest.raises(MalformedEventError, match="line 401 "):
        collect(*RANGE)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("400 Bad Request", BadRequestError),
        ("401 Unauthorized", AuthenticationError),
        ("429 Too Many Requests", RateLimitError),
        ("503 Service Unavailable", ServerError),
    ],
)
def test_a_failure_carries_mixpanels_words(
    wire: Wire, collect: Collect, status: str, expected: type[Exception]
) -> None:
    wire.answers(b'{"error": "the words", "status": "error"}', status=status)
    with pytest.raises(expected, match="the words"):
        collect(*RANGE)


def test_a_failure_whose_body_breaks_off_is_still_that_failure(wire: Wire, collect: Collect) -> None:
    wire.answers(b'{"error": "the words", "status": "error"}', status="401 No", keep=20, ending="cut")
    with pytest.raises(AuthenticationError, match="the wo"):
        collect(*RANGE)
    assert len(wire.requests) == 1


def test_reading_a_failure_stops_where_a_message_does(wire: Wire, collect: Collect) -> None:
    wire.answers(b"x" * 50_000_000, status="401 No", chunks=1 << 20)
    with pytest.raises(AuthenticationError):
        collect(*RANGE)


def test_a_partial_status_206_is_an_incomplete_export(wire: Wire, collect: Collect) -> None:
    wire.answers(BODY, status="206 Partial Content")
    with pytest.raises(IncompleteExportError, match="206"):
        collect(*RANGE)


@pytest.mark.parametrize("room", range(496, 502))
def test_a_secret_is_not_cut_in_two(wire: Wire, collect: Collect, room: int) -> None:
    wire.answers(b"x" * room + b"hush\n")
    with pytest.raises(MalformedEventError) as caught:
        collect(*RANGE)
    assert "hu" not in str(caught.value)


def test_an_unknown_argument_is_refused_not_ignored(wire: Wire, tmp_path: Path) -> None:
    wrong: dict[str, Any] = {"events": ["Purchase"]}
    options: dict[str, Any] = {"project_id": 1, "base_url": wire.url, "limits": None}
    with MixpanelClient(ServiceAccountAuth("tester", "hush"), **options) as client:
        for export in (client.export.to_file, client.export.to_directory):
            with pytest.raises(InvalidArgumentError, match=r"events: .*unknown argument"):
                export(tmp_path / "e.jsonl", *RANGE, **wrong)
        with pytest.raises(InvalidArgumentError, match="evnt"):
            client.export.plan(*RANGE, **{"evnt": "x"})  # type: ignore[arg-type]
    assert wire.requests == []


def test_a_missing_server_is_a_network_error(wire: Wire, collect: Collect) -> None:
    wire.close()
    with pytest.raises(NetworkError):
        collect(*RANGE)


def test_a_server_that_never_responds_is_a_timeout(wire: Wire) -> None:
    done = threading.Event()

    def silent(connection: socket.socket) -> None:
        done.wait(60)

    wire.script = silent
    auth = ServiceAccountAuth("tester", "hush")
    with (
        MixpanelClient(auth, project_id=1, base_url=wire.url, timeout=0.2, retry=ONCE) as client,
        pytest.raises(RequestTimeoutError),
    ):
        list(client.export.events(*RANGE))
    done.set()


@pytest.mark.parametrize(
    ("arguments", "filters", "named"),
    [
        (("2024-01-31", "2024-01-01"), {}, "from_date"),
        (("2024-1-5", "2024-01-31"), {}, "from_date"),
        (("2024/01/05", "2024-01-31"), {}, "from_date"),
        (("2024-01-01", "2999-01-01"), {}, "to_date"),
        (("", ""), {}, "from_date"),
        ((None, None), {}, "from_date"),
        (RANGE, {"limit": 0}, "limit"),
        (RANGE, {"limit": 100_001}, "limit"),
        (RANGE, {"limit": True}, "limit"),
        (RANGE, {"event": ["A", 1]}, "event"),
        (RANGE, {"event": []}, "event"),
        (RANGE, {"event": b"A"}, "event"),
        (RANGE, {"where": 5}, "where"),
        (RANGE, {"time_in_ms": "yes"}, "time_in_ms"),
    ],
)
def test_bad_arguments_are_refused_before_anything_is_sent(
    wire: Wire, client: MixpanelClient, arguments: tuple[Any, Any], filters: dict[str, Any], named: str
) -> None:
    with pytest.raises(ValueError, match=named) as caught:
        client.export.events(*arguments, **filters)
    assert isinstance(caught.value, InvalidArgumentError)
    assert caught.value.argument.startswith(named)
    assert wire.requests == []


def test_times_are_in_the_clients_time_zone(wire: Wire) -> None:
    wire.answers(BODY)
    auth = ServiceAccountAuth("tester", "hush")
    with MixpanelClient(auth, project_id=1, base_url=wire.url, timezone="America/New_York") as client:
        first = next(iter(client.export.events(*RANGE)))
    assert first.time.isoformat() == "2024-01-01T00:00:00-05:00"


def test_raw_returns_the_whole_text(wire: Wire, client: MixpanelClient) -> None:
    wire.answers(BODY, headers=("Content-Type: text/plain; charset=utf-8",))
    assert client.export.raw(from_date="2024-01-01", to_date="2024-01-31").encode() == BODY

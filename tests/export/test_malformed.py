"""Lines that are not events cost no other slice: they are raised at the end, set aside, or repaired."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import gzip
import io
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from mixpanel_export import (
    AsyncMixpanelClient,
    ExportError,
    InvalidArgumentError,
    MalformedEventError,
    MixpanelClient,
    Progress,
    RetryPolicy,
    ServiceAccountAuth,
    SliceFailedError,
    UnrepresentableError,
)
from mixpanel_export._causes import causes_of
from tests.wire_server import Wire, answer

DAYS = ("2024-01-01", "2024-01-03")
NAMES = [f"day {day} {n}" for day in (1, 2, 3) for n in (1, 2)]

KINDS: dict[str, bytes] = {
    "line break": b'{"event":"bad","properties":{"time":1,"s":"one\nterminated, two"}}\n',
    "markup": b'{"event":"bad","properties":{"time":1,"s":"one\n<b>two</b>"}}\n',
    "not a number": b'{"event":"bad","properties":{"time":1,"n":NaN}}\n',
    "infinity": b'{"event":"bad","properties":{"time":1,"n":[-Infinity]}}\n',
    "byte": b'{"event":"bad","properties":{"time":1,"s":"a\xffb\xe2\x82"}}\n',
    "surrogate": b'{"event":"bad","properties":{"time":1,"s":"a\\ud83dz","e":"\\\\ud83d\\ud83d\\ude00"}}\n',
    "nesting": b'{"event":"bad","properties":{"time":1,"s":' + b"[" * 100_000 + b"]" * 100_000 + b"}}\n",
    "two events": b'{"event":"bad","properties":{}} {"event":"bad","properties":{}}\n',
    "nul": b'{"event":"bad","properties":{"time":1,"s":"\x00"}}\n',
    "too large": b'{"event":"bad","properties":{"time":1,"n":1e999}}\n',
    "too long": b'{"event":"bad","properties":{"time":1,"n":' + b"9" * 5000 + b"}}\n",
}
# Legal JSON, which iterators and files of lines hold.
LEGAL = {"surrogate", "too large"}
# Columns hold the text of these.
NUMBERS = {"too large", "too long"}
REPAIRABLE = {"byte", "surrogate"}


def lines_of(day: int) -> list[bytes]:
    time = 1_704_067_200 + (day - 1) * 86_400
    return [b'{"event":"day %d %d","properties":{"time":%d}}\n' % (day, n, time + n) for n in (1, 2)]


def serve(wire: Wire, bad: bytes, *, packed: bool = True, bad_day: int = 2) -> None:
    """Serve two events a day, on one of which `bad` is between them."""

    def respond(connection: socket.socket) -> None:
        found = re.search(rb"from_date=2024-01-(\d\d)", wire.heads[connection.getpeername()])
        assert found is not None
        day = int(found[1])
        first, last = lines_of(day)
        body = first + (bad if day == bad_day else b"") + last
        if packed:
            answer(gzip.compress(body), headers=("Content-Encoding: gzip",))(connection)
        else:
            answer(body)(connection)

    wire.script = respond


@pytest.fixture
def client(wire: Wire) -> Iterator[MixpanelClient]:
    retry = RetryPolicy(attempts=2, initial_wait=0.01)
    with MixpanelClient(
        ServiceAccountAuth("tester", "hush"), project_id=1, base_url=wire.url, retry=retry, limits=None
    ) as client:
        yield client


def names_in(target: Path) -> list[str]:
    if target.suffix == ".parquet":
        return [str(name) for name in pq.read_table(target).column("event").to_pylist()]
    if target.suffix == ".csv":
        return [row["event"] for row in csv.DictReader(io.StringIO(target.read_text("utf-8")))]
    opened = gzip.decompress(target.read_bytes()) if target.suffix == ".gz" else target.read_bytes()
    return [json.loads(line)["event"] for line in opened.split(b"\n") if line]


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.sampled(8)
def test_events_raise_after_all_other_slices(
    wire: Wire, client: MixpanelClient, kind: str, packed: bool
) -> None:
    serve(wire, KINDS[kind], packed=packed)
    received: list[str] = []
    events = client.export.events(*DAYS, slice_days=1, parallel=1)
    if kind in LEGAL:
        assert [event.name for event in events if event.name != "bad"] == NAMES
        return
    with pytest.raises(MalformedEventError, match=r"line 2 of the slice 2024-01-02"):
        received.extend(event.name for event in events)
    assert [name for name in received if name != "day 2 1"] == [*NAMES[:2], *NAMES[4:]]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("with_path", [True, False])
@pytest.mark.sampled(8)
def test_events_set_malformed_lines_aside(
    wire: Wire,
    client: MixpanelClient,
    kind: str,
    with_path: bool,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    serve(wire, KINDS[kind])
    path = tmp_path / "bad.jsonl" if with_path else None
    seen: list[Progress] = []
    events = client.export.events(
        *DAYS, slice_days=1, on_malformed="quarantine", malformed_path=path, progress=seen.append
    )
    assert [event.name for event in events] == NAMES
    assert seen[-1].malformed == KINDS[kind].count(b"\n")
    assert "malformed lines were left out" in caplog.text
    if path is not None:
        assert path.read_bytes() == KINDS[kind]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["e.jsonl", "e.jsonl.gz", "e.parquet", "e.csv", "e"])
@pytest.mark.sampled(8)
def test_a_file_gets_one_for_malformed_lines_beside_it(
    wire: Wire, client: MixpanelClient, kind: str, name: str, tmp_path: Path
) -> None:
    target = tmp_path / name
    beside = tmp_path / "e.malformed.jsonl"
    serve(wire, KINDS[kind])
    options: dict[str, Any] = {"slice_days": 1, "on_malformed": "quarantine", "deduplicate": True}
    totals = client.export.to_file(target, *DAYS, **options)
    assert names_in(target if target.suffix else target.replace(tmp_path / "e.jsonl.gz")) == NAMES
    assert beside.read_bytes() == KINDS[kind]
    assert totals.malformed == KINDS[kind].count(b"\n")
    serve(wire, b"")
    client.export.to_file(target, *DAYS, **options)
    assert not beside.exists()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["e.jsonl", "e.jsonl.gz", "e.parquet", "e.csv"])
@pytest.mark.sampled(8)
def test_a_file_with_a_malformed_line_does_not_appear(
    wire: Wire, client: MixpanelClient, kind: str, name: str, tmp_path: Path
) -> None:
    serve(wire, KINDS[kind])
    target = tmp_path / name
    if kind in NUMBERS or (kind in LEGAL and target.suffix not in {".parquet", ".csv"}):
        client.export.to_file(target, *DAYS, slice_days=1)
        content = gzip.decompress(target.read_bytes()) if name == "e.jsonl.gz" else target.read_bytes()
        if target.suffix == ".parquet":
            content = "\n".join(filter(None, pq.read_table(target).column("n").to_pylist())).encode()
        sent = KINDS[kind]
        assert (sent if "jsonl" in name else sent.partition(b'"n":')[2].strip(b"}\n")) in content
        return
    with pytest.raises((MalformedEventError, UnrepresentableError)):
        client.export.to_file(target, *DAYS, slice_days=1)
    assert not list(tmp_path.iterdir())
    # All slices were fetched before it was raised.
    assert len(wire.requests) == 3


@pytest.mark.parametrize("name", ["e.jsonl", "e.jsonl.gz", "e.parquet", "e.csv"])
@pytest.mark.parametrize("kind", sorted(REPAIRABLE))
def test_replace_repairs_text_that_is_not_unicode(
    wire: Wire, client: MixpanelClient, kind: str, name: str, tmp_path: Path
) -> None:
    serve(wire, KINDS[kind])
    repaired = {"byte": "a\ufffdb\ufffd", "surrogate": "a\ufffdz"}[kind]
    (bad,) = [
        event
        for event in client.export.events(*DAYS, slice_days=1, on_malformed="replace")
        if event.name == "bad"
    ]
    assert bad.properties["s"] == repaired
    if kind == "surrogate":
        assert bad.properties["e"] == "\\ud83d\U0001f600"
    target = tmp_path / name
    client.export.to_file(target, *DAYS, slice_days=1, on_malformed="replace")
    assert sorted(names_in(target)) == sorted([*NAMES, "bad"])


@pytest.mark.parametrize("kind", sorted(set(KINDS) - REPAIRABLE - LEGAL))
def test_replace_raises_for_what_it_cannot_repair(wire: Wire, client: MixpanelClient, kind: str) -> None:
    serve(wire, KINDS[kind])
    with pytest.raises(MalformedEventError):
        list(client.export.events(*DAYS, slice_days=1, on_malformed="replace"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layout", ["wide", "json"])
@pytest.mark.sampled(6)
def test_batches_deliver_all_other_slices_and_raise(
    wire: Wire, client: MixpanelClient, kind: str, layout: Any, tmp_path: Path
) -> None:
    serve(wire, KINDS[kind])
    received: list[str] = []
    is_held = kind in NUMBERS or (layout == "json" and kind in LEGAL)
    with contextlib.nullcontext() if is_held else pytest.raises((MalformedEventError, UnrepresentableError)):
        received.extend(
            str(name)
            for batch in client.export.batches(*DAYS, slice_days=1, layout=layout)
            for name in batch.column("event").to_pylist()
        )
    if not is_held:
        assert received == [*NAMES[:2], *NAMES[4:]]
    path = tmp_path / "bad.jsonl"
    batches = client.export.batches(
        *DAYS, slice_days=1, layout=layout, on_malformed="quarantine", malformed_path=path
    )
    assert batches.to_arrow().column("event").to_pylist() == NAMES
    assert path.read_bytes() == KINDS[kind]
    assert batches.progress.malformed == KINDS[kind].count(b"\n")


def test_a_stream_and_async_events_set_lines_aside(wire: Wire, client: MixpanelClient) -> None:
    serve(wire, KINDS["byte"])
    stream = io.BytesIO()
    totals = client.export.to_stream(stream, *DAYS, slice_days=1, on_malformed="quarantine")
    assert totals.malformed == 1
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == NAMES

    async def names() -> list[str]:
        async with AsyncMixpanelClient(
            ServiceAccountAuth("tester", "hush"), project_id=1, base_url=wire.url, limits=None
        ) as asynchronous:
            events = asynchronous.export.events(*DAYS, slice_days=1, on_malformed="quarantine")
            return [event.name async for event in events]

    assert asyncio.run(names()) == NAMES


def test_a_web_page_at_the_end_is_never_a_malformed_line(wire: Wire, client: MixpanelClient) -> None:
    def respond(connection: socket.socket) -> None:
        answer(b"".join(lines_of(1)) + b"<html>Bad Gateway</html>\n")(connection)

    wire.script = respond
    with pytest.raises(SliceFailedError, match="web page"):
        list(client.export.events("2024-01-01", "2024-01-01", on_malformed="quarantine"))


ERROR_ANSWERS = [
    b'{"status":"error","message":"Internal error"}\n',
    b'{"error":{"code":500,"message":"Internal error"}}\n',
    b'{"error":"Internal error"}',
    b'{"detail":"Internal error"}',
    b'{"errors":["Internal error"]}\n',
    b'{\n "error": "Internal error"\n}\n',
    b"Not available in your plan\n",
    b'{"note":"anything else"}\n',
    b'{"note":"anything else"}',
]


@pytest.mark.parametrize("answered", ERROR_ANSWERS)
@pytest.mark.sampled(3)
def test_an_error_with_status_200_is_never_a_malformed_line(
    wire: Wire, client: MixpanelClient, answered: bytes
) -> None:
    """Neither as the whole answer nor after events; it is retried, whatever is done with malformed lines."""
    bodies: list[bytes] = []

    def respond(connection: socket.socket) -> None:
        answer(bodies.pop() if len(bodies) > 1 else bodies[0])(connection)

    wire.script = respond
    for before in (b"", b"".join(lines_of(1))):
        bodies[:] = [before + answered]
        with pytest.raises(SliceFailedError, match=r"not an event|got an error"):
            list(client.export.events("2024-01-01", "2024-01-01", on_malformed="quarantine"))
        bodies[:] = [b"".join(lines_of(1)), before + answered]
        events = client.export.events("2024-01-01", "2024-01-01", on_malformed="quarantine")
        assert [event.name for event in events] == NAMES[:2]


def test_an_error_object_is_retried_by_default(wire: Wire, client: MixpanelClient) -> None:
    answers = [answer(ERROR_ANSWERS[0]), answer(b"".join(lines_of(1)))]

    def respond(connection: socket.socket) -> None:
        answers.pop(0)(connection)

    wire.script = respond
    assert [event.name for event in client.export.events("2024-01-01", "2024-01-01")] == NAMES[:2]


@pytest.mark.parametrize("kind", ["line break", "markup"])
def test_a_line_break_in_the_last_event_costs_no_other_slice(
    wire: Wire, client: MixpanelClient, kind: str
) -> None:
    body = b"".join(lines_of(1)) + KINDS[kind]
    wire.script = answer(body)
    with pytest.raises(MalformedEventError):
        list(client.export.events("2024-01-01", "2024-01-01"))
    events = client.export.events("2024-01-01", "2024-01-01", on_malformed="quarantine")
    assert [event.name for event in events] == NAMES[:2]


def test_a_clean_file_is_utf_8_beside_the_properties_too(
    wire: Wire, client: MixpanelClient, tmp_path: Path
) -> None:
    serve(wire, b'{"event":"bad","more":"\xff","properties":{"time":1}}\n')
    target = tmp_path / "e.jsonl"
    totals = client.export.to_file(target, *DAYS, slice_days=1, on_malformed="quarantine")
    assert totals.malformed == 1
    assert target.read_text(encoding="utf-8").count("\n") == len(NAMES)


PERSONAL: dict[str, bytes] = {
    "cut": b'{"event":"bad","properties":{"city":"PERSONAL","n":}}\n',
    "two events": b'{"event":"bad","properties":{"city":"PERSONAL"}} {"event":"bad","properties":{}}\n',
    "no name": b'{"event":5,"properties":{"city":"PERSONAL"}}\n',
    "no object": b'["PERSONAL"]\n',
    "byte": b'{"event":"bad","properties":{"city":"PERSONAL\xff"}}\n',
    "not a number": b'{"event":"bad","properties":{"city":"PERSONAL","n":NaN}}\n',
    "line break": b'{"event":"bad","properties":{"time":1,"city":"\nPERSONAL"}}\n',
    "markup": b'{"event":"bad","properties":{"time":1,"city":"\n<b>PERSONAL"}}\n',
    "an error": b'{"error":5,"properties":{"city":"PERSONAL"}}\n',
    "too long": b'{"event":"bad","properties":{"city":"PERSONAL%s"}}\n' % (b"x" * (3 << 19)),
}


def test_an_error_quotes_no_line_with_excluded_properties(wire: Wire, client: MixpanelClient) -> None:
    export, day = client.export, ("2024-01-02", "2024-01-02")
    serve(wire, PERSONAL["cut"])
    for read in (list, lambda events: events.to_arrow()):
        with pytest.raises(MalformedEventError, match=r"line 2 .*not shown, because properties are excluded"):
            read(export.events(*day, exclude=["city"]))
    with pytest.raises(MalformedEventError, match="PERSONAL"):
        list(export.events(*day, fields=["n"]))


@pytest.mark.slow
@pytest.mark.parametrize("deduplicate", [False, True])
def test_no_error_quotes_a_line_with_excluded_properties(
    wire: Wire, client: MixpanelClient, tmp_path: Path, deduplicate: bool
) -> None:
    export, day = client.export, ("2024-01-02", "2024-01-02")
    ways: list[Any] = [
        lambda **options: list(export.events(*day, **options)),
        lambda **options: export.batches(*day, layout="json", **options).to_arrow(),
        lambda **options: export.batches(*day, **options).to_arrow(),
        lambda **options: export.to_file(tmp_path / "lines.jsonl", *day, **options),
        lambda **options: export.to_directory(tmp_path, *day, format="parquet", overwrite=True, **options),
    ]
    for bad in PERSONAL.values():
        serve(wire, bad)
        for way in ways:
            for treatment in ("raise", "replace"):
                options: dict[str, Any] = {
                    "exclude": ["city"],
                    "on_malformed": treatment,
                    "max_line": 1 << 20,
                }
                try:
                    way(deduplicate=deduplicate, **options)
                    assert (bad, treatment) == (PERSONAL["byte"], "replace")
                except ExportError as error:
                    shown = [f"{cause} {cause.args!r}" for cause in causes_of(error)]
                    assert "PERSONAL" not in "".join(shown), (bad[:80], shown)


def test_unknown_treatments_are_refused(client: MixpanelClient) -> None:
    unknown: Any = "ignore"
    with pytest.raises(
        InvalidArgumentError, match="on_malformed: expected one of raise, quarantine, replace"
    ):
        client.export.events(*DAYS, on_malformed=unknown)
    with pytest.raises(
        InvalidArgumentError, match="max_line: expected an integer of at least 1,048,576 bytes"
    ):
        client.export.events(*DAYS, max_line=10)

"""`client.profiles.to_file()` and `to_stream()`: a whole file or none, no page asked for twice, sync and async."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mixpanel_export import (
    AuthenticationError,
    DirectoryBusyError,
    DiskFullError,
    InvalidArgumentError,
    MixpanelClient,
    ServiceAccountAuth,
    UnrepresentableError,
)
from mixpanel_export._formats import LinesFormat
from mixpanel_export.profiles import ProfilesIncompleteError, ProfilesProgress
from mixpanel_export.profiles.file import ProfilesProgressListener, lines_of
from mixpanel_export.profiles.pagination import Batch
from mixpanel_export.sandbox import Fault, Sandbox
from mixpanel_export.sandbox.data.sample import sample_data
from mixpanel_export.sandbox.profiles.sessions import SESSION_SECONDS
from mixpanel_export_api.models import Profile
from tests.profiles.conftest import Awaited, SessionClock, settings

# Small profiles are quicker.
LITTLE = ["plan"]
SAMPLE = [
    {
        **each,
        "$properties": {name: each["$properties"][name] for name in LITTLE if name in each["$properties"]},
    }
    for each in sample_data().profiles
]
LOST = Fault.status(400, {"error": "session_id is unknown or has expired"})


Connect = Callable[[Sandbox], Any]
"""Makes a client whose `profiles` write."""


@pytest.fixture(params=["sync", "async"])
def connect(request: pytest.FixtureRequest) -> Iterator[Connect]:
    with contextlib.ExitStack() as clients:

        def connect(sandbox: Sandbox) -> Any:
            if request.param == "async":
                return Awaited(sandbox)
            return clients.enter_context(MixpanelClient(**settings(sandbox)))

        yield connect


@pytest.fixture
def client(sandbox: Sandbox, connect: Connect) -> Any:
    return connect(sandbox)


class Stopped(BaseException):
    """The process was killed, as far as the file can tell."""


def stop_after(pages: int) -> ProfilesProgressListener:
    def listen(totals: ProfilesProgress) -> None:
        if totals.pages + totals.found == pages:
            raise Stopped

    return listen


def content(path: Path) -> list[Any]:
    body = path.read_bytes()
    text = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
    return [json.loads(line) for line in text.split(b"\n")[:-1]]


def stopped(client: Any, path: Path, pages: int, **arguments: Any) -> None:
    with pytest.raises(Stopped):
        client.profiles.to_file(path, output_properties=LITTLE, progress=stop_after(pages), **arguments)
    assert not path.exists()


@pytest.mark.parametrize("format", ["jsonl", "jsonl.gz"])
def test_a_file_holds_every_profile_and_nothing_else_is_left(
    client: Any, tmp_path: Path, format: LinesFormat
) -> None:
    path = tmp_path / "new" / f"people.{format}"
    told: list[ProfilesProgress] = []
    totals = client.profiles.to_file(path, output_properties=LITTLE, format=format, progress=told.append)
    assert content(path) == SAMPLE
    assert totals == ProfilesProgress(profiles=2150, total=2150, pages=3) == told[-1]
    assert [each.profiles for each in told] == [1000, 2000, 2150]
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("format", ["jsonl", "jsonl.gz"])
@pytest.mark.sampled(1)
def test_pages_on_disk_are_not_asked_for_again(
    client: Any, sandbox: Sandbox, tmp_path: Path, format: LinesFormat
) -> None:
    path = tmp_path / "people"
    sandbox.faults.add(None, Fault.hang(), Fault.hang(), path="/engage")

    def stop(totals: ProfilesProgress) -> None:
        # A request that is given up before it was logged would be counted below.
        while len(sandbox.requests) < 3:
            time.sleep(0.01)
        raise Stopped

    with pytest.raises(Stopped):
        client.profiles.to_file(path, output_properties=LITTLE, format=format, progress=stop)
    assert not path.exists()
    sandbox.requests.clear()
    totals = client.profiles.to_file(path, output_properties=LITTLE, format=format)
    assert content(path) == SAMPLE
    assert (totals.found, totals.pages, totals.profiles) == (1, 2, 2150)
    assert len(sandbox.requests) == 2
    assert [each.name for each in tmp_path.iterdir()] == ["people"]


def test_a_run_that_was_stopped_twice_goes_on_twice(client: Any, tmp_path: Path) -> None:
    path = tmp_path / "people.jsonl.gz"
    for pages in (1, 2):
        stopped(client, path, pages)
    assert client.profiles.to_file(path, output_properties=LITTLE).found == 2
    assert content(path) == SAMPLE


@pytest.mark.sampled(1)
def test_an_expired_session_starts_over(
    connect: Connect, tmp_path: Path, session_clock: SessionClock
) -> None:
    path = tmp_path / "people.jsonl"
    with Sandbox(limits=None) as sandbox:
        client = connect(sandbox)
        stopped(client, path, 2, format="jsonl")
        session_clock.seconds += SESSION_SECONDS + 1
        totals = client.profiles.to_file(path, output_properties=LITTLE, format="jsonl")
    assert totals.restarts >= 1
    assert (totals.found, totals.pages, totals.profiles) == (0, 3, 2150)
    assert content(path) == SAMPLE


@pytest.mark.parametrize(
    "change",
    [
        {"output_properties": ["$city"]},
        {"cohort": 2001},
        {"format": "jsonl"},
    ],
)
@pytest.mark.sampled(2)
def test_leftovers_of_another_query_are_not_resumed(
    client: Any, sandbox: Sandbox, tmp_path: Path, change: dict[str, Any]
) -> None:
    path = tmp_path / "people"
    stopped(client, path, 1)
    totals = client.profiles.to_file(path, **{"output_properties": LITTLE, **change})
    assert (totals.found, totals.restarts) == (0, 0)
    assert len(content(path)) == totals.profiles == totals.total
    assert [each.name for each in tmp_path.iterdir()] == ["people"]


@pytest.mark.parametrize(
    ("damage", "format"),
    [
        ("longer", "jsonl"),
        ("longer", "jsonl.gz"),
        ("shorter", "jsonl"),
        ("other bytes", "jsonl.gz"),
        ("state", "jsonl"),
    ],
)
@pytest.mark.sampled(2)
def test_changed_leftovers_are_discarded(
    client: Any, tmp_path: Path, damage: str, format: LinesFormat
) -> None:
    path = tmp_path / "people"
    stopped(client, path, 2, format=format)
    lines, state = tmp_path / ".people.part" / "lines", tmp_path / ".people.part" / "state.json"
    body = lines.read_bytes()
    match damage:
        case "longer":  # killed while a page was written: only that is cut off
            lines.write_bytes(body + b'{"$distinct_id": "half a')
        case "shorter":
            lines.write_bytes(body[:-10])
        case "other bytes":
            half = len(body) // 2
            lines.write_bytes(body[:half] + b"\0" * 100 + body[half + 100 :])
        case _:
            state.write_bytes(state.read_bytes()[:-10])
    totals = client.profiles.to_file(path, output_properties=LITTLE, format=format)
    assert content(path) == SAMPLE
    assert totals.found == (2 if damage == "longer" else 0)


def test_behaviors_are_looked_at_at_one_time_whenever_it_goes_on(
    client: Any, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sandbox refuses a page whose as_of_timestamp is not that of the first."""
    query: dict[str, Any] = {
        "where": 'behaviors["x"] == 0',
        "behaviors": [{"name": "x", "window": "30d", "event_selectors": [{"event": "Purchase"}]}],
    }
    path = tmp_path / "people.jsonl.gz"
    stopped(client, path, 1, **query)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 100)
    assert client.profiles.to_file(path, output_properties=LITTLE, **query).found == 1
    assert content(path) == SAMPLE


def test_a_session_lost_on_the_way_leaves_no_mixture(client: Any, sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "people.jsonl.gz"
    sandbox.faults.add(None, LOST, path="/engage")
    assert client.profiles.to_file(path, output_properties=LITTLE).restarts == 1
    assert content(path) == SAMPLE


def test_two_processes_do_not_write_the_same_file(client: Any, tmp_path: Path) -> None:
    path = tmp_path / "people.jsonl.gz"

    def again(totals: ProfilesProgress) -> None:
        if totals.pages > 1:
            return
        with pytest.raises(DirectoryBusyError, match=r"people\.jsonl\.gz"):
            client.profiles.to_file(path, output_properties=LITTLE)

    client.profiles.to_file(path, output_properties=LITTLE, progress=again)
    assert content(path) == SAMPLE


def test_a_refusal_leaves_the_old_file(client: Any, sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "people.jsonl.gz"
    sandbox.faults.add(Fault.status(401), path="/engage", times=2)
    with pytest.raises(AuthenticationError):
        client.profiles.to_file(path, output_properties=LITTLE)
    assert list(tmp_path.iterdir()) == []
    path.write_bytes(b"before")
    with pytest.raises(AuthenticationError):
        client.profiles.to_file(path, output_properties=LITTLE)
    assert path.read_bytes() == b"before"
    client.profiles.to_file(path, output_properties=LITTLE)
    assert content(path) == SAMPLE


@pytest.mark.slow
def test_sessions_that_are_lost_again_and_again_are_given_up_on(connect: Connect, tmp_path: Path) -> None:
    with (
        Sandbox(limits=None, engage_session_seconds=0) as sandbox,
        pytest.raises(ProfilesIncompleteError),
    ):
        connect(sandbox).profiles.to_file(tmp_path / "people.jsonl", output_properties=LITTLE)
    assert not (tmp_path / "people.jsonl").exists()


def test_a_directory_is_refused_as_a_file(client: Any, sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(InvalidArgumentError, match="directory"):
        client.profiles.to_file(tmp_path)
    with pytest.raises(InvalidArgumentError, match="format"):
        client.profiles.to_file(tmp_path / "x", format="xml")
    assert len(sandbox.requests) == 0


def test_a_stream_gets_json_lines(client: Any, sandbox: Sandbox) -> None:
    sandbox.faults.add(None, LOST, path="/engage")
    stream = io.BytesIO()
    totals = client.profiles.to_stream(stream, output_properties=LITTLE)
    assert [json.loads(line) for line in stream.getvalue().split(b"\n")[:-1]] == SAMPLE
    assert (totals.profiles, totals.restarts) == (2150, 1)


def test_values_are_unchanged() -> None:
    sent = {
        "$distinct_id": 12345678901234567890123,
        "$properties": {"a": [1, {"b": None}], "c": "\u2028ä\ud800", "d": 0.1, "e": True},
        "new": "kept",
    }
    line = lines_of(batch_of(sent))
    assert line.count(b"\n") == 1
    assert json.loads(line) == sent
    assert "ä\u2028".encode() in lines_of(batch_of({"$distinct_id": "ä\u2028", "$properties": {}}))


# Pages as bytes, and the lines that files hold of their profiles.
PAGES: dict[str, tuple[bytes, list[bytes]]] = {
    "numbers": (
        b'[{"$distinct_id":"a","$properties":{"v":1e400,"w":[1.10,-0,12345678901234567.123]}}]',
        [b'{"$distinct_id":"a","$properties":{"v":1e400,"w":[1.10,-0,12345678901234567.123]}}'],
    ),
    "escapes": (
        b'[{"$distinct_id":"\\u00e9\\/","$properties":{"o":{"a":1,"a":2}}}, {"$distinct_id": 5}]',
        [b'{"$distinct_id":"\\u00e9\\/","$properties":{"o":{"a":1,"a":2}}}', b'{"$distinct_id": 5}'],
    ),
    "breaks": (
        b'[\r\n {"$distinct_id":\n "a",\r\n "$properties": {"v": 1.10}\n}\n]',
        [b'{"$distinct_id":  "a",   "$properties": {"v": 1.10} }'],
    ),
    # One that the native decoder refuses, and one that is no JSON, change nothing in the others.
    "beside half a surrogate pair": (
        b'[{"$distinct_id":"a","$properties":{"v":1.10}},{"$distinct_id":"b","$properties":{"w":"\\ud800"}}]',
        [
            b'{"$distinct_id":"a","$properties":{"v":1.10}}',
            b'{"$distinct_id":"b","$properties":{"w":"\\ud800"}}',
        ],
    ),
    "beside NaN": (
        b'[{"$distinct_id":"a","$properties":{"v":1.10}},{"$distinct_id":"b","$properties":{"w": NaN}}]',
        [b'{"$distinct_id":"a","$properties":{"v":1.10}}', b'{"$distinct_id":"b","$properties":{"w":null}}'],
    ),
    "repeated": (
        b'[{"$distinct_id":"a","v":1.10},{"$distinct_id":"a","v":2.20},{"$distinct_id":"b","v":3.30}]',
        [b'{"$distinct_id":"a","v":1.10}', b'{"$distinct_id":"b","v":3.30}'],
    ),
}


def client_of_page(results: bytes) -> MixpanelClient:
    body = b'{"page":0,"page_size":1000,"status":"ok","results":%b}' % results
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=body))
    return MixpanelClient(
        ServiceAccountAuth("user", "secret"), project_id=1, transport=transport, limits=None
    )


def test_files_hold_every_profile_as_it_was_sent(tmp_path: Path) -> None:
    for name, (page, lines) in PAGES.items():
        with client_of_page(page) as client:
            client.profiles.to_file(tmp_path / "p.jsonl")
            assert (tmp_path / "p.jsonl").read_bytes().splitlines() == lines, name
            stream = io.BytesIO()
            client.profiles.to_stream(stream)
            assert stream.getvalue().splitlines() == lines, name


def test_a_number_too_large_for_a_double_is_kept_in_columns(tmp_path: Path) -> None:
    """Once parsed, it is infinite, and its digits are lost."""
    page = b'[{"$distinct_id":"a","$properties":{"v":1e400,"w":{"x":-1e999},"d":1.5}},{"$distinct_id":"b"}]'
    with client_of_page(page) as client:
        client.profiles.to_file(tmp_path / "p.csv")
        client.profiles.to_file(tmp_path / "p.parquet")
    assert (tmp_path / "p.csv").read_text().splitlines() == [
        '"distinct_id","d","v","w"',
        '"a",1.5,"1e400","{""x"":-1e999}"',
        '"b",,,',
    ]


def test_a_number_too_large_is_named_where_its_text_is_unknown(tmp_path: Path) -> None:
    page = b'[{"$distinct_id":"a","$properties":{"v":1e400,"w":NaN}}]'
    with client_of_page(page) as client:
        for name in ("p.jsonl", "p.jsonl.gz", "p.parquet", "p.csv"):
            with pytest.raises(UnrepresentableError, match=r"property 'v' of the profile 'a'.*too large"):
                client.profiles.to_file(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def batch_of(*profiles: dict[str, Any]) -> Batch:
    return Batch(0, [*map(Profile.from_dict, profiles)], is_last=True)


def test_a_field_too_large_for_a_double_is_named() -> None:
    with pytest.raises(UnrepresentableError, match="the property 'new' of the profile 'b'"):
        lines_of(batch_of({"$distinct_id": "b", "$properties": {"v": 1.5}, "new": [math.inf]}))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_a_full_device_is_a_typed_error(client: Any) -> None:
    for format in ("jsonl", "jsonl.gz"):
        with pytest.raises(DiskFullError, match="/dev/full has no room left"):
            client.profiles.to_file("/dev/full", format=format, output_properties=LITTLE)

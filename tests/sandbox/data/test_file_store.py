"""A sandbox over exported files: every line is served unchanged, under its day."""

from __future__ import annotations

import datetime
import gzip
import json
import os
import random
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mixpanel_export import MixpanelClient
from mixpanel_export.errors import ConfigurationError
from mixpanel_export.sandbox import Fault, Sandbox
from mixpanel_export.sandbox.data import event_files
from mixpanel_export.sandbox.data.file_store import DerivedProfiles, FileEventStore

EXPORT = "/api/2.0/export"
FIRST, LAST = datetime.date(2023, 5, 1), datetime.date(2023, 5, 10)
MIDNIGHT = int(datetime.datetime(2023, 5, 1, tzinfo=datetime.UTC).timestamp())
ALWAYS = (datetime.date.min, datetime.date.max)


def line(number: int, time: float, size: int = 40, **properties: Any) -> bytes:
    about = {"time": time, "distinct_id": f"user-{number % 7}", "n": number, "x": "é" * size, **properties}
    return json.dumps({"event": f"E{number % 3}", "properties": about}, ensure_ascii=False).encode() + b"\n"


def ordered_lines(count: int, size: int = 40) -> list[bytes]:
    """Return ten days of events, in order."""
    return [line(number, MIDNIGHT + number * 864_000 // count, size) for number in range(count)]


def day_of(event: bytes) -> datetime.date:
    return datetime.datetime.fromtimestamp(json.loads(event)["properties"]["time"], datetime.UTC).date()


def served(store: FileEventStore, first: datetime.date, last: datetime.date) -> list[bytes]:
    return b"".join(store.lines(first, last)).splitlines(keepends=True)


@pytest.fixture
def opened() -> Iterator[Callable[[Path], FileEventStore]]:
    stores: list[FileEventStore] = []

    def open_store(path: Path) -> FileEventStore:
        stores.append(FileEventStore(path))
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()


Opened = Callable[[Path], FileEventStore]


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shrink the blocks, so that a small file has many of them."""
    monkeypatch.setattr(event_files, "_BLOCK", 8192)
    monkeypatch.setattr(event_files, "_BUFFERED", 40_000)
    monkeypatch.setattr(event_files, "_WORTH_A_READ", 1024)


def shuffled(lines: list[bytes]) -> list[bytes]:
    return random.Random(5).sample(lines, len(lines))


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("arranged", [list, shuffled])
@pytest.mark.parametrize("name", ["events.jsonl", "events.jsonl.gz"])
class TestEveryLineIsServed:
    def write(self, path: Path, lines: list[bytes]) -> Path:
        data = b"".join(lines)
        path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
        return path

    def test_once_and_as_it_was(
        self, tmp_path: Path, opened: Opened, name: str, arranged: Callable[[list[bytes]], list[bytes]]
    ) -> None:
        lines = ordered_lines(3000)
        store = opened(self.write(tmp_path / name, arranged(lines)))
        assert sorted(served(store, *ALWAYS)) == sorted(lines)
        if arranged is list:
            assert served(store, *ALWAYS) == lines
        assert store.days(*ALWAYS) == [FIRST + datetime.timedelta(days=n) for n in range(10)]
        assert sum(1 for _ in store.events(*ALWAYS)) == 3000

    def test_under_its_day(
        self, tmp_path: Path, opened: Opened, name: str, arranged: Callable[[list[bytes]], list[bytes]]
    ) -> None:
        lines = ordered_lines(3000)
        store = opened(self.write(tmp_path / name, arranged(lines)))
        first, last = datetime.date(2023, 5, 3), datetime.date(2023, 5, 4)
        expected = sorted(each for each in lines if first <= day_of(each) <= last)
        assert sorted(served(store, first, last)) == expected
        assert store.size(first, last) == sum(map(len, expected))

    def test_compressed_too(
        self, tmp_path: Path, opened: Opened, name: str, arranged: Callable[[list[bytes]], list[bytes]]
    ) -> None:
        store = opened(self.write(tmp_path / name, arranged(ordered_lines(3000))))
        for _ in range(2):
            for first, last in (ALWAYS, (FIRST, FIRST), (LAST, LAST)):
                stream = b"".join(store.gzipped(first, last))
                assert gzip.decompress(stream) == b"".join(store.lines(first, last))


class TestFiles:
    def test_a_folder_is_all_its_files_of_any_depth(self, tmp_path: Path, opened: Opened) -> None:
        lines = ordered_lines(400)
        (tmp_path / "deeper").mkdir()
        (tmp_path / "a.jsonl").write_bytes(b"".join(lines[:100]))
        (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(b"".join(lines[100:300])))
        (tmp_path / "deeper" / "c.jsonl").write_bytes(b"".join(lines[300:]))
        (tmp_path / "README.md").write_text("not events")
        (tmp_path / ".part.jsonl").write_text("half an eve")
        assert sorted(served(opened(tmp_path), *ALWAYS)) == sorted(lines)

    def test_gzip_is_recognised_whatever_the_name_and_the_members(
        self, tmp_path: Path, opened: Opened
    ) -> None:
        lines = ordered_lines(200)
        path = tmp_path / "export"
        path.write_bytes(gzip.compress(b"".join(lines[:90])) + gzip.compress(b"".join(lines[90:])))
        assert sorted(served(opened(path), *ALWAYS)) == sorted(lines)

    def test_blank_lines_and_a_missing_last_line_end_do_no_harm(self, tmp_path: Path, opened: Opened) -> None:
        lines = ordered_lines(20)
        path = tmp_path / "x.jsonl"
        path.write_bytes(b"\n".join(lines).removesuffix(b"\n"))
        assert sorted(served(opened(path), *ALWAYS)) == sorted(lines)

    def test_an_empty_file_has_no_events(self, tmp_path: Path, opened: Opened) -> None:
        (tmp_path / "x.jsonl").touch()
        store = opened(tmp_path)
        assert store.days(*ALWAYS) == []
        assert list(store.lines(*ALWAYS)) == []

    def test_lines_end_at_line_feeds_only(self, tmp_path: Path, opened: Opened) -> None:
        odd = line(1, MIDNIGHT, note="a\u2028b\u2029c\u0085d")
        (tmp_path / "x.jsonl").write_bytes(odd * 3)
        assert b"".join(opened(tmp_path).lines(*ALWAYS)) == odd * 3

    def test_half_a_surrogate_pair_is_legal(self, tmp_path: Path, opened: Opened) -> None:
        odd = b'{"event":"A","properties":{"time":%d,"distinct_id":"u","cut":"\\ud83d"}}\n' % MIDNIGHT
        (tmp_path / "x.jsonl").write_bytes(odd)
        store = opened(tmp_path)
        assert b"".join(store.lines(*ALWAYS)) == odd
        assert [event["properties"]["cut"] for event in store.events(*ALWAYS)] == ["\ud83d"]
        assert [profile["$distinct_id"] for profile in DerivedProfiles(store)] == ["u"]


class TestRefusing:
    def test_a_path_without_files_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match=r"contains no \.jsonl"):
            FileEventStore(tmp_path)
        with pytest.raises(ConfigurationError, match="does not exist"):
            FileEventStore(tmp_path / "none")

    @pytest.mark.usefixtures("small_blocks")
    @pytest.mark.parametrize("name", ["events.jsonl", "events.jsonl.gz"])
    @pytest.mark.parametrize(
        "wrong",
        [
            b"terminated early",
            b"{}",
            b"[1]",
            b'{"event": "A", "properties": {"time": "1"}}',
            b'{"event": "A", "properties": {"time": 1704077920000}}',
            b'{"event": "A", "properties": {"time": -5}}',
            b'{"event": 5, "properties": {"time": 5}}',
            b'{"event": "A", "properties": {"time": 5, "x": "\xff"}}',
            b'{"event": "A", "properties": {"time": 5}} {"event": "A", "properties": {"time": 5}}',
            b'{"event": "A", "prop',
        ],
    )
    def test_a_bad_line_is_named(self, tmp_path: Path, name: str, wrong: bytes) -> None:
        lines = ordered_lines(700)
        lines.insert(611, wrong + b"\n")
        data = b"".join(lines)
        (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        with pytest.raises(ConfigurationError, match=rf"{name}, line 612\b"):
            FileEventStore(tmp_path)

    @pytest.mark.parametrize("damage", [slice(0, -9), slice(0, 3000)])
    def test_a_damaged_gzip_file_is_named(self, tmp_path: Path, damage: slice) -> None:
        (tmp_path / "x.jsonl.gz").write_bytes(gzip.compress(b"".join(shuffled(ordered_lines(2000))))[damage])
        with pytest.raises(ConfigurationError, match=r"x\.jsonl\.gz"):
            FileEventStore(tmp_path)

    def test_a_sandbox_that_cannot_start_leaves_nothing(self, tmp_path: Path) -> None:
        before = len(os.listdir("/dev/fd"))  # noqa: PTH208
        for _ in range(3):
            with pytest.raises(ConfigurationError):
                Sandbox(events=tmp_path).start()
        assert len(os.listdir("/dev/fd")) == before  # noqa: PTH208

    def test_a_file_that_shrinks_while_served_breaks_the_response(self, tmp_path: Path) -> None:
        path = tmp_path / "x.jsonl"
        path.write_bytes(b"".join(line(n, MIDNIGHT, size=500) for n in range(3000)))
        with Sandbox(events=path, limits=None) as sandbox, client_of(sandbox) as client:
            os.truncate(path, 2_000_000)
            try:
                status = client.get(EXPORT, params=RANGE).status_code
            except httpx.TransportError:
                return
            assert status == 500


RANGE = {"from_date": str(FIRST), "to_date": str(LAST)}


def client_of(sandbox: Sandbox, encoding: str = "identity") -> httpx.Client:
    return httpx.Client(
        timeout=60,
        base_url=sandbox.url,
        auth=sandbox.auth,
        params={"project_id": sandbox.credentials.project_id},
        headers={"Accept-Encoding": encoding},
        verify=False,
    )


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """About four megabytes, most of them served in place."""
    path = tmp_path_factory.mktemp("own") / "events.jsonl"
    path.write_bytes(b"".join(ordered_lines(10_000, size=120)))
    return path


@pytest.fixture(scope="module")
def own(exported: Path) -> Iterator[Sandbox]:
    with Sandbox(events=exported, limits=None) as sandbox:
        yield sandbox


class TestServing:
    def test_the_export_is_the_file(self, own: Sandbox, exported: Path) -> None:
        with client_of(own) as client:
            answer = client.get(EXPORT, params=RANGE)
        assert answer.headers["content-type"].startswith("text/plain")
        assert "content-encoding" not in answer.headers
        assert answer.content == exported.read_bytes()

    @pytest.mark.parametrize("attempt", ["first", "again"])
    def test_so_it_is_compressed(self, own: Sandbox, exported: Path, attempt: str) -> None:
        with client_of(own, "gzip") as client:
            answer = client.get(EXPORT, params=RANGE)
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.content == exported.read_bytes()

    def test_a_day_without_events_is_an_empty_body(self, own: Sandbox) -> None:
        with client_of(own, "gzip") as client:
            answer = client.get(EXPORT, params={"from_date": "2020-01-01", "to_date": "2020-01-01"})
        assert (answer.status_code, answer.content) == (200, b"")
        assert "content-encoding" not in answer.headers

    def test_events_are_selected_and_reports_computed(self, own: Sandbox) -> None:
        with client_of(own, "gzip") as client:
            some = client.get(EXPORT, params=RANGE | {"event": '["E1"]', "limit": "5"})
            ours = client.get(EXPORT, params=RANGE | {"where": 'properties["n"] == 17', "time_in_ms": "true"})
        assert [json.loads(each)["event"] for each in some.content.splitlines()] == ["E1"] * 5
        (event,) = [json.loads(each) for each in ours.content.splitlines()]
        assert event["properties"]["n"] == 17
        assert event["properties"]["time"] > 10**12

    def test_the_client_gets_every_event(self, own: Sandbox) -> None:
        credentials = own.credentials
        with MixpanelClient(own.auth, project_id=credentials.project_id, base_url=own.url) as client:
            numbers = [event.properties["n"] for event in client.export.events(FIRST, FIRST)]
        assert sorted(numbers) == list(range(1000))

    def test_there_is_a_bare_profile_for_each_distinct_id(self, own: Sandbox) -> None:
        with client_of(own) as client:
            answer = client.post("/api/query/engage").json()
        assert answer["total"] == 7
        assert answer["results"][0] == {"$distinct_id": "user-0", "$properties": {}}

    def test_faults_and_bandwidth_are_for_own_events_too(self, own: Sandbox, exported: Path) -> None:
        own.faults.add(Fault.truncated_gzip(0.5), Fault.terminated_early(0.5))
        with client_of(own, "gzip") as client:
            with client.stream("GET", EXPORT, params=RANGE) as answer:
                body = b"".join(answer.iter_raw())
            with pytest.raises(EOFError):
                gzip.decompress(body)
            assert client.get(EXPORT, params=RANGE).content.endswith(b"}}\nterminated early\n")

    def test_nothing_is_left_behind(
        self, exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        before = len(os.listdir("/dev/fd"))  # noqa: PTH208
        with Sandbox(events=exported) as sandbox, client_of(sandbox, "gzip") as client:
            assert client.get(EXPORT, params=RANGE).status_code == 200
        assert list(tmp_path.iterdir()) == []
        # Connections of earlier tests may still be closing.
        assert len(os.listdir("/dev/fd")) <= before  # noqa: PTH208

    @pytest.mark.slow
    def test_memory_is_that_of_a_few_blocks(self, tmp_path: Path) -> None:
        path = tmp_path / "big.jsonl"
        day = b"".join(line(n, MIDNIGHT, size=200) for n in range(500))
        with path.open("wb") as file:
            for _ in range(100):
                file.write(day)
        size = path.stat().st_size
        assert size > 20_000_000
        tracemalloc.start()
        try:
            with Sandbox(events=path) as sandbox:
                for encoding in ("identity", "gzip"):
                    received = 0
                    with (
                        client_of(sandbox, encoding) as client,
                        client.stream("GET", EXPORT, params=RANGE) as answer,
                    ):
                        for chunk in answer.iter_bytes():
                            received += len(chunk)
                    assert received == size
            assert tracemalloc.get_traced_memory()[1] < 12_000_000
        finally:
            tracemalloc.stop()

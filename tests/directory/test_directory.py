"""`client.export.to_directory`: a directory with a manifest, which any later run can resume."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gzip
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

from mixpanel_export import (
    AsyncMixpanelClient,
    AuthenticationError,
    BudgetExhaustedError,
    DirectoryBusyError,
    DirectoryMismatchError,
    DiskFullError,
    ExportError,
    InvalidArgumentError,
    Limits,
    ManifestError,
    MixpanelClient,
    Quota,
    RetryPolicy,
    SliceFailedError,
)
from mixpanel_export.sandbox import Fault, Sandbox
from tests.waiting import assert_no_thread_is_left, ends_soon, settled
from tests.wire_server import Wire, answer, client_of

from .contents import events_in, expected, manifest_of, names_in

RANGE = ("2024-01-01", "2024-01-10")
DAY = ("2024-01-01", "2024-01-01")


def slices_asked(sandbox: Sandbox) -> list[tuple[str, str]]:
    """Return the days of the export requests since the last call, sorted."""
    asked = [dict(request.query) for request in sandbox.requests if request.path.endswith("/export")]
    sandbox.requests.clear()
    return sorted((query["from_date"], query["to_date"]) for query in asked)


class TestContents:
    def test_a_directory_holds_every_event_once(self, shop: MixpanelClient, tmp_path: Path) -> None:
        done = shop.export.to_directory(tmp_path / "a" / "b", *RANGE, slice_days=3)
        assert events_in(tmp_path / "a" / "b") == expected(shop, *RANGE)
        assert [path.name for path in done.files] == [
            "events_2024-01-01_2024-01-03.jsonl.gz",
            "events_2024-01-04_2024-01-06.jsonl.gz",
            "events_2024-01-07_2024-01-09.jsonl.gz",
            "events_2024-01-10_2024-01-10.jsonl.gz",
        ]
        assert (done.fetched, done.found) == (4, 0)
        assert done.bytes == sum(path.stat().st_size for path in done.files)
        assert done.events == done.progress.events == events_in(tmp_path / "a" / "b").total()

    @pytest.mark.parametrize("format", ["jsonl", "jsonl.gz"])
    @pytest.mark.parametrize("arrives", ["plain", "gzip"])
    @pytest.mark.parametrize("closed", [True, False])
    def test_files_hold_the_received_lines(
        self, wire: Wire, client: MixpanelClient, tmp_path: Path, format: Any, arrives: str, closed: bool
    ) -> None:
        text = b'{"event":"A","properties":{"s":"\xe2\x80\xa8"}}\n' * 500
        sent = text if closed else text[:-1]
        headers = ("Content-Encoding: gzip",) if arrives == "gzip" else ()
        wire.answers(gzip.compress(sent, 9) if arrives == "gzip" else sent, headers=headers)
        done = client.export.to_directory(tmp_path, *DAY, format=format)
        data = done.files[0].read_bytes()
        assert (gzip.decompress(data) if format == "jsonl.gz" else data) == text
        assert names_in(tmp_path) == {"manifest.json", f"events_2024-01-01_2024-01-01.{format}"}
        assert manifest_of(tmp_path)["slices"][0]["sha256"] == hashlib.sha256(data).hexdigest()

    def test_gzip_is_stored_as_received(self, wire: Wire, client: MixpanelClient, tmp_path: Path) -> None:
        body = gzip.compress(b'{"event":"A","properties":{}}\n' * 99, 9)
        wire.answers(body, headers=("Content-Encoding: gzip",))
        done = client.export.to_directory(tmp_path, *DAY)
        assert done.files[0].read_bytes() == body

    def test_a_day_without_events_has_a_file(
        self, wire: Wire, client: MixpanelClient, tmp_path: Path
    ) -> None:
        wire.answers(b"")
        done = client.export.to_directory(tmp_path, *DAY)
        assert gzip.decompress(done.files[0].read_bytes()) == b""
        assert events_in(tmp_path) == Counter()

    def test_filters_and_deduplication_apply(self, shop: MixpanelClient, tmp_path: Path) -> None:
        filters: dict[str, Any] = {"event": ["Purchase", "Sign Up"], "deduplicate": True, "time_in_ms": True}
        done = shop.export.to_directory(tmp_path, *RANGE, **filters)
        wanted = expected(shop, *RANGE, **filters)
        lines = [
            json.loads(line)
            for path in done.files
            for line in gzip.decompress(path.read_bytes()).split(b"\n")[:-1]
        ]
        assert len(lines) == wanted.total() == done.events
        assert done.dropped == sum(entry["dropped"] for entry in manifest_of(tmp_path)["slices"])
        assert {record["event"] for record in lines} == {"Purchase", "Sign Up"}

    def test_the_manifest_records_the_query(self, shop: MixpanelClient, tmp_path: Path) -> None:
        shop.export.to_directory(tmp_path, *RANGE, event="Purchase", where='properties["amount"] > 10')
        assert manifest_of(tmp_path)["query"] == {
            "project_id": 1234567,
            "from_date": "2024-01-01",
            "to_date": "2024-01-10",
            "format": "jsonl.gz",
            "event": ["Purchase"],
            "where": 'properties["amount"] > 10',
            "limit": None,
            "time_in_ms": False,
            "bucket": None,
            "deduplicate": False,
            "layout": None,
            "timezone": "UTC",
            "partition_by": None,
        }
        assert manifest_of(tmp_path)["complete"] is True

    @pytest.mark.parametrize("format", ["jsonl", "jsonl.gz"])
    def test_fields_reduce_the_events(
        self, shop: MixpanelClient, tmp_path: Path, format: Literal["jsonl", "jsonl.gz"]
    ) -> None:
        shop.export.to_directory(tmp_path, *DAY, format=format, fields=["price"])
        path = tmp_path / manifest_of(tmp_path)["slices"][0]["file"]
        text = gzip.decompress(path.read_bytes()) if format == "jsonl.gz" else path.read_bytes()
        records = [json.loads(line) for line in text.splitlines()]
        assert Counter(record["event"] for record in records) == Counter(
            event.name for event in shop.export.events(*DAY)
        )
        names = {name for record in records for name in record["properties"]}
        assert names == {"time", "distinct_id", "$insert_id", "price"}

    def test_failed_slices_are_retried(self, sandbox: Sandbox, shop: MixpanelClient, tmp_path: Path) -> None:
        faults = (Fault.reset(0.5), Fault.terminated_early(), Fault.status(503), Fault.truncated_gzip(0.9))
        sandbox.faults.add(*faults, path="/export")
        done = shop.export.to_directory(tmp_path, *RANGE, slice_days=3)
        assert done.progress.retries == 4
        assert events_in(tmp_path) == expected(shop, *RANGE)

    @pytest.mark.parametrize(
        "line",
        [
            b'{"event": "Half an ev',
            b'{"error": "Internal error", "status": "error"}',
            b'{"event": "A", "properties": {"n": 1}',
            b"terminated early",
            b"<html></html>",
            b"null",
            b"{}",
        ],
    )
    @pytest.mark.parametrize("at", [0, 7, 50])
    def test_a_malformed_line_fails_its_slice(
        self, wire: Wire, client: MixpanelClient, tmp_path: Path, line: bytes, at: int
    ) -> None:
        lines = [b'{"event":"A","properties":{"s":"\xe2\x80\xa8"}}'] * 50
        wire.answers(b"\n".join([*lines[:at], line, *lines[at:], b""]))
        with pytest.raises(ExportError):
            client.export.to_directory(tmp_path, *DAY)
        assert names_in(tmp_path) == {"manifest.json"}


class TestAgain:
    def test_a_second_run_makes_no_request(
        self, sandbox: Sandbox, shop: MixpanelClient, tmp_path: Path
    ) -> None:
        first = shop.export.to_directory(tmp_path, *RANGE, slice_days=1)
        before = {path.name: path.stat().st_mtime_ns for path in first.files}
        slices_asked(sandbox)
        again = shop.export.to_directory(tmp_path, *RANGE, parallel=2)
        assert slices_asked(sandbox) == []
        assert (again.fetched, again.found, again.events) == (0, 10, first.events)
        assert {path.name: path.stat().st_mtime_ns for path in again.files} == before

    def test_a_failed_run_keeps_its_complete_slices(self, sandbox: Sandbox, tmp_path: Path) -> None:
        sandbox.faults.add(None, None, Fault.status(403), path="/export")
        with client_of(sandbox) as shop:
            with pytest.raises(Exception, match="403"):
                shop.export.to_directory(tmp_path, *RANGE, slice_days=2, parallel=1)
            assert events_in(tmp_path) == expected(shop, "2024-01-01", "2024-01-04")
            assert manifest_of(tmp_path)["complete"] is False
            slices_asked(sandbox)
            done = shop.export.to_directory(tmp_path, *RANGE)
            # The days are small, as those that are complete show.
            assert slices_asked(sandbox) == [("2024-01-05", "2024-01-10")]
            assert (done.fetched, done.found) == (1, 2)
            assert events_in(tmp_path) == expected(shop, *RANGE)

    def test_a_failed_slice_is_named_and_leaves_no_file(self, sandbox: Sandbox, tmp_path: Path) -> None:
        sandbox.faults.add(Fault.half_line(0.9), path="/export", times=None)
        with client_of(sandbox) as shop, pytest.raises(SliceFailedError, match="2024-01-01"):
            shop.export.to_directory(tmp_path, *DAY)
        assert names_in(tmp_path) == {"manifest.json"}

    def test_a_run_with_other_fields_is_refused(
        self, sandbox: Sandbox, shop: MixpanelClient, tmp_path: Path
    ) -> None:
        shop.export.to_directory(tmp_path, *DAY, fields=["price", "plan"])
        assert manifest_of(tmp_path)["query"]["fields"] == ["price", "plan"]
        slices_asked(sandbox)
        others: list[dict[str, Any]] = [{}, {"fields": ["price"]}, {"fields": ["price", "currency"]}]
        for changes in others:
            with pytest.raises(DirectoryMismatchError, match=r'fields is \["price", "plan"\] there'):
                shop.export.to_directory(tmp_path, *DAY, **changes)
        assert shop.export.to_directory(tmp_path, *DAY, fields=("plan", "price")).fetched == 0
        assert slices_asked(sandbox) == []

    def test_an_export_of_all_fields_is_not_reduced_later(self, shop: MixpanelClient, tmp_path: Path) -> None:
        shop.export.to_directory(tmp_path, *DAY)
        assert "fields" not in manifest_of(tmp_path)["query"]
        with pytest.raises(DirectoryMismatchError, match=r'fields is not set there, and \["price"\] here'):
            shop.export.to_directory(tmp_path, *DAY, fields=["price"])

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"event": "Purchase"}, 'event is not set there, and ["Purchase"] here'),
            ({"where": 'properties["a"] == 1'}, "where is not set there"),
            ({"format": "jsonl"}, 'format is "jsonl.gz" there, and "jsonl" here'),
            ({"to_date": "2024-01-11"}, "to_date is 2024-01-10 there, and 2024-01-11 here"),
            ({"from_date": "2023-12-31"}, "from_date is 2024-01-01 there"),
            ({"limit": 7}, "limit is not set there"),
        ],
    )
    def test_another_query_is_refused_with_its_difference(
        self, sandbox: Sandbox, shop: MixpanelClient, tmp_path: Path, changes: dict[str, Any], said: str
    ) -> None:
        shop.export.to_directory(tmp_path, *RANGE)
        before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        slices_asked(sandbox)
        with pytest.raises(DirectoryMismatchError) as caught:
            shop.export.to_directory(tmp_path, **{"from_date": RANGE[0], "to_date": RANGE[1], **changes})
        assert said in str(caught.value)
        assert isinstance(caught.value, ValueError)
        assert len(caught.value.differences) == 1
        assert slices_asked(sandbox) == []
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before

    def test_overwrite_replaces_an_export(self, shop: MixpanelClient, tmp_path: Path) -> None:
        shop.export.to_directory(tmp_path, *RANGE)
        (tmp_path / "notes.txt").write_text("mine")
        done = shop.export.to_directory(tmp_path, *DAY, event="Purchase", overwrite=True, format="jsonl")
        assert names_in(tmp_path) == {"manifest.json", "notes.txt", "events_2024-01-01_2024-01-01.jsonl"}
        assert done.events == expected(shop, *DAY, event="Purchase").total()

    def test_overwrite_removes_unfinished_files(self, shop: MixpanelClient, tmp_path: Path) -> None:
        left = (
            ".events_2023-05-01_2023-05-02.jsonl.gz.part",
            ".events_2023-05-01_2023-05-02_r2.parquet.converted.part",
            ".date=2023-05-01.events_2023-05-01_2023-05-02.parquet.part",
        )
        for name in (*left, ".notes.part"):
            (tmp_path / name).write_text("half")
        shop.export.to_directory(tmp_path, *DAY, overwrite=True, format="jsonl")
        assert names_in(tmp_path) == {"manifest.json", ".notes.part", "events_2024-01-01_2024-01-01.jsonl"}

    def test_overwrite_with_invalid_arguments_removes_nothing(
        self, shop: MixpanelClient, tmp_path: Path
    ) -> None:
        shop.export.to_directory(tmp_path, *DAY)
        with pytest.raises(InvalidArgumentError):
            shop.export.to_directory(tmp_path, *DAY, limit=0, overwrite=True)
        assert events_in(tmp_path) == expected(shop, *DAY)

    def test_a_query_without_results_can_be_changed(
        self, sandbox: Sandbox, shop: MixpanelClient, tmp_path: Path
    ) -> None:
        sandbox.faults.add(Fault.status(400), path="/export")
        with pytest.raises(Exception, match="400"):
            shop.export.to_directory(tmp_path, *DAY, event="Purchas")
        shop.export.to_directory(tmp_path, *DAY, event="Purchase")
        assert events_in(tmp_path) == expected(shop, *DAY, event="Purchase")


class TestDamage:
    @pytest.fixture
    def folder(self, shop: MixpanelClient, tmp_path: Path) -> Path:
        shop.export.to_directory(tmp_path, *RANGE, slice_days=4)
        return tmp_path

    @pytest.mark.parametrize("verify", [False, True])
    @pytest.mark.parametrize("damage", ["missing", "shorter", "longer"])
    @pytest.mark.sampled(2)
    def test_a_missing_or_resized_file_is_fetched_again(
        self, sandbox: Sandbox, shop: MixpanelClient, folder: Path, damage: str, verify: bool
    ) -> None:
        victim = folder / "events_2024-01-05_2024-01-08.jsonl.gz"
        before = victim.read_bytes()
        if damage == "missing":
            victim.unlink()
        else:
            victim.write_bytes(before[:-1] if damage == "shorter" else before + b"x")
        slices_asked(sandbox)
        done = shop.export.to_directory(folder, *RANGE, verify=verify)
        assert slices_asked(sandbox) == [("2024-01-05", "2024-01-08")]
        assert list(done.damaged) == [victim.name]
        assert victim.exists()
        assert events_in(folder) == expected(shop, *RANGE)

    def test_verify_finds_a_single_flipped_bit(self, shop: MixpanelClient, folder: Path) -> None:
        victim = folder / "events_2024-01-01_2024-01-04.jsonl.gz"
        data = bytearray(victim.read_bytes())
        data[len(data) // 2] ^= 1
        victim.write_bytes(data)
        assert shop.export.to_directory(folder, *RANGE).fetched == 0
        done = shop.export.to_directory(folder, *RANGE, verify=True)
        assert done.damaged == {victim.name: "does not match its checksum"}
        assert (done.fetched, done.found) == (1, 2)
        assert events_in(folder) == expected(shop, *RANGE)

    def test_a_damaged_manifest_is_reported_and_replaceable(self, shop: MixpanelClient, folder: Path) -> None:
        (folder / "manifest.json").write_bytes(b'{"version": 1, "que')
        with pytest.raises(ManifestError, match=r"manifest\.json.*damaged.*overwrite"):
            shop.export.to_directory(folder, *RANGE)
        shop.export.to_directory(folder, *RANGE, overwrite=True)
        assert events_in(folder) == expected(shop, *RANGE)

    def test_slices_without_a_manifest_are_left_alone(self, shop: MixpanelClient, folder: Path) -> None:
        (folder / "manifest.json").unlink()
        before = names_in(folder)
        with pytest.raises(DirectoryMismatchError, match="no manifest"):
            shop.export.to_directory(folder, *RANGE)
        assert names_in(folder) == before

    def test_unknown_files_are_reported_and_left_alone(self, shop: MixpanelClient, folder: Path) -> None:
        foreign = {"events_2020-01-01_2020-01-02.jsonl.gz", ".hidden.part", "notes.txt"}
        for name in foreign:
            (folder / name).write_text("mine")
        done = shop.export.to_directory(folder, *RANGE, verify=True)
        assert done.unknown == ["events_2020-01-01_2020-01-02.jsonl.gz"]
        assert all((folder / name).read_text() == "mine" for name in foreign)


class TestOptions:
    def test_unknown_options_are_refused_with_the_known_ones(
        self, shop: MixpanelClient, tmp_path: Path
    ) -> None:
        days: dict[str, Any] = {"from_date": DAY[0], "to_date": DAY[1]}
        calls: list[Any] = [
            shop.export.to_directory,
            shop.export.update_directory,
            shop.export.plan,
            shop.export.plan_update,
        ]
        for call in calls:
            with pytest.raises(InvalidArgumentError, match=r"partition.*partition_by") as caught:
                call(path=tmp_path / "new", **days, partition="date")
            assert caught.value.argument == "partition"
        with pytest.raises(InvalidArgumentError, match=r"partition.*partition_by"):
            shop.export.plan(*DAY, **{"partition": "date"})  # type: ignore[arg-type]
        assert not (tmp_path / "new").exists()

    def test_an_unknown_format_is_refused_without_a_directory(self, shop: MixpanelClient) -> None:
        with pytest.raises(InvalidArgumentError, match="'parquet'"):
            shop.export.plan(*DAY, format="xlsx")  # type: ignore[arg-type]


class TestPlan:
    def test_a_dry_run_sends_and_changes_nothing(
        self, sandbox: Sandbox, shop: MixpanelClient, tmp_path: Path
    ) -> None:
        plan = shop.export.plan(*RANGE, path=tmp_path / "new", slice_days=4)
        assert [str(entry) for entry in plan.slices] == [
            "2024-01-01 to 2024-01-04",
            "2024-01-05 to 2024-01-08",
            "2024-01-09 to 2024-01-10",
        ]
        assert (plan.requests, plan.days, plan.done, plan.per_hour) == (3, 10, [], None)
        assert not (tmp_path / "new").exists()
        assert len(sandbox.requests) == 0

    def test_a_plan_reports_complete_and_damaged_slices(self, shop: MixpanelClient, tmp_path: Path) -> None:
        shop.export.to_directory(tmp_path, *RANGE, slice_days=4)
        gone = tmp_path / "events_2024-01-05_2024-01-08.jsonl.gz"
        gone.unlink()
        before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        plan = shop.export.plan(*RANGE, path=tmp_path)
        assert [str(entry) for entry in plan.slices] == ["2024-01-05 to 2024-01-08"]
        assert [entry.events > 0 for entry in plan.done] == [True, True]
        assert plan.damaged == {gone.name: "is missing"}
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before

    def test_a_plan_of_a_complete_directory_fetches_nothing(
        self, shop: MixpanelClient, tmp_path: Path
    ) -> None:
        shop.export.to_directory(tmp_path, *RANGE)
        for plan in (
            shop.export.plan(*RANGE, path=tmp_path, verify=True),
            shop.export.plan_update(tmp_path, to_date=RANGE[1], look_back=0),
        ):
            assert (plan.requests, plan.most_requests, plan.days) == (0, 0, 0)
            assert plan.reason == "all days are complete"
            assert [str(plan.from_date), str(plan.to_date)] == [*RANGE]

    def test_a_plan_reports_the_used_budget(self, sandbox: Sandbox) -> None:
        with client_of(sandbox, limits=Limits(shared=False)) as client:
            assert client.export.plan("2024-01-01", "2024-01-02").used == 0
            list(client.export.events("2024-01-01", "2024-01-02"))
            plan = client.export.plan("2024-01-01", "2024-03-30", slice_days=1)
            assert (plan.per_hour, plan.used, plan.requests) == (60, 1, 90)
            assert plan.hours_to_wait == 1

    def test_a_plan_refuses_another_query(self, shop: MixpanelClient, tmp_path: Path) -> None:
        shop.export.to_directory(tmp_path, *DAY)
        with pytest.raises(DirectoryMismatchError):
            shop.export.plan(*DAY, path=tmp_path, event="Purchase")


class TestTwoProcesses:
    def test_a_second_process_is_refused_and_breaks_nothing(self, sandbox: Sandbox, tmp_path: Path) -> None:
        sandbox.faults.add(Fault.stall(), path="/export")
        with client_of(sandbox) as shop, exporting(sandbox, tmp_path) as first:
            wait_for(tmp_path, ".part")
            with pytest.raises(DirectoryBusyError, match=f"process {first.pid} on "):
                shop.export.to_directory(tmp_path, *DAY)
            with pytest.raises(DirectoryBusyError):
                shop.export.to_directory(tmp_path, *DAY, overwrite=True)
            assert shop.export.plan(*DAY, path=tmp_path).requests == 1
            first.send_signal(signal.SIGKILL)
            first.wait(10)
            assert ".lock" in names_in(tmp_path)
            done = shop.export.to_directory(tmp_path, *DAY)
            assert done.fetched == 1
            assert events_in(tmp_path) == expected(shop, *DAY)

    def test_concurrent_exports_fetch_each_slice_once(self, sandbox: Sandbox, tmp_path: Path) -> None:
        outcomes: list[object] = []

        def export() -> None:
            with client_of(sandbox) as client:
                try:
                    outcomes.append(client.export.to_directory(tmp_path, *DAY).fetched)
                except DirectoryBusyError as error:
                    outcomes.append(error)

        threads = [threading.Thread(target=export) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert outcomes.count(1) == 1
        assert all(outcome in (0, 1) or isinstance(outcome, DirectoryBusyError) for outcome in outcomes)
        with client_of(sandbox) as client:
            assert events_in(tmp_path) == expected(client, *DAY)

    def test_a_path_to_a_file_is_refused(self, shop: MixpanelClient, tmp_path: Path) -> None:
        (tmp_path / "x").write_text("mine")
        with pytest.raises(InvalidArgumentError, match="a directory"):
            shop.export.to_directory(tmp_path / "x", *DAY)


@contextlib.contextmanager
def exporting(sandbox: Sandbox, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = ["events", "--from", DAY[0], "--to", DAY[1], "--output", str(folder)]
    process = subprocess.Popen(
        [sys.executable, "-c", "from mixpanel_export.cli import main; main()", *command],
        env={**os.environ, **sandbox.environment},
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def wait_for(folder: Path, ending: str) -> None:
    def is_there() -> bool:
        return folder.is_dir() and any(name.endswith(ending) for name in names_in(folder))

    assert settled(is_there, 20)


FULL = """
import resource, signal, sys
from mixpanel_export import DiskFullError, MixpanelClient, ServiceAccountAuth
folder, url, name, secret, project = sys.argv[1:]
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
auth = ServiceAccountAuth(name, secret)
try:
    with MixpanelClient(auth, project_id=project, base_url=url, limits=None) as client:
        client.export.to_directory(folder, "2024-01-01", "2024-01-10", slice_days=5)
except DiskFullError as error:
    print(error)
"""


class TestFullDisk:
    """A limit on file sizes fails the same calls as a full disk."""

    def test_a_full_disk_is_reported_and_the_next_run_resumes(
        self, sandbox: Sandbox, shop: MixpanelClient, tmp_path: Path
    ) -> None:
        credentials = sandbox.credentials
        account, project = (credentials.username, credentials.secret), credentials.project_id
        done = subprocess.run(
            [sys.executable, "-c", FULL, str(tmp_path), sandbox.url, *account, str(project)],
            capture_output=True,
            check=True,
            timeout=60,
        )
        assert str(tmp_path) in done.stdout.decode()
        assert "no room left" in done.stdout.decode()
        assert done.stderr == b""
        assert names_in(tmp_path) == {"manifest.json"}
        shop.export.to_directory(tmp_path, *RANGE)
        assert events_in(tmp_path) == expected(shop, *RANGE)

    @pytest.mark.parametrize("allowed", range(10))
    @pytest.mark.sampled(3)
    def test_a_disk_that_is_full_at_fsync_is_reported(
        self, shop: MixpanelClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allowed: int
    ) -> None:
        """Some file systems report a full disk only then."""
        real, calls = os.fsync, iter(range(1000))

        def fsync(descriptor: int) -> None:
            if next(calls) >= allowed:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            real(descriptor)

        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", fsync)
            with pytest.raises(DiskFullError, match="No space left"):
                shop.export.to_directory(tmp_path, "2024-01-01", "2024-01-02", slice_days=1, parallel=1)
        assert not any(name.endswith(".part") for name in names_in(tmp_path))
        if (tmp_path / "manifest.json").exists():
            events_in(tmp_path, stray=True)
        shop.export.to_directory(tmp_path, "2024-01-01", "2024-01-02")
        assert events_in(tmp_path) == expected(shop, "2024-01-01", "2024-01-02")


class TestAsync:
    def test_an_async_client_exports_and_updates(
        self, sandbox: Sandbox, shop: MixpanelClient, tmp_path: Path
    ) -> None:
        async def run() -> tuple[int, int, int]:
            async with async_client_of(sandbox) as client:
                plan = await client.export.plan(*RANGE, path=tmp_path)
                done = await client.export.to_directory(tmp_path, *RANGE)
                more = await client.export.plan_update(tmp_path, to_date="2024-01-12")
                updated = await client.export.update_directory(tmp_path, to_date="2024-01-12")
                assert updated.fetched == more.requests
                return plan.requests, done.fetched, updated.fetched

        assert asyncio.run(run()) == (3, 3, 2)
        assert events_in(tmp_path) == expected(shop, "2024-01-01", "2024-01-12")

    def test_a_cancelled_export_ends_at_once_and_can_resume(
        self, sandbox: Sandbox, shop: MixpanelClient, tmp_path: Path
    ) -> None:
        sandbox.faults.add(None, Fault.stall(), path="/export")

        async def run() -> None:
            async with async_client_of(sandbox) as client:
                task = asyncio.create_task(
                    client.export.to_directory(tmp_path, *RANGE, slice_days=5, parallel=1)
                )
                await asyncio.to_thread(wait_for, tmp_path, "events_2024-01-01_2024-01-05.jsonl.gz")
                await asyncio.sleep(0.1)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task

        # The stall lasts until the request's timeout, which is longer.
        with ends_soon():
            asyncio.run(run())
        assert_no_thread_is_left()
        assert events_in(tmp_path) == expected(shop, "2024-01-01", "2024-01-05")
        assert shop.export.to_directory(tmp_path, *RANGE).fetched == 1


def async_client_of(sandbox: Sandbox) -> AsyncMixpanelClient:
    return AsyncMixpanelClient(
        sandbox.auth, project_id=sandbox.credentials.project_id, base_url=sandbox.url, limits=None
    )


def test_a_listener_sees_slices_complete(sandbox: Sandbox, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    with client_of(sandbox) as client:
        client.export.to_directory(
            tmp_path, *RANGE, slice_days=5, progress=lambda p: seen.append((p.slices_done, p.slices))
        )
    assert seen == sorted(seen)
    assert seen[-1] == (2, 2)


def test_an_exhausted_budget_keeps_complete_slices(sandbox: Sandbox, tmp_path: Path) -> None:
    limits = Limits(export=Quota(per_hour=3), max_wait=0.0, shared=False)
    with client_of(sandbox, limits=limits) as client, pytest.raises(BudgetExhaustedError):
        client.export.to_directory(tmp_path, *RANGE, slice_days=1, parallel=1)
    assert len(manifest_of(tmp_path)["slices"]) == 3
    events_in(tmp_path)


def test_a_refusal_is_raised_at_once(wire: Wire, client: MixpanelClient, tmp_path: Path) -> None:
    wire.script = answer(b"{}", status="401 Unauthorized")
    with pytest.raises(AuthenticationError):
        client.export.to_directory(tmp_path, *DAY)
    assert names_in(tmp_path) == {"manifest.json"}
    assert RetryPolicy().attempts > 1
    assert len(wire.requests) == 1

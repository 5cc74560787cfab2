"""Directories in formats with columns: partitions, one final schema, and recovery after a kill."""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mixpanel_export import DirectoryMismatchError, InvalidArgumentError, ManifestError, MixpanelClient
from mixpanel_export.directory.manifest import Manifest
from mixpanel_export.sandbox import Fault, Sandbox
from tests.wire_server import client_of

from . import columnar
from .columnar import columns_in, day_of, served
from .contents import canonical, manifest_of
from .test_crashes import MANY, CrashError, crashing

DAYS = 6
RANGE = ("2024-01-01", f"2024-01-0{DAYS}")
SLICES: dict[str, Any] = {"format": "parquet", "slice_days": 2, "parallel": 1}
PARTITIONED: dict[str, Any] = {**SLICES, "partition_by": "date"}


@pytest.fixture(autouse=True)
def _columnar(monkeypatch: pytest.MonkeyPatch) -> None:
    columnar.install(monkeypatch)


def project_of(tmp_path: Path, events: list[dict[str, Any]]) -> Sandbox:
    file = tmp_path / f"served-{len(events)}.jsonl"
    file.write_text("".join(json.dumps(event) + "\n" for event in events))
    return Sandbox(events=file, limits=None)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Sandbox]:
    with project_of(tmp_path, served(DAYS)) as sandbox:
        yield sandbox


@pytest.fixture
def client(project: Sandbox) -> Iterator[MixpanelClient]:
    with client_of(project) as client:
        yield client


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "out"


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def checked(folder: Path, *, stray: bool = False, final: bool = True) -> Counter[str]:
    """Return the events of a directory, and check that its files match its manifest.

    Args:
        final: the export is complete, so that all files have all columns.
    """
    manifest = Manifest.from_json((folder / "manifest.json").read_bytes())
    found: Counter[str] = Counter()
    for entry in manifest.slices:
        digests = b""
        for partition, contents in entry.files.items():
            path = folder / (entry.file if partition is None else f"date={partition}/{entry.file}")
            data = path.read_bytes()
            assert (len(data), hashlib.sha256(data).hexdigest()) == (contents.bytes, contents.sha256)
            digests += bytes.fromhex(contents.sha256)
            events = columnar.read(path)
            assert len(events) == contents.events
            assert partition is None or {day_of(event) for event in events} <= {partition}
            found.update(map(canonical, events))
            if final:
                assert columns_in(path) == [column["property"] for column in manifest.columns]
        if entry.partitions:
            assert entry.sha256 == hashlib.sha256(digests).hexdigest()
            assert entry.bytes == sum(partition.bytes for partition in entry.partitions)
            assert entry.events == sum(partition.events for partition in entry.partitions)
    if final:
        assert manifest_of(folder)["complete"] is True
        assert not manifest.transient_names
    if not stray:
        assert files_in(folder) == {"manifest.json", *manifest.paths}
        assert all(any(path.iterdir()) for path in folder.iterdir() if path.is_dir())
    return found


def wanted(days: int = DAYS, a_day: int = 7) -> Counter[str]:
    return Counter(map(canonical, served(days, a_day)))


class TestColumns:
    def test_all_files_have_all_columns_in_the_end(self, client: MixpanelClient, folder: Path) -> None:
        done = client.export.to_directory(folder, *RANGE, **SLICES)
        assert checked(folder) == wanted()
        assert [path.name for path in done.files] == [
            "events_2024-01-01_2024-01-02_r2.parquet",
            "events_2024-01-03_2024-01-04_r2.parquet",
            "events_2024-01-05_2024-01-06.parquet",
        ]

    def test_a_second_run_changes_nothing(
        self, project: Sandbox, client: MixpanelClient, folder: Path
    ) -> None:
        client.export.to_directory(folder, *RANGE, **SLICES)
        before = {name: (folder / name).stat().st_mtime_ns for name in files_in(folder) - {"manifest.json"}}
        project.requests.clear()
        assert client.export.to_directory(folder, *RANGE, **SLICES).fetched == 0
        assert len(project.requests) == 0
        assert checked(folder) == wanted()
        assert before.items() == {name: (folder / name).stat().st_mtime_ns for name in before}.items()

    def test_an_interrupted_export_is_not_complete(
        self, project: Sandbox, client: MixpanelClient, folder: Path
    ) -> None:
        project.faults.add(None, None, Fault.status(403), path="/export")
        with pytest.raises(Exception, match="403"):
            client.export.to_directory(folder, *RANGE, **SLICES)
        assert manifest_of(folder)["complete"] is False
        checked(folder, final=False)
        assert client.export.to_directory(folder, *RANGE, **SLICES).fetched == 1
        assert checked(folder) == wanted()

    def test_an_update_adds_its_columns_to_all_files(self, tmp_path: Path, folder: Path) -> None:
        with project_of(tmp_path, served(DAYS)) as before, client_of(before) as client:
            client.export.to_directory(folder, *RANGE, **PARTITIONED)
        with project_of(tmp_path, served(DAYS + 2)) as after, client_of(after) as client:
            done = client.export.update_directory(folder, to_date="2024-01-08", look_back=1)
        assert checked(folder) == wanted(DAYS + 2)
        assert (done.fetched, done.unknown) == (1 + 1, [])

    def test_a_failed_conversion_leaves_no_files(
        self, client: MixpanelClient, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = columnar.Conversion.convert

        def failing(self: Any, spool: Any, part: Callable[[str | None], Path]) -> Any:
            real(self, spool, part)
            raise RuntimeError("no such kind")

        monkeypatch.setattr(columnar.Conversion, "convert", failing)
        with pytest.raises(RuntimeError, match="no such kind"):
            client.export.to_directory(folder, *RANGE, **PARTITIONED)
        assert files_in(folder) == {"manifest.json"}

    def test_a_missing_package_fails_before_anything_is_made(
        self, client: MixpanelClient, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def missing(*given: Any) -> None:
            raise ImportError("arrow")

        monkeypatch.setattr(sys.modules[columnar.MODULE], "conversion_for", missing)
        with pytest.raises(ImportError, match="arrow"):
            client.export.to_directory(folder, *RANGE, **SLICES)
        assert not folder.exists()


class TestPartitions:
    def test_each_day_has_its_folder(self, client: MixpanelClient, folder: Path) -> None:
        done = client.export.to_directory(folder, *RANGE, **PARTITIONED)
        assert checked(folder) == wanted()
        assert [str(path.relative_to(folder)) for path in done.files] == [
            "date=2024-01-01/events_2024-01-01_2024-01-02_r2.parquet",
            "date=2024-01-02/events_2024-01-01_2024-01-02_r2.parquet",
            "date=2024-01-03/events_2024-01-03_2024-01-04_r2.parquet",
            "date=2024-01-04/events_2024-01-03_2024-01-04_r2.parquet",
            "date=2024-01-05/events_2024-01-05_2024-01-06.parquet",
            "date=2024-01-06/events_2024-01-05_2024-01-06.parquet",
        ]
        assert done.unknown == []

    def test_a_day_without_events_has_its_file(self, client: MixpanelClient, folder: Path) -> None:
        done = client.export.to_directory(folder, "2023-12-01", "2023-12-01", **PARTITIONED)
        assert [str(path.relative_to(folder)) for path in done.files] == [
            "date=2023-12-01/events_2023-12-01_2023-12-01.parquet"
        ]
        assert checked(folder) == Counter()

    @pytest.mark.parametrize("damage", ["missing", "longer", "flipped"])
    def test_a_damaged_partition_makes_its_slice_due(
        self, client: MixpanelClient, folder: Path, damage: str
    ) -> None:
        done = client.export.to_directory(folder, *RANGE, **PARTITIONED)
        victim = done.files[3]
        data = victim.read_bytes()
        if damage == "missing":
            victim.unlink()
        else:
            victim.write_bytes(data + b"\n" if damage == "longer" else bytes([data[0] ^ 1]) + data[1:])
        plan = client.export.plan(*RANGE, path=folder, verify=True, **PARTITIONED)
        assert [str(entry) for entry in plan.slices] == ["2024-01-03 to 2024-01-04"]
        again = client.export.to_directory(folder, *RANGE, verify=True, **PARTITIONED)
        assert list(again.damaged) == [victim.name]
        assert "2024-01-04" in again.damaged[victim.name]
        assert checked(folder) == wanted()

    def test_overwrite_removes_empty_partition_folders(self, client: MixpanelClient, folder: Path) -> None:
        client.export.to_directory(folder, *RANGE, **PARTITIONED)
        (folder / "date=2024-01-02" / "notes.txt").write_text("mine")
        client.export.to_directory(folder, RANGE[0], RANGE[0], overwrite=True, **PARTITIONED)
        assert files_in(folder) == {
            "manifest.json",
            "date=2024-01-01/events_2024-01-01_2024-01-01.parquet",
            "date=2024-01-02/notes.txt",
        }
        assert not (folder / "date=2024-01-03").exists()

    @pytest.mark.parametrize("value", ["../2024-01-01", "..", "2024-1-1", "", "2024-01-01/x"])
    def test_an_invalid_partition_is_damage(self, client: MixpanelClient, folder: Path, value: str) -> None:
        client.export.to_directory(folder, *RANGE, **PARTITIONED)
        manifest = manifest_of(folder)
        manifest["slices"][0]["partitions"][0]["value"] = value
        (folder / "manifest.json").write_text(json.dumps(manifest))
        with pytest.raises(ManifestError, match="damaged"):
            client.export.to_directory(folder, *RANGE, **PARTITIONED)


class TestArguments:
    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"layout": "wide"}, "layout.*parquet and csv.*jsonl.gz"),
            ({"partition_by": "date", "format": "jsonl"}, "partition_by.*parquet and csv.*jsonl"),
            ({"layout": "tall", "format": "csv"}, "layout: expected one of 'wide', 'json', got 'tall'"),
            ({"partition_by": "hour", "format": "csv"}, "partition_by: expected one of 'date', got 'hour'"),
            ({"format": "xlsx"}, "'parquet', 'csv'"),
        ],
    )
    def test_conflicting_options_are_refused(
        self, client: MixpanelClient, folder: Path, given: dict[str, Any], said: str
    ) -> None:
        for call in (client.export.to_directory, client.export.plan):
            with pytest.raises(InvalidArgumentError, match=said):
                call(**{"path": folder, "from_date": RANGE[0], "to_date": RANGE[1], **given})
        assert not folder.exists()

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"layout": "json"}, 'layout is "wide" there, and "json" here'),
            ({"partition_by": "date"}, 'partition_by is not set there, and "date" here'),
        ],
    )
    def test_another_layout_is_another_export(
        self, client: MixpanelClient, folder: Path, changes: dict[str, Any], said: str
    ) -> None:
        client.export.to_directory(folder, *RANGE, **SLICES)
        for call in (client.export.to_directory, client.export.update_directory):
            with pytest.raises(DirectoryMismatchError, match=said):
                call(folder, from_date=RANGE[0], to_date=RANGE[1], **{**SLICES, **changes})

    def test_another_time_zone_is_another_export(
        self, project: Sandbox, client: MixpanelClient, folder: Path
    ) -> None:
        client.export.to_directory(folder, *RANGE, **SLICES)
        with (
            client_of(project, timezone="Europe/Berlin") as other,
            pytest.raises(DirectoryMismatchError, match='timezone is "UTC" there, and "Europe/Berlin" here'),
        ):
            other.export.to_directory(folder, *RANGE, **SLICES)

    def test_lines_do_not_depend_on_the_time_zone(
        self, project: Sandbox, client: MixpanelClient, folder: Path
    ) -> None:
        client.export.to_directory(folder, *RANGE)
        with client_of(project, timezone="Europe/Berlin") as other:
            assert other.export.to_directory(folder, *RANGE).fetched == 0


SliceStream = Callable[[MixpanelClient, Path], object]


def export(client: MixpanelClient, folder: Path) -> object:
    return client.export.to_directory(folder, "2024-01-01", "2024-01-04", **PARTITIONED)


def update(client: MixpanelClient, folder: Path) -> object:
    return client.export.update_directory(folder, to_date="2024-01-05", look_back=1, slice_days=1, parallel=1)


def nothing(client: MixpanelClient, folder: Path) -> None:
    pass


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize(
    ("prepare", "run", "days"),
    [(nothing, export, 4), pytest.param(export, update, 5, marks=pytest.mark.slow)],
)
@pytest.mark.slow
def test_a_run_recovers_from_a_crash_at_any_disk_write(
    client: MixpanelClient, tmp_path: Path, prepare: SliceStream, run: SliceStream, days: int
) -> None:
    for allowed in range(MANY):
        folder = tmp_path / str(allowed)
        prepare(client, folder)
        with crashing(folder, allowed) as crasher:
            with contextlib.suppress(CrashError):
                run(client, folder)
            ended_early = crasher.left == 0
        if (folder / "manifest.json").exists():
            found = checked(folder, stray=True, final=False)
            assert found.total() == len(found)
        run(client, folder)
        assert checked(folder) == wanted(days), f"after {allowed} changes: {crasher.order}"
        if not ended_early:
            break
    assert 30 < allowed < MANY


EXPORT = """
import sys
from mixpanel_export import MixpanelClient, ServiceAccountAuth
from tests.directory import columnar
columnar.install()
folder, url, name, secret, project = sys.argv[1:]
auth = ServiceAccountAuth(name, secret)
with MixpanelClient(auth, project_id=project, base_url=url, limits=None) as client:
    print("ready", flush=True)
    client.export.to_directory(
        folder, "2024-01-01", "2024-01-20", format="parquet", partition_by="date", slice_days=2, parallel=3
    )
"""


@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.slow)])
@pytest.mark.slow
def test_an_export_survives_random_kills(tmp_path: Path, folder: Path, kills: int) -> None:
    chance = random.Random()
    with project_of(tmp_path, served(20, 300)) as project, client_of(project) as client:
        who = project.credentials
        arguments = [str(folder), project.url, who.username, who.secret, str(who.project_id)]
        for _ in range(kills):
            with subprocess.Popen(
                [sys.executable, "-c", EXPORT, *arguments], stdout=subprocess.PIPE
            ) as process:
                assert process.stdout is not None
                process.stdout.readline()
                time.sleep(chance.uniform(0.0, 0.6))
                process.send_signal(signal.SIGKILL)
            if (folder / "manifest.json").exists():
                assert checked(folder, stray=True, final=False) <= wanted(20, 300)
        client.export.to_directory(folder, "2024-01-01", "2024-01-20", format="parquet", partition_by="date")
        assert checked(folder) == wanted(20, 300)

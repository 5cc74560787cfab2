"""Mounts that lack locks, syncs or permissions; links, pipes and what killed runs have left."""

from __future__ import annotations

import errno
import fcntl
import gzip
import os
import re
import stat
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mixpanel_export import (
    BudgetExhaustedError,
    DirectoryBusyError,
    DiskFullError,
    ExportError,
    InvalidArgumentError,
    Limits,
    MixpanelClient,
    Quota,
)
from mixpanel_export._atomic import AtomicFile, disk_errors
from mixpanel_export.http.limits import BudgetWarning
from mixpanel_export.sandbox import Sandbox
from tests.anywhere import refusals
from tests.anywhere.places import UID, output_of, run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX")

DAYS = ("2024-01-01", "2024-01-02")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[MixpanelClient]:
    refusals.forget_warnings(monkeypatch)
    with sandbox.client(limits=None) as client:
        yield client


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]


def check_whole(client: MixpanelClient, folder: Path, to_date: str) -> None:
    """Check that the directory is complete: nothing is fetched again."""
    assert client.export.to_directory(folder, "2024-01-01", to_date, verify=True).fetched == 0


# What a mount lacks.


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOTTY, errno.EOPNOTSUPP, errno.ENOSYS])
@pytest.mark.sampled(1)
def test_exports_go_on_without_locks(
    number: int,
    client: MixpanelClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    refusals.no_locks(monkeypatch, number)
    client.export.to_directory(tmp_path / "events", *DAYS)
    client.export.to_directory(tmp_path / "events", "2024-01-01", "2024-01-03", overwrite=True)
    assert warnings_in(caplog) == [
        f"{tmp_path / 'events'}: this mount has no locks, so nothing keeps two exports from writing here at "
        "the same time; run one at a time"
    ]
    check_whole(client, tmp_path / "events", "2024-01-03")
    client.export.to_file(tmp_path / "events.jsonl", *DAYS)


@pytest.mark.parametrize("number", [errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS])
@pytest.mark.sampled(1)
def test_exports_go_on_without_sync_of_folders(
    number: int,
    client: MixpanelClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    refusals.no_sync_of_folders(monkeypatch, number)
    folder = tmp_path / "events"
    folder.mkdir()
    client.export.to_directory(folder, *DAYS)
    assert [warning.partition(" so ")[2].partition(" that ")[0] for warning in warnings_in(caplog)] == [
        "a power cut may lose files"
    ]
    client.export.to_file(tmp_path / "events.jsonl", *DAYS)
    client.profiles.to_file(tmp_path / "profiles.jsonl")
    assert len(warnings_in(caplog)) == 2


def test_files_appear_without_chmod(
    client: MixpanelClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    refusals.no_modes(monkeypatch)
    client.export.to_file(tmp_path / "a.jsonl", *DAYS)
    client.export.to_file(tmp_path / "b.jsonl", *DAYS)
    assert len(warnings_in(caplog)) == 1
    assert "cannot change permissions" in warnings_in(caplog)[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "b.jsonl"]


def test_disk_errors_are_no_missing_feature(
    client: MixpanelClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals.no_sync_of_folders(monkeypatch, errno.EIO)
    with pytest.raises(OSError, match=f"Input/output error: '{tmp_path}'"):
        client.export.to_file(tmp_path / "events.jsonl", *DAYS)


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.EOPNOTSUPP, errno.EXDEV])
def test_a_mount_that_cannot_rename_is_named(
    number: int, client: MixpanelClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals.no_moves(monkeypatch, number)
    for export, target in (
        (client.export.to_directory, tmp_path / "events"),
        (client.export.to_file, tmp_path / "events.jsonl"),
    ):
        with pytest.raises(ExportError, match=f"^{target}.*: this mount cannot rename files"):
            export(target, *DAYS)
    with pytest.raises(ExportError, match="this mount cannot rename files"):
        client.profiles.to_file(tmp_path / "profiles.jsonl")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EFBIG])
def test_full_disks_are_named(number: int, tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    with pytest.raises(DiskFullError, match=re.escape(f"{tmp_path} has no room left")), AtomicFile(path):
        raise OSError(number, os.strerror(number))
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(DiskFullError) as raised, disk_errors(tmp_path):
        raise OSError(number, os.strerror(number))
    assert ("`ulimit -f`" in str(raised.value)) is (number == errno.EFBIG)


# Locks.


def test_refused_locks_are_not_busy(
    client: MixpanelClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals.no_locks(monkeypatch, errno.EACCES)
    with pytest.raises(PermissionError, match=f"'{tmp_path / 'events' / '.lock'}'"):
        client.export.to_directory(tmp_path / "events", *DAYS)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.ENOLCK, errno.EIO])
def test_refused_locks_leave_the_budget_to_the_process(
    number: int, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock that is refused is not one that another request holds, or calls would wait for ever."""
    monkeypatch.setattr("mixpanel_export.http.ledger._Warned.unshared", False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    refusals.no_locks(monkeypatch, number)
    # A budget of its own for each: this process keeps those it has.
    limits = Limits(query=Quota(per_hour=2, concurrent=number), max_wait=0)
    with sandbox.client(limits=limits) as client:
        with pytest.warns(BudgetWarning, match="for this process only"):
            client.funnels.list()
        client.funnels.list()
        with pytest.raises(BudgetExhaustedError):
            client.funnels.list()


@pytest.mark.slow
def test_directories_of_others_are_not_busy(tmp_path: Path) -> None:
    code = """
        import sys
        from mixpanel_export import DirectoryBusyError
        from mixpanel_export._locks import locked_directory
        from pathlib import Path
        try:
            with locked_directory(Path(sys.argv[1])):
                pass
        except PermissionError as error:
            print(error.strerror)
    """
    tmp_path.chmod(0o755)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    theirs = f"install -d -m 755 {tmp_path}/theirs && touch {tmp_path}/theirs/.lock"
    tmpfs = f"mount -t tmpfs tmpfs {tmp_path}"
    mounts = [tmpfs, theirs, f"mount -o remount,bind,ro {tmp_path}"]
    result = run(
        code, str(tmp_path / "theirs"), mounts=[tmpfs, theirs, f"chmod 0 {tmp_path}/theirs"], uid=UID
    )
    assert output_of(result) in {"Permission denied\n", ""}
    result = run(code.replace("PermissionError", "OSError"), str(tmp_path / "theirs"), mounts=mounts)
    assert output_of(result) == "Read-only file system\n"


def test_locks_of_live_processes_are_busy(client: MixpanelClient, tmp_path: Path) -> None:
    folder = tmp_path / "events"
    folder.mkdir()
    with (folder / ".lock").open("w") as lock:
        lock.write("process 1 on elsewhere")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(DirectoryBusyError, match="locked by process 1 on elsewhere"):
            client.export.to_directory(folder, *DAYS)
    client.export.to_directory(folder, *DAYS)
    assert not (folder / ".lock").exists()


# Links.


def test_a_link_that_leads_nowhere_is_told(client: MixpanelClient, tmp_path: Path) -> None:
    folder = tmp_path / "events"
    folder.symlink_to("/nonexistent/volume")
    with pytest.raises(
        InvalidArgumentError, match="this is a link to /nonexistent/volume, which does not exist"
    ):
        client.export.to_directory(folder, *DAYS)


def test_links_under_temporary_names_are_not_followed(client: MixpanelClient, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    folder = tmp_path / "events"
    client.export.to_directory(folder, *DAYS)
    names = [path.name for path in folder.iterdir() if path.suffix == ".gz"]
    for name in [".lock", ".manifest.json.part", *(f".{name}.part" for name in names)]:
        (folder / name).symlink_to(victim)
    client.export.to_directory(folder, *DAYS, overwrite=True)
    assert victim.read_text() == "mine"
    check_whole(client, folder, "2024-01-02")


def test_links_under_names_of_partitions_are_refused(client: MixpanelClient, tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "events"
    outside.mkdir()
    folder.mkdir()
    (folder / "date=2024-01-01").symlink_to(outside)
    with pytest.raises(InvalidArgumentError, match="date=2024-01-01 in it is a symbolic link"):
        client.export.to_directory(folder, *DAYS, format="parquet", partition_by="date")
    assert not list(outside.iterdir())


def test_files_and_folders_in_each_others_place_are_refused(client: MixpanelClient, tmp_path: Path) -> None:
    partition, manifest = tmp_path / "a" / "date=2024-01-01", tmp_path / "b" / "manifest.json"
    partition.parent.mkdir()
    partition.write_text("mine")
    manifest.mkdir(parents=True)
    for obstacle, overwrite in ((partition, False), (manifest, False), (manifest, True)):
        with pytest.raises(InvalidArgumentError, match=f"{obstacle.name} in it is a .*; remove it"):
            client.export.to_directory(
                obstacle.parent, *DAYS, format="parquet", partition_by="date", overwrite=overwrite
            )
    assert partition.read_text() == "mine"


def test_a_folder_in_place_of_a_listed_file_is_left_alone(client: MixpanelClient, tmp_path: Path) -> None:
    folder = tmp_path / "events"
    client.export.to_directory(folder, *DAYS)
    (name,) = [path.name for path in folder.iterdir() if path.suffix == ".gz"]
    (folder / name).unlink()
    (folder / name).mkdir()
    (folder / name / "mine").touch()
    plan = client.export.plan(*DAYS, path=folder, verify=True)
    assert plan.damaged == {name: "is missing"}
    for overwrite in (False, True, False):
        done = client.export.to_directory(folder, *DAYS, verify=True, overwrite=overwrite)
        assert [(folder / entry.file).is_file() for entry in done.manifest.slices] == [True]
        assert done.unknown == [name]
    assert (folder / name / "mine").exists()


def test_profiles_follow_no_links(client: MixpanelClient, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "lines").write_text("mine")
    (tmp_path / ".profiles.jsonl.part").symlink_to(outside)
    client.profiles.to_file(tmp_path / "profiles.jsonl")
    assert [path.name for path in outside.iterdir()] == ["lines"]
    assert (outside / "lines").read_text() == "mine"


# Pipes and devices.


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz", "parquet", "csv"])
@pytest.mark.sampled(1)
def test_files_that_are_pipes_are_written_to(ending: str, client: MixpanelClient, tmp_path: Path) -> None:
    pipe, plain = tmp_path / f"pipe.{ending}", tmp_path / f"plain.{ending}"
    os.mkfifo(pipe)
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_bytes()))
    reader.start()
    client.export.to_file(pipe, *DAYS)
    reader.join()
    client.export.to_file(plain, *DAYS)
    assert received == [plain.read_bytes()]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz"])
def test_profiles_are_written_to_pipes(ending: str, client: MixpanelClient, tmp_path: Path) -> None:
    pipe = tmp_path / f"pipe.{ending}"
    os.mkfifo(pipe)
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_bytes()))
    reader.start()
    done = client.profiles.to_file(pipe)
    reader.join()
    text = gzip.decompress(received[0]) if ending == "jsonl.gz" else received[0]
    assert text.count(b"\n") == done.profiles > 0
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_devices_are_written_to(client: MixpanelClient) -> None:
    client.export.to_file("/dev/null", *DAYS, format="jsonl")
    client.profiles.to_file("/dev/null", format="jsonl")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


# What killed runs leave.


def test_leftovers_of_killed_runs_are_removed(client: MixpanelClient, tmp_path: Path) -> None:
    (tmp_path / ".events.jsonl.abcd1234.part").write_text("half")
    (tmp_path / ".other.jsonl.abcd1234.part").write_text("half of another file")
    alive = tmp_path / ".events.jsonl.efgh5678.part"
    with alive.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        client.export.to_file(tmp_path / "events.jsonl", *DAYS)
        names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [".events.jsonl.efgh5678.part", ".other.jsonl.abcd1234.part", "events.jsonl"]

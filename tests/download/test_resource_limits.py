"""A process without open files, threads or memory gets a typed error, or goes on with less."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from mixpanel_export import MixpanelClient, ResourceLimitError, _temporary
from mixpanel_export._formats import FileFormat
from mixpanel_export._resources import limit_error, resource_limits
from mixpanel_export._temporary import spool_file, temporary_directory
from mixpanel_export.download.pool import SlicePool
from mixpanel_export.sandbox import Sandbox
from tests.wire_server import sandbox, shop

__all__ = ["sandbox", "shop"]

DAYS = ("2024-01-01", "2024-01-04")
EXPORTS: dict[str, Callable[[MixpanelClient, Path], Any]] = {
    "events": lambda client, path: list(client.export.events(*DAYS, slice_days=1)),
    "file": lambda client, path: client.export.to_file(path / "a.jsonl", *DAYS, slice_days=1),
    "directory": lambda client, path: client.export.to_directory(path / "d", *DAYS, slice_days=1),
    "profiles": lambda client, path: list(client.profiles.all()),
}


def few_threads(monkeypatch: pytest.MonkeyPatch, allowed: int) -> None:
    """Let only this many more threads start."""
    real, left = threading.Thread.start, [allowed]

    def start(thread: threading.Thread) -> None:
        if not thread.name.startswith("mixpanel-"):
            real(thread)
            return
        if not left[0]:
            raise RuntimeError("can't start new thread")
        left[0] -= 1
        real(thread)

    monkeypatch.setattr(threading.Thread, "start", start)


def test_no_thread_at_all_is_a_typed_error(
    shop: MixpanelClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few_threads(monkeypatch, 0)
    for export in EXPORTS.values():
        with pytest.raises(ResourceLimitError, match="starts no more threads; lower parallel=") as caught:
            export(shop, tmp_path)
        assert caught.value.resource == "threads"
    assert [path.name for path in tmp_path.rglob("*.jsonl*")] == []


def test_one_thread_is_enough(
    shop: MixpanelClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    expected = len(list(shop.export.events(*DAYS)))
    few_threads(monkeypatch, 1)
    assert len(list(shop.export.events(*DAYS, slice_days=1))) == expected
    assert caplog.text.count("No more than 1 threads download") == 1
    # What a thread of its own would do, the only one does.
    monkeypatch.undo()
    few_threads(monkeypatch, 1)
    assert EXPORTS["directory"](shop, tmp_path).manifest.events == expected


def test_no_open_file_is_a_typed_error_and_the_run_resumes(
    shop: MixpanelClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.socket.connect

    def connect(connecting: socket.socket, address: Any) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(socket.socket, "connect", connect)
    for export in EXPORTS.values():
        with pytest.raises(
            ResourceLimitError, match=r"too many files are open .*; lower parallel="
        ) as caught:
            export(shop, tmp_path)
        assert caught.value.setting == "parallel="
    monkeypatch.setattr(socket.socket, "connect", real)
    assert EXPORTS["directory"](shop, tmp_path).fetched == 4


def test_threads_that_break_do_not_leave_the_caller_waiting(
    shop: MixpanelClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(pool: SlicePool[Any]) -> None:
        pass

    def wait(pool: SlicePool[Any]) -> None:
        # As Python says it when there is no memory for a lock.
        raise RuntimeError("can't allocate lock")

    monkeypatch.setattr(SlicePool, "_wait_idle", wait)
    with pytest.raises(ResourceLimitError, match=r"not enough memory; lower memory=, parallel= or"):
        list(shop.export.events(*DAYS, slice_days=1))
    monkeypatch.undo()
    # Without memory, the interpreter ends threads where no handler runs.
    monkeypatch.setattr(SlicePool, "_work", nothing)
    with pytest.raises(ResourceLimitError, match=r"not enough memory; lower memory=, parallel= or"):
        list(shop.export.events(*DAYS, slice_days=1))


def test_a_lack_of_files_is_not_blamed_on_the_temporary_folder(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def no_file(*rest: Any, **named: Any) -> Any:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(tempfile, "TemporaryFile", no_file)
    monkeypatch.setattr(tempfile, "mkdtemp", no_file)
    module: Any = _temporary
    monkeypatch.setattr(module, "_memory", module._Memory())
    with spool_file(1) as file:
        file.write(b"more than one byte")
    assert "Too many files are open: large slices are kept in memory" in caplog.text
    with pytest.raises(ResourceLimitError, match="too many files are open"):
        temporary_directory("x")


LIMITED = """
import encodings.idna, os, resource, sys
import pyarrow.parquet
from mixpanel_export import MixpanelClient, ResourceLimitError, ServiceAccountAuth
import mixpanel_export.columns.writers
url, name, secret, project, folder, limit, value = sys.argv[1:]
with MixpanelClient(ServiceAccountAuth(name, secret), project_id=project, base_url=url, limits=None) as client:
    # What is first imported later may be out of reach: no memory is left, or it belongs to another user.
    for format in ("jsonl", "parquet"):
        client.export.to_directory(f"{folder}/first-{format}", "2024-01-01", "2024-01-01", format=format)
        client.export.to_file(f"{folder}/first.{format}", "2024-01-01", "2024-01-01", format=format)
    list(client.export.events("2024-01-01", "2024-01-01"))
if limit == "memory":
    with open("/proc/self/statm") as statm:
        used = int(statm.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + int(value),) * 2)
elif limit == "files":
    resource.setrlimit(resource.RLIMIT_NOFILE, (int(value),) * 2)
else:
    # Another user than root, who has no limit, and than those of other processes.
    os.setgid(54321)
    os.setuid(54321)
    resource.setrlimit(resource.RLIMIT_NPROC, (int(value),) * 2)
days = ("2024-01-01", "2024-01-04")
with MixpanelClient(ServiceAccountAuth(name, secret), project_id=project, base_url=url, limits=None) as client:
    exports = {
        "events": lambda: sum(1 for _ in client.export.events(*days, slice_days=1)),
        "a.parquet": lambda: client.export.to_file(folder + "/a.parquet", *days, slice_days=1).events,
        "lines": lambda: client.export.to_directory(folder + "/lines", *days, slice_days=1).manifest.events,
        "columns": lambda: client.export.to_directory(
            folder + "/columns", *days, slice_days=1, format="parquet"
        ).manifest.events,
    }
    for export in exports:
        try:
            print(export, exports[export]())
        except ResourceLimitError as error:
            print(export, error.resource, error.setting)
"""


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """Open a folder to other users: each session of pytest closes the one above `tmp_path` again."""
    with tempfile.TemporaryDirectory(prefix="mixpanel-export-shared-") as folder:
        path = Path(folder)
        for above in path.parents:
            if not above.stat().st_mode & 0o001:
                above.chmod(0o711)
        path.chmod(0o777)
        yield path


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(
    ("limit", "values"),
    [("memory", (48 << 20, 96 << 20, 144 << 20)), ("files", (5, 8, 14)), ("threads", (0, 3, 6))],
)
def test_a_real_limit_is_a_typed_error(
    sandbox: Sandbox, shop: MixpanelClient, shared_folder: Path, limit: str, values: Sequence[int]
) -> None:
    if limit == "threads" and (os.getuid() != 0 or not os.access(sys.prefix, os.X_OK)):
        pytest.skip("only root can become another user")
    who = sandbox.credentials
    wanted = len(list(shop.export.events(*DAYS)))
    for value in values:
        folder = shared_folder / str(value)
        folder.mkdir()
        folder.chmod(0o777)
        arguments = [who.username, who.secret, str(who.project_id), str(folder), limit, str(value)]
        done = subprocess.run(
            [sys.executable, "-c", LIMITED, sandbox.url, *arguments],
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, "TMPDIR": str(folder)},
        )
        results = dict(line.split(maxsplit=1) for line in done.stdout.splitlines())
        # The C library and the interpreter may end the process themselves, for want of memory for a thread.
        if limit != "memory" or done.returncode not in (127, -signal.SIGABRT):
            assert done.returncode == 0, f"{limit}={value}: {done.stderr}"
            assert len(results) == 4
        for name, result in results.items():
            assert result == str(wanted) or result.startswith(
                ("memory memory=", "open files parallel=", "threads parallel=")
            ), f"{limit}={value}, {name}: {result}"
            if name != "events" and result != str(wanted):
                assert not (folder / name).is_file()
        # Nothing half-written stays, and another run completes it.
        formats: dict[str, FileFormat] = {"lines": "jsonl.gz", "columns": "parquet"}
        for name, format in formats.items():
            complete = shop.export.to_directory(folder / name, *DAYS, slice_days=1, format=format)
            assert complete.manifest.events == wanted
            assert not list((folder / name).rglob("*.part"))


def test_errors_of_limits_are_told_from_others() -> None:
    try:
        try:
            raise MemoryError
        except MemoryError as cause:
            raise ValueError("on the way") from cause
    except ValueError as error:
        found = limit_error(error)
    assert found is not None
    assert found.resource == "memory"
    assert limit_error(OSError(errno.ENOENT, "no such file")) is None
    assert limit_error(RuntimeError("anything else")) is None
    with pytest.raises(ValueError, match="as it is"), resource_limits():
        raise ValueError("as it is")

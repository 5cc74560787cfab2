"""Directory exports that end at any moment, as by `kill -9`: the next run still delivers every event once."""

from __future__ import annotations

import contextlib
import io
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mixpanel_export import MixpanelClient
from mixpanel_export.sandbox import Sandbox

from .contents import events_in, expected, names_in

RANGE = ("2024-01-01", "2024-01-02")
NARROW: dict[str, Any] = {"event": "Purchase", "slice_days": 1, "parallel": 1}
MANY = 1000


class CrashError(BaseException):
    """The process died."""


class Crasher:
    """Allows a number of changes to the disk, and then fails."""

    def __init__(self, allowed: int) -> None:
        self.left = allowed
        self.order: list[tuple[str, str]] = []

    def change(self, kind: str, path: object) -> None:
        if self.left <= 0:
            raise CrashError
        self.left -= 1
        self.order.append((kind, os.fspath(path) if isinstance(path, str | Path) else str(path)))


@contextlib.contextmanager
def crashing(folder: Path, allowed: int) -> Iterator[Crasher]:
    """Count and limit the changes to a folder: all of them go through these few calls."""
    crasher = Crasher(allowed)

    def ours(path: object) -> bool:
        return isinstance(path, str | Path) and str(path).startswith(str(folder))

    def changing(function: Callable[..., Any], kind: str) -> Callable[..., Any]:
        def changed(path: Any, *rest: Any, **named: Any) -> Any:
            if ours(path):
                crasher.change(kind, rest[0] if kind == "rename" else path)
            return function(path, *rest, **named)

        return changed

    def opened(path: Any, mode: str = "r", *rest: Any, **named: Any) -> Any:
        if ours(path) and set(mode) & set("wax+"):
            crasher.change("open", path)
        return real_open(path, mode, *rest, **named)

    def synced(descriptor: int) -> None:
        crasher.change("sync", Path(f"/proc/self/fd/{descriptor}").readlink())
        real_fsync(descriptor)

    real_open, real_fsync = io.open, os.fsync
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "replace", changing(os.replace, "rename"))
        patched.setattr(os, "unlink", changing(os.unlink, "remove"))
        patched.setattr(os, "mkdir", changing(os.mkdir, "mkdir"))
        patched.setattr(os, "rmdir", changing(os.rmdir, "rmdir"))
        patched.setattr(io, "open", opened)
        patched.setattr(os, "fsync", synced)
        yield crasher


SliceStream = Callable[[MixpanelClient, Path], object]


def first_export(shop: MixpanelClient, folder: Path) -> object:
    return shop.export.to_directory(folder, *RANGE, **NARROW)


def update(shop: MixpanelClient, folder: Path) -> object:
    return shop.export.update_directory(folder, to_date="2024-01-03", look_back=1, slice_days=1, parallel=1)


def repair(shop: MixpanelClient, folder: Path) -> object:
    return shop.export.to_directory(folder, *RANGE, verify=True, **NARROW)


def overwrite(shop: MixpanelClient, folder: Path) -> object:
    return shop.export.to_directory(folder, *RANGE, overwrite=True, **{**NARROW, "event": "Sign Up"})


def continued(shop: MixpanelClient, folder: Path) -> object:
    return shop.export.to_directory(folder, *RANGE, **{**NARROW, "event": "Sign Up"})


def nothing(shop: MixpanelClient, folder: Path) -> None:
    pass


def damaged(shop: MixpanelClient, folder: Path) -> None:
    first_export(shop, folder)
    victim = folder / "events_2024-01-01_2024-01-01.jsonl.gz"
    victim.write_bytes(b"x" * victim.stat().st_size)


# A thread with a finished slice crashes too, while it cleans up.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize(
    ("prepare", "run", "again", "last", "event"),
    [
        pytest.param(nothing, first_export, first_export, "2024-01-02", "Purchase", marks=pytest.mark.slow),
        (first_export, update, update, "2024-01-03", "Purchase"),
        pytest.param(damaged, repair, repair, "2024-01-02", "Purchase", marks=pytest.mark.slow),
        pytest.param(first_export, overwrite, overwrite, "2024-01-02", "Sign Up", marks=pytest.mark.slow),
    ],
)
@pytest.mark.slow
def test_a_run_recovers_from_a_crash_at_any_disk_write(
    shop: MixpanelClient,
    tmp_path: Path,
    prepare: SliceStream,
    run: SliceStream,
    again: SliceStream,
    last: str,
    event: str,
) -> None:
    """The run ends at each change in turn, as in a power cut, and the next one finishes."""
    wanted = expected(shop, RANGE[0], last, event=event)
    for allowed in range(MANY):
        folder = tmp_path / str(allowed)
        prepare(shop, folder)
        with crashing(folder, allowed) as crasher:
            with contextlib.suppress(CrashError):
                run(shop, folder)
            ended_early = crasher.left == 0
        if (folder / "manifest.json").exists() and prepare is not damaged:
            found = events_in(folder, stray=True)
            assert found.total() == len(found)
        again(shop, folder)
        assert events_in(folder) == wanted, f"after {allowed} changes: {crasher.order}"
        if not ended_early:
            break
    assert 10 < allowed < MANY


def test_contents_are_synced_before_names_and_the_manifest(shop: MixpanelClient, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    with crashing(folder, MANY) as crasher:
        shop.export.to_directory(folder, RANGE[0], RANGE[0])
    order, name = crasher.order, "events_2024-01-01_2024-01-01.jsonl.gz"
    renamed = order.index(("rename", str(folder / name)))
    manifest = [
        ("open", str(folder / ".manifest.json.part")),
        ("sync", str(folder / ".manifest.json.part")),
        ("rename", str(folder / "manifest.json")),
        ("sync", str(folder)),
    ]
    assert order[renamed - 5 : renamed + 6] == [
        ("sync", str(folder / f".{name}.part")),
        *manifest,
        ("rename", str(folder / name)),
        ("sync", str(folder)),
        *manifest,
    ]


EXPORT = """
import sys
from mixpanel_export import MixpanelClient, ServiceAccountAuth
folder, url, name, secret, project = sys.argv[1:]
auth = ServiceAccountAuth(name, secret)
with MixpanelClient(auth, project_id=project, base_url=url, limits=None) as client:
    print("ready", flush=True)
    client.export.to_directory(folder, "2024-01-01", "2024-01-20", slice_days=1, parallel=3)
"""


def killed(sandbox: Sandbox, folder: Path, seconds: float) -> int:
    """Run an export, kill it this many seconds after its start, and return its exit code."""
    who = sandbox.credentials
    arguments = [str(folder), sandbox.url, who.username, who.secret, str(who.project_id)]
    with subprocess.Popen([sys.executable, "-c", EXPORT, *arguments], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        return process.wait(10)


@pytest.mark.parametrize("kills", [1, pytest.param(20, marks=pytest.mark.slow)])
def test_an_export_survives_random_kills(
    sandbox: Sandbox, shop: MixpanelClient, tmp_path: Path, kills: int
) -> None:
    wanted = expected(shop, "2024-01-01", "2024-01-20")
    chance = random.Random()
    # Slow enough that all the kills come before the end.
    sandbox.bandwidth = 250_000 / kills
    endings = []
    complete = 0
    for _ in range(kills):
        endings.append(killed(sandbox, tmp_path, chance.uniform(0.0, 0.6)))
        if (tmp_path / "manifest.json").exists():
            found = events_in(tmp_path, stray=True)
            assert found <= wanted
            assert complete <= found.total(), "what was complete is complete no more"
            complete = found.total()
    assert endings.count(-signal.SIGKILL) == kills
    sandbox.bandwidth = None
    shop.export.to_directory(tmp_path, "2024-01-01", "2024-01-20", slice_days=1)
    assert events_in(tmp_path) == wanted
    assert len(names_in(tmp_path)) == 21

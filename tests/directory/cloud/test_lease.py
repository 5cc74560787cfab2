"""The lock of a destination: one has it, the others are told, and that of a dead process passes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from typing import Any

import obstore
import pytest
from obstore.store import MemoryStore

from mixpanel_export import DirectoryBusyError, RetryPolicy
from mixpanel_export.directory.lock import Lease, LeaseTiming
from mixpanel_export.directory.object_store import Objects

TIMES = LeaseTiming(beat=0.05, silence=0.4, watch=0.3)


@pytest.fixture
def objects() -> Objects:
    return Objects("memory://here", MemoryStore(), RetryPolicy(attempts=1))


def lock(objects: Objects, **changes: Any) -> None:
    """A lock that somebody else has, or had."""
    whose = {"owner": "process 7 on elsewhere", "token": "t", "machine": "m", "pid": 7, "beat": 1, **changes}
    obstore.put(objects.store, ".lock", json.dumps(whose).encode())


def is_there(objects: Objects) -> bool:
    return ".lock" in objects.sizes()


def test_one_has_it_and_leaves_nothing(objects: Objects) -> None:
    with Lease(objects, TIMES).held():
        with pytest.raises(DirectoryBusyError, match=rf"process {os.getpid()} on "), Lease(objects).held():
            pass
        assert is_there(objects)
    assert not is_there(objects)
    assert not any(each.name == "mixpanel-export-lease" for each in threading.enumerate())


def test_of_many_only_one_gets_it(objects: Objects) -> None:
    got: list[bool] = []
    together = threading.Barrier(8)

    def take() -> None:
        together.wait()
        try:
            with Lease(objects, TIMES).held():
                got.append(True)
                time.sleep(0.3)
        except DirectoryBusyError:
            got.append(False)

    threads = [threading.Thread(target=take) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(got) == [False] * 7 + [True]


def test_it_is_kept_for_as_long_as_it_is_needed(objects: Objects) -> None:
    lease = Lease(objects, TIMES)
    with lease.held():
        for _ in range(4):
            time.sleep(0.25)
            lease.check()
            with pytest.raises(DirectoryBusyError), Lease(objects, TIMES).held():
                pass


def test_a_silent_one_is_taken_over_after_a_while(objects: Objects) -> None:
    lock(objects)
    with pytest.raises(DirectoryBusyError, match="process 7 on elsewhere"), Lease(objects, TIMES).held():
        pass
    time.sleep(TIMES.silence)
    with Lease(objects, TIMES).held():
        pass
    assert not is_there(objects)


def test_a_silent_one_is_taken_over_although_this_clock_is_behind(
    objects: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock(objects)
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() - 3600)
    with Lease(objects, TIMES).held():
        pass
    assert not is_there(objects)


def test_one_that_looks_old_and_still_beats_is_not(objects: Objects) -> None:
    """As that of a machine whose clock is wrong."""
    early = LeaseTiming(beat=0.05, silence=0.0, watch=0.3)
    with (
        Lease(objects, TIMES).held(),
        pytest.raises(DirectoryBusyError),
        Lease(objects, early).held(),
    ):
        pass


def test_that_of_a_dead_process_of_this_machine_is_taken_over_at_once(objects: Objects) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    with Lease(objects, TIMES).held():
        found = objects.read(".lock")
    assert found is not None
    mine = json.loads(found[0])
    lock(objects, machine=mine["machine"], pid=mine["pid"])
    with pytest.raises(DirectoryBusyError), Lease(objects, TIMES).held():
        pass
    lock(objects, machine=mine["machine"], pid=int(done.stdout))
    with Lease(objects, TIMES).held():
        pass


@pytest.mark.parametrize("text", [b"", b"mine", b'{"owner": 5}'])
def test_a_lock_that_nobody_understands_is_somebodys(objects: Objects, text: bytes) -> None:
    obstore.put(objects.store, ".lock", text)
    with pytest.raises(DirectoryBusyError, match="another process"), Lease(objects, TIMES).held():
        pass


def test_who_has_lost_it_is_told_and_leaves_it_to_the_other(objects: Objects) -> None:
    lease = Lease(objects, TIMES)
    with lease.held():
        lock(objects)
        time.sleep(4 * TIMES.beat)
        with pytest.raises(DirectoryBusyError, match="taken over by another process"):
            lease.check()
    assert is_there(objects)


def test_who_slept_finds_out_before_anything_else(objects: Objects) -> None:
    lease = Lease(objects, LeaseTiming(beat=60.0, silence=0.1))
    with lease.held():
        time.sleep(0.2)
        lease.check()
        lock(objects)
        time.sleep(0.2)
        with pytest.raises(DirectoryBusyError, match="taken over"):
            lease.check()
    assert is_there(objects)

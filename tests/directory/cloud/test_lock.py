"""Leases: one process holds one, others are refused, and that of a dead process can be taken over.

No test waits: the clock is moved by hand, and renewals are made by hand except where the heartbeat is the subject.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import obstore
import pytest
from obstore.store import MemoryStore

from mixpanel_export import DirectoryBusyError, RetryPolicy
from mixpanel_export.directory import lock
from mixpanel_export.directory.lock import Clock, Lease, LeaseTiming
from mixpanel_export.directory.object_store import Objects
from mixpanel_export.http.cancellation import Cancellation
from tests.waiting import assert_no_thread_is_left

# A heartbeat this slow never comes.
TIMING = LeaseTiming(beat=3600.0, silence=30.0, watch=12.0)


class MovableClock(Clock, Cancellation):
    """The real time plus an offset. Sleeping moves it at once.

    Attributes:
        offset: seconds ahead of the real time.
        on_sleep: called in every sleep.
    """

    def __init__(self) -> None:
        super().__init__()
        self.offset = 0.0
        self.on_sleep: Callable[[], object] = lambda: None

    def time(self) -> float:
        return time.time() + self.offset

    def monotonic(self) -> float:
        return time.monotonic() + self.offset

    def sleep(self, seconds: float) -> None:
        self.offset += seconds
        self.on_sleep()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def objects(clock: MovableClock) -> Objects:
    return Objects("memory://here", MemoryStore(), RetryPolicy(attempts=1), clock)


@pytest.fixture
def lease_of(objects: Objects, clock: MovableClock) -> Callable[[], Lease]:
    """Make the lease of one more process."""
    return lambda: Lease(objects, TIMING, clock)


LeaseOf = Callable[[], Lease]


def write_lock(objects: Objects, **changes: Any) -> None:
    """Write the lock of another process, alive or dead."""
    owner = {"owner": "process 7 on elsewhere", "token": "t", "machine": "m", "pid": 7, "beat": 1, **changes}
    obstore.put(objects.store, ".lock", json.dumps(owner).encode())


def is_locked(objects: Objects) -> bool:
    return ".lock" in objects.sizes()


def test_a_held_lease_refuses_others_and_is_removed(objects: Objects, lease_of: LeaseOf) -> None:
    with lease_of().held():
        with pytest.raises(DirectoryBusyError, match=rf"process {os.getpid()} on "), lease_of().held():
            pass
        assert is_locked(objects)
    assert not is_locked(objects)
    assert_no_thread_is_left()


def test_one_of_many_gets_the_lease(lease_of: LeaseOf) -> None:
    outcomes: list[bool] = []
    start, end = threading.Barrier(8), threading.Barrier(8)

    def take() -> None:
        start.wait()
        try:
            with lease_of().held():
                outcomes.append(True)
                end.wait()
        except DirectoryBusyError:
            outcomes.append(False)
            end.wait()

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 7 + [True]


def test_a_lease_is_renewed_while_it_is_held(objects: Objects, clock: MovableClock) -> None:
    with Lease(objects, LeaseTiming(beat=0.01), clock).held():
        versions: set[str] = set()
        until = time.monotonic() + 30
        while len(versions) < 3:
            assert time.monotonic() < until
            found = objects.read(".lock")
            assert found is not None
            versions.add(str(found[1]))


def test_a_renewed_lease_is_kept_even_if_it_looks_old(clock: MovableClock, lease_of: LeaseOf) -> None:
    """The clock of one of the machines may be wrong."""
    lease = lease_of()
    with lease.held():
        clock.offset += 3600
        clock.on_sleep = lease.renew
        with pytest.raises(DirectoryBusyError), lease_of().held():
            pass
        lease.check()


def test_a_silent_lease_is_taken_over(objects: Objects, clock: MovableClock, lease_of: LeaseOf) -> None:
    write_lock(objects)
    with pytest.raises(DirectoryBusyError, match="process 7 on elsewhere"), lease_of().held():
        pass
    clock.offset += TIMING.silence
    with lease_of().held():
        pass
    assert not is_locked(objects)


def test_a_slow_clock_does_not_prevent_a_takeover(
    objects: Objects, clock: MovableClock, lease_of: LeaseOf
) -> None:
    write_lock(objects)
    clock.offset = -3600
    with lease_of().held():
        pass
    assert not is_locked(objects)


def test_the_lease_of_a_dead_process_is_taken_over_at_once(objects: Objects, lease_of: LeaseOf) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    with lease_of().held():
        found = objects.read(".lock")
    assert found is not None
    ours = json.loads(found[0])
    write_lock(objects, machine=ours["machine"], pid=os.getppid())
    with pytest.raises(DirectoryBusyError), lease_of().held():
        pass
    write_lock(objects, machine=ours["machine"], pid=int(done.stdout))
    with lease_of().held():
        pass


def test_leases_left_by_this_process_are_taken_over(objects: Objects, lease_of: LeaseOf) -> None:
    """As after a release that the store failed to carry out."""
    with lease_of().held():
        found = objects.read(".lock")
    assert found is not None
    obstore.put(objects.store, ".lock", found[0])
    with lease_of().held(), pytest.raises(DirectoryBusyError), lease_of().held():
        pass
    assert not is_locked(objects)


def test_released_leases_are_taken_over(objects: Objects, lease_of: LeaseOf) -> None:
    write_lock(objects, released=True)
    with lease_of().held():
        pass
    assert not is_locked(objects)


def test_stores_that_ignore_conditions_are_reported(
    clock: MovableClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    put = obstore.put

    def careless(store: Any, path: str, content: Any, mode: object = None) -> Any:
        return put(store, path, content)

    monkeypatch.setattr(lock, "_tried", set())
    objects = Objects("memory://careful", MemoryStore(), RetryPolicy(attempts=1), clock)
    with Lease(objects, TIMING, clock).held():
        pass
    assert caplog.messages == []
    monkeypatch.setattr(obstore, "put", careless)
    objects = Objects("memory://careless", MemoryStore(), RetryPolicy(attempts=1), clock)
    for _ in range(2):
        with Lease(objects, TIMING, clock).held():
            pass
    (message,) = caplog.messages
    assert message.startswith("memory://careless: this store ignores conditional writes")


@pytest.mark.parametrize("text", [b"", b"mine", b'{"owner": 5}'])
def test_an_unreadable_lock_is_respected(objects: Objects, lease_of: LeaseOf, text: bytes) -> None:
    obstore.put(objects.store, ".lock", text)
    with pytest.raises(DirectoryBusyError, match="another process"), lease_of().held():
        pass


def test_a_lost_lease_is_reported_and_left_alone(objects: Objects, lease_of: LeaseOf) -> None:
    lease = lease_of()
    with lease.held():
        write_lock(objects)
        lease.renew()
        with pytest.raises(DirectoryBusyError, match="taken over by another process"):
            lease.check()
    assert is_locked(objects)


def test_a_suspended_process_notices_its_lost_lease(
    objects: Objects, clock: MovableClock, lease_of: LeaseOf
) -> None:
    lease = lease_of()
    with lease.held():
        clock.offset += 60
        lease.check()
        write_lock(objects)
        clock.offset += 60
        with pytest.raises(DirectoryBusyError, match="taken over"):
            lease.check()
    assert is_locked(objects)

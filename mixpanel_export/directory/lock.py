"""An exclusive lease for object stores, which have no locks: an object, renewed by a heartbeat.

Only one process can create the lock object, which names its owner; the owner writes it again every few seconds
while the export runs. Once a lock has been silent for a while, another process watches it a little longer, so that
no clock needs to be right, and then takes it over, on the condition that it is still the version that was watched.
The lock of a dead process of this machine is taken over at once, and so is one that was released but could not be
removed.

Limit: a process that was suspended for longer (a closed laptop) and wakes up in the middle of an upload still
finishes that upload. Its name is used by nobody else, and no manifest lists it; before the process does anything
else, it notices that it has lost the lock.

For local directories, see `_locks`.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Generator
from pathlib import Path

import msgspec
from attrs import define, field, frozen

from mixpanel_export._locks import LOCK
from mixpanel_export.directory.object_store import ChangedError, Objects, Version
from mixpanel_export.errors import DestinationError, DirectoryBusyError

__all__ = ["DEFAULT_TIMING", "Clock", "Lease", "LeaseTiming"]


@frozen
class LeaseTiming:
    """The timing of a lease, in seconds.

    Attributes:
        beat: the time between two renewals.
        silence: the age at which a lock may be abandoned.
        watch: how long such a lock is then watched; longer than a beat.
    """

    beat: float = 5.0
    silence: float = 30.0
    watch: float = 12.0


DEFAULT_TIMING = LeaseTiming()


class Clock:
    """The machine's clocks."""

    def time(self) -> float:
        """Return the seconds since 1970. This clock goes on while a machine sleeps; the monotonic one may not."""
        return time.time()

    def monotonic(self) -> float:
        """Return the seconds since some moment in the past."""
        return time.monotonic()


class _Owner(msgspec.Struct, frozen=True):
    """The contents of a lock object. The defaults stand for an owner of whom nothing is known."""

    owner: str = "another process"
    token: str = ""
    machine: str = ""
    pid: int = 0
    beat: int = 0
    released: bool = False


# The tokens of the leases that this process holds, and the stores whose conditional writes it has tried.
_held: set[str] = set()
_tried: set[str] = set()
# The tries to create a lock that others may be releasing.
_ATTEMPTS = 10
_logger = logging.getLogger("mixpanel_export")


@define(eq=False)
class Lease:
    """The lock of one destination, taken by `held`.

    Attributes:
        objects: the objects under the destination's URL; waits are those of their cancellation.
    """

    objects: Objects
    timing: LeaseTiming = DEFAULT_TIMING
    clock: Clock = field(factory=Clock)
    _token: str = field(factory=lambda: secrets.token_hex(8))
    _version: Version | None = None
    _beats: int = 0
    _renewed_at: float = 0.0
    _is_lost: bool = False
    _lock: threading.Lock = field(factory=threading.Lock)
    _released: threading.Event = field(factory=threading.Event)

    @contextlib.contextmanager
    def held(self) -> Generator[None]:
        """Take the lock, keep it renewed, and release it.

        Raises:
            DirectoryBusyError: when another process holds it.
        """
        _held.add(self._token)
        try:
            with self._beating():
                yield
        finally:
            _held.discard(self._token)

    @contextlib.contextmanager
    def _beating(self) -> Generator[None]:
        self._acquire()
        self._try_conditions()
        heartbeat = threading.Thread(target=self._beat, name="mixpanel-export-lease", daemon=True)
        heartbeat.start()
        try:
            yield
        finally:
            self._released.set()
            heartbeat.join()
            self._release()

    def check(self) -> None:
        """Raise DirectoryBusyError if another process has taken the lock over."""
        with self._lock:
            if not self._is_lost and abs(self.clock.time() - self._renewed_at) > self.timing.silence:
                self._renew(self.objects)
            if self._is_lost:
                raise DirectoryBusyError(
                    f"{self.objects.url} was taken over by another process while this one did not respond; "
                    "complete slices there stay. Run the same export again to resume"
                )

    def renew(self) -> None:
        """Write the lock again, once. If that fails, the next renewal may succeed."""
        with self._lock, contextlib.suppress(DestinationError):
            if not self._is_lost:
                self._renew(self.objects.with_attempts(1))

    def _acquire(self) -> None:
        for _ in range(_ATTEMPTS):
            with contextlib.suppress(ChangedError):
                return self._take(None)
            found = self.objects.read(LOCK)
            if found is None:
                # Released just now, or a store that refuses every condition.
                continue
            owner = _owner_in(found[0])
            if owner.token != self._token and not self._is_abandoned(owner, found[1]):
                raise self._busy(owner)
            try:
                return self._take(found[1])
            except ChangedError:
                raise self._busy(owner) from None
        raise DestinationError(
            self.objects.url,
            f"{LOCK} could not be written",
            "the store says that it exists, and that it does not",
            "An export needs a store with conditional writes, which create an object only where there is none",
        )

    def _take(self, expected: Version | None) -> None:
        self._version = self.objects.write(LOCK, self._contents(), expected)
        self._renewed_at = self.clock.time()

    def _try_conditions(self) -> None:
        """Warn, once for each store, if it ignores the conditions of writes."""
        store = self.objects.url.partition("://")[2].partition("/")[0]
        first = self._version
        if first is None or store in _tried:
            return
        _tried.add(store)
        self._renew(self.objects)
        for stale in (None, first):
            with contextlib.suppress(ChangedError):
                self._version = self.objects.write(LOCK, self._contents(), stale)
                _logger.warning(
                    "%s: this store ignores conditional writes, so nothing keeps two exports from writing here at "
                    "the same time; run one at a time",
                    self.objects.url,
                )
                return

    def _busy(self, owner: _Owner) -> DirectoryBusyError:
        return DirectoryBusyError(
            f"{self.objects.url} is locked by {owner.owner}; wait until it has finished, or choose another "
            f"destination. If it was killed, its lock expires after {self.timing.silence:.0f} seconds"
        )

    def _is_abandoned(self, owner: _Owner, version: Version) -> bool:
        if owner.released:
            return True
        if owner.machine and owner.machine == _machine():
            # A lock of this process that no lease of it holds could not be removed.
            ours = owner.pid == os.getpid()
            if owner.token not in _held if ours else not _is_alive(owner.pid):
                return True
        age = self.objects.age(LOCK, self.clock.time())
        # A negative age means that one of the clocks is wrong; then only watching tells.
        if age is not None and 0 <= age < self.timing.silence:
            return False
        until = self.clock.monotonic() + self.timing.watch
        while self.clock.monotonic() < until:
            self.objects.cancellation.sleep(min(self.timing.beat, self.timing.watch) / 2)
            current = self.objects.read(LOCK)
            if current is None or current[1] != version:
                return current is None
        return True

    def _beat(self) -> None:
        while not self._released.wait(self.timing.beat):
            self.renew()

    def _renew(self, objects: Objects, *, released: bool = False) -> None:
        try:
            self._version = objects.write(LOCK, self._contents(released=released), self._version)
            self._renewed_at = self.clock.time()
        except ChangedError:
            found = objects.read(LOCK)
            self._is_lost = found is None or _owner_in(found[0]).token != self._token
            self._version = found[1] if found is not None else None

    def _release(self) -> None:
        """Delete the lock, if it is still ours, after marking it as released. If both fail, it expires."""
        objects = self.objects.with_attempts(3)
        with contextlib.suppress(DestinationError):
            if not self._is_lost:
                self._renew(objects, released=True)
            if not self._is_lost:
                objects.delete([LOCK])

    def _contents(self, *, released: bool = False) -> bytes:
        self._beats += 1
        return msgspec.json.encode(
            _Owner(
                owner=f"process {os.getpid()} on {socket.gethostname()}",
                token=self._token,
                machine=_machine(),
                pid=os.getpid(),
                beat=self._beats,
                released=released,
            )
        )


def _owner_in(contents: bytes) -> _Owner:
    try:
        return msgspec.json.decode(contents, type=_Owner)
    except msgspec.MsgspecError:
        return _Owner()


def _machine() -> str:
    """Identify this boot and its process namespace, in which process ids are comparable; empty if unknown."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return ""


def _is_alive(pid: int) -> bool:
    """Return True if a process of this machine exists; called only where `_machine` is known, so not on Windows."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True

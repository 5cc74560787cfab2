"""Having a destination for oneself, where there are no locks: an object that says whose it is, and that they live.

It is created if there is none, which only one can do, and written again every few seconds for as long as the export
runs. When it has been silent for a while, whoever wants it watches it for a little longer, so that no clock
needs to be right, and then takes it over, on the condition that it is still the one that was watched. The lock of a
process of this very machine that is no more is taken over at once.

What that cannot do: a process that slept for longer (a laptop that was closed) and wakes up in the middle of
sending a file still sends it. It is under a name that nobody else uses, and no manifest lists it; the next thing
that this process does is to find out that the lock is no longer its own.
"""

from __future__ import annotations

import contextlib
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

__all__ = ["DEFAULT_TIMING", "Lease", "LeaseTiming"]


@frozen
class LeaseTiming:
    """Seconds.

    Attributes:
        beat: how often the lock is written again.
        silence: how old it must be before anyone thinks of taking it over.
        watch: how long it is then watched, which is longer than a beat.
    """

    beat: float = 5.0
    silence: float = 30.0
    watch: float = 12.0


DEFAULT_TIMING = LeaseTiming()


class _Owner(msgspec.Struct, frozen=True):
    """What the lock says. Anything else is somebody's too, of whom nothing is known."""

    owner: str = "another process"
    token: str = ""
    machine: str = ""
    pid: int = 0
    beat: int = 0


@define(eq=False)
class Lease:
    """The lock of one destination; `held` has it.

    Attributes:
        objects: what is under its URL.
    """

    objects: Objects
    times: LeaseTiming = DEFAULT_TIMING
    _token: str = field(factory=lambda: secrets.token_hex(8))
    _version: Version | None = None
    _beats: int = 0
    _last: float = 0.0
    _is_lost: bool = False
    _lock: threading.Lock = field(factory=threading.Lock)
    _over: threading.Event = field(factory=threading.Event)

    @contextlib.contextmanager
    def held(self) -> Generator[None]:
        """Have it.

        Raises:
            DirectoryBusyError: when another process has it.
        """
        self._acquire()
        heart = threading.Thread(target=self._beat, name="mixpanel-export-lease", daemon=True)
        heart.start()
        try:
            yield
        finally:
            self._over.set()
            heart.join()
            self._release()

    def check(self) -> None:
        """Raise DirectoryBusyError when another process has taken it over."""
        with self._lock:
            # The wall's clock goes on while a machine sleeps.
            if not self._is_lost and abs(time.time() - self._last) > self.times.silence:
                self._renew(self.objects)
            if self._is_lost:
                raise DirectoryBusyError(
                    f"{self.objects.url} was taken over by another process, while this one did not answer; what is "
                    "complete there stays, and the same export again goes on from it"
                )

    def _acquire(self) -> None:
        while True:
            with contextlib.suppress(ChangedError):
                return self._have(None)
            found = self.objects.read(LOCK)
            if found is None:
                continue
            owner = _owner(found[0])
            if owner.token != self._token and not self._is_abandoned(owner, found[1]):
                raise self._busy(owner)
            try:
                return self._have(found[1])
            except ChangedError:
                raise self._busy(owner) from None

    def _have(self, before: Version | None) -> None:
        self._version = self.objects.write(LOCK, self._text(), before)
        self._last = time.time()

    def _busy(self, owner: _Owner) -> DirectoryBusyError:
        return DirectoryBusyError(
            f"{self.objects.url} is being exported to by {owner.owner}; wait until that has ended, or choose "
            f"another destination. If it was killed, its lock is free {self.times.silence:.0f} seconds later"
        )

    def _is_abandoned(self, owner: _Owner, version: Version) -> bool:
        if owner.machine and owner.machine == _machine() and not _is_alive(owner.pid):
            return True
        age = self.objects.age(LOCK, time.time())
        # One from the future is of a clock that is wrong, this one or that: only watching tells.
        if age is not None and 0 <= age < self.times.silence:
            return False
        until = time.monotonic() + self.times.watch
        while time.monotonic() < until:
            self.objects.sleep(min(self.times.beat, self.times.watch) / 2)
            now = self.objects.read(LOCK)
            if now is None or now[1] != version:
                return now is None
        return True

    def _beat(self) -> None:
        patient = self.objects.concurrent()
        while not self._over.wait(self.times.beat):
            with self._lock:
                if self._is_lost:
                    return
                # What passes is tried again with the next beat.
                with contextlib.suppress(DestinationError):
                    self._renew(patient)

    def _renew(self, objects: Objects) -> None:
        try:
            self._version = objects.write(LOCK, self._text(), self._version)
            self._last = time.time()
        except ChangedError:
            found = objects.read(LOCK)
            self._is_lost = found is None or _owner(found[0]).token != self._token
            self._version = found[1] if found is not None else None

    def _release(self) -> None:
        """Remove it, if it is still ours; whatever goes wrong, it is free after a while."""
        objects = self.objects.concurrent()
        with contextlib.suppress(DestinationError):
            if not self._is_lost:
                self._renew(objects)
            if not self._is_lost:
                objects.delete([LOCK])

    def _text(self) -> bytes:
        self._beats += 1
        return msgspec.json.encode(
            _Owner(
                owner=f"process {os.getpid()} on {socket.gethostname()}",
                token=self._token,
                machine=_machine(),
                pid=os.getpid(),
                beat=self._beats,
            )
        )


def _owner(text: bytes) -> _Owner:
    try:
        return msgspec.json.decode(text, type=_Owner)
    except msgspec.MsgspecError:
        return _Owner()


def _machine() -> str:
    """What tells this running system, and its own numbering of processes, from all others; empty if not known."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return ""


def _is_alive(process: int) -> bool:
    """Whether a process of this machine is there; asked only where a machine can be told, which Windows cannot."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True

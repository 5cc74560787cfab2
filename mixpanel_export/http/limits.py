"""Mixpanel's request budgets for each project: calls per hour, calls per second, and concurrent calls.

A `Budget` decides whether a call can start now, and if not, when to ask again. It never sleeps, so threads and
tasks share it. pyrate-limiter counts, in a SQLite file shared by all processes of this machine and user; concurrent
calls are counted by locked files, which the system releases when a process dies
(https://developer.mixpanel.com/reference/rate-limits).
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import logging
import os
import sqlite3
import tempfile
import threading
import time
import weakref
from collections.abc import Generator
from pathlib import Path
from typing import Any

from attrs import define, field, frozen, validators
from filelock import FileLock, Timeout
from pyrate_limiter import AbstractBucket, InMemoryBucket, Rate, RateItem, SQLiteBucket

from mixpanel_export._deprecated import renamed_attributes
from mixpanel_export.errors import BudgetExhaustedError, MixpanelError
from mixpanel_export.http.servers import Family

__all__ = ["MIXPANEL_LIMITS", "Budget", "BudgetWait", "Lease", "Limits", "Quota", "budget_of"]

# The server counts requests when they arrive, and some travel faster than others: our windows are a little longer
# than the server's, so that none of its windows gets more than its limit.
_SECOND_MS = 1_100
_HOUR_MS = 3_602_000
# Seconds between looks at whether another call has ended: nothing announces the end of another process's.
_POLL_INTERVAL = 0.05
# A program that seems to hang should say why.
_WORTH_A_WARNING = 5.0

_AT_LEAST_ONE = validators.optional([validators.instance_of(int), validators.ge(1)])

_logger = logging.getLogger("mixpanel_export")


@renamed_attributes(at_once="concurrent")
@frozen(kw_only=True)
class Quota:
    """The request limits of one API family; None where there is no limit.

    Attributes:
        per_hour: calls in any hour.
        per_second: calls in any second.
        concurrent: calls that may run at the same time.
    """

    per_hour: int | None = field(default=None, validator=_AT_LEAST_ONE)
    per_second: int | None = field(default=None, validator=_AT_LEAST_ONE)
    concurrent: int | None = field(default=None, validator=_AT_LEAST_ONE)

    def __str__(self) -> str:
        limits = ((self.per_hour, "an hour"), (self.per_second, "a second"), (self.concurrent, "at once"))
        return ", ".join(f"{number} {when}" for number, when in limits if number is not None)


@renamed_attributes(longest_wait="max_wait")
@frozen(kw_only=True)
class Limits:
    """The request budgets that a client keeps; by default Mixpanel's own.

    Attributes:
        export: for the raw export.
        query: for reports and profiles. App calls (annotations, schemas) have no known limit.
        shared: count the calls of all processes of this machine and user to the same project; if False, count
            only those of this process.
        max_wait: the most seconds that a call waits for its budget before it raises `BudgetExhaustedError`.
    """

    export: Quota = Quota(per_hour=60, per_second=3, concurrent=100)
    query: Quota = Quota(per_hour=60, concurrent=5)
    shared: bool = True
    max_wait: float = field(default=2 * 3600.0, validator=validators.ge(0))

    def allowance(self, family: Family) -> Quota | None:
        """Return the limits of an API family; None where nothing is counted."""
        return {"data": self.export, "query": self.query}.get(family)


MIXPANEL_LIMITS = Limits()
"""Mixpanel's limits for a project (https://developer.mixpanel.com/reference/rate-limits)."""


class Lease:
    """A call that has started; `release` it when its answer has been read."""

    def __init__(self, semaphore: threading.Semaphore | None = None, lock: FileLock | None = None) -> None:
        self._semaphore = semaphore
        self._lock = lock

    def release(self) -> None:
        """End the call; calling it again does no harm."""
        if self._lock is not None:
            self._lock.release()
        if self._semaphore is not None:
            self._semaphore.release()
        self._lock = self._semaphore = None


class Budget:
    """The budget of one family of calls of one project. Thread-safe; made by `budget_of`."""

    def __init__(self, key: str, allowance: Quota, folder: Path | None) -> None:
        self._lock = threading.Lock()
        self._rates = _Rates(key, allowance, folder)
        self._slots = _Slots(key, allowance.concurrent, folder)
        self._pause = _Cooldown(key, folder)
        self._folder = folder
        weakref.finalize(self, self._rates.close)

    def try_begin(self) -> Lease | float:
        """Start a call now, or return the seconds after which to ask again.

        Raises:
            MixpanelError: when the call cannot be counted.
        """
        with self._lock, self._counting():
            pause = self._pause.left()
            if pause > 0:
                return pause
            lease = self._slots.take()
            if lease is None:
                return _POLL_INTERVAL
            wait = self._rates.take()
            if wait > 0:
                lease.release()
                return wait
            return lease

    def used(self) -> int:
        """Return the number of calls started within the longest window, an hour for Mixpanel's limits."""
        with self._lock, self._counting():
            return self._rates.used()

    def pause(self, seconds: float) -> None:
        """Start no call for this many seconds, because the server reported too many."""
        with self._lock, self._counting():
            self._pause.extend(seconds)

    @contextlib.contextmanager
    def _counting(self) -> Generator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise MixpanelError(
                f"requests cannot be counted in {self._folder}, which this machine's processes share: {error}. "
                "Free some space there, set TMPDIR to another folder, or pass Limits(shared=False)"
            ) from error


@define
class BudgetWait:
    """The time that one call has waited for its budget.

    Attributes:
        longest: the most seconds that it may wait.
        waited: the seconds it has waited so far.
    """

    longest: float
    waited: float = 0.0

    def add(self, seconds: float) -> float:
        """Add a wait that is about to start, and log a warning if it is long.

        Raises:
            BudgetExhaustedError: when the wait would be too long.
        """
        if self.waited + seconds > self.longest:
            raise BudgetExhaustedError(
                f"the project's request budget is used up and frees in {seconds:.0f} s, later than the longest "
                f"wait allowed ({self.longest:.0f} s); wait, ask for less, or set Limits(max_wait=…)",
                seconds,
            )
        self.waited += seconds
        if seconds >= _WORTH_A_WARNING:
            _logger.warning("Waiting %.0f s for the project's request budget to free", seconds)
        return seconds


class _Cooldown:
    """A pause during which no call starts; with a folder, in no process."""

    def __init__(self, key: str, folder: Path | None) -> None:
        self._until = 0.0
        self._path = folder / f"{key}.pause" if folder is not None else None

    def left(self) -> float:
        """Return the seconds left."""
        return max(self._until - time.monotonic(), self._shared())

    def extend(self, seconds: float) -> None:
        """Make the pause last at least this many seconds from now."""
        self._until = max(self._until, time.monotonic() + seconds)
        if self._path is not None and seconds > self._shared():
            self._path.write_text(f"{time.time() + seconds} {seconds}")

    def _shared(self) -> float:
        try:
            until, seconds = (
                map(float, self._path.read_text().split()) if self._path is not None else (0.0, 0.0)
            )
        except (FileNotFoundError, ValueError):
            # There is none, or it is just being written.
            return 0.0
        left = until - time.time()
        # A pause longer than it was made comes from a clock that has been set since.
        return left if left <= seconds else 0.0


class _Rates:
    def __init__(self, key: str, allowance: Quota, folder: Path | None) -> None:
        self._key = key
        self._folder = folder
        self._rates = [
            Rate(limit, interval)
            for limit, interval in ((allowance.per_second, _SECOND_MS), (allowance.per_hour, _HOUR_MS))
            if limit is not None
        ]
        self._process = 0
        self._bucket: AbstractBucket | None = None

    def take(self) -> float:
        """Count one call and return 0, or return the seconds until there is room for it."""
        bucket = self._opened()
        if bucket is None:
            return 0.0
        item = RateItem(self._key, time.time_ns() // 1_000_000)
        guard: Any = bucket.limiter_lock()
        with guard or contextlib.nullcontext():
            if bucket.put(item):
                bucket.leak(item.timestamp)
                return 0.0
            milliseconds = bucket.waiting(item)
        assert isinstance(milliseconds, int)
        return max(milliseconds, 1) / 1000

    def used(self) -> int:
        """Return the number of calls that count at this moment."""
        bucket = self._opened()
        if bucket is None:
            return 0
        guard: Any = bucket.limiter_lock()
        with guard or contextlib.nullcontext():
            bucket.leak(time.time_ns() // 1_000_000)
            count = bucket.count()
        assert isinstance(count, int)
        return count

    def close(self) -> None:
        """Close the file, if this process opened it."""
        if self._bucket is not None and self._process == os.getpid():
            self._bucket.close()
        self._bucket = None

    def _opened(self) -> AbstractBucket | None:
        # SQLite connections must not be used after a fork.
        if self._rates and (self._bucket is None or self._process != os.getpid()):
            self._process = os.getpid()
            if self._folder is None:
                self._bucket = InMemoryBucket(self._rates)
            else:
                self._bucket = SQLiteBucket.init_from_file(
                    self._rates,
                    table=self._key,
                    db_path=str(self._folder / "budgets.sqlite"),
                    use_file_lock=True,
                )
        return self._bucket


class _Slots:
    """Slots for concurrent calls: a semaphore in this process and, when shared, a locked file for each call."""

    def __init__(self, key: str, concurrent: int | None, folder: Path | None) -> None:
        self._free = threading.Semaphore(concurrent) if concurrent is not None else None
        self._paths = [folder / f"{key}.{n}.slot" for n in range(concurrent or 0)] if folder else []

    def take(self) -> Lease | None:
        if self._free is None:
            return Lease()
        if not self._free.acquire(blocking=False):
            return None
        if not self._paths:
            return Lease(self._free, None)
        for path in self._paths:
            lock = FileLock(path, thread_local=False)
            with contextlib.suppress(Timeout):
                lock.acquire(timeout=0)
                return Lease(self._free, lock)
        self._free.release()
        return None


class _Budgets:
    """The budgets of this process, as long as a client uses them."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Start afresh after a fork: a thread of the parent may hold a lock; shared counts are in files."""
        self._lock = threading.Lock()
        self._all: weakref.WeakValueDictionary[tuple[str, Quota, bool], Budget] = (
            weakref.WeakValueDictionary()
        )
        # A budget that is not shared counts in memory only, so it must outlive its clients.
        self._unshared: list[Budget] = []

    def get(self, key: str, allowance: Quota, shared: bool) -> Budget:
        with self._lock:
            budget = self._all.get((key, allowance, shared))
            if budget is None:
                budget = Budget(key, allowance, _shared_folder() if shared else None)
                self._all[key, allowance, shared] = budget
                if not shared:
                    self._unshared.append(budget)
            return budget


_budgets = _Budgets()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_budgets.forget)


def budget_of(project: str, family: Family, limits: Limits | None) -> Budget | None:
    """Return the budget that all clients of a project share; None where nothing is counted.

    Args:
        project: identifies the project's budget, such as its server and id.
    """
    allowance = limits.allowance(family) if limits is not None else None
    if limits is None or allowance is None:
        return None
    # A table and file name that does not reveal the project.
    key = f"{family}_{hashlib.sha256(project.encode()).hexdigest()[:20]}"
    return _budgets.get(key, allowance, limits.shared)


def _shared_folder() -> Path:
    """Return a folder shared by all processes of this user, and by nobody else, until the machine restarts."""
    folder = Path(tempfile.gettempdir()) / f"mixpanel-export-sdk-{getpass.getuser()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if os.name == "posix" and (status.st_uid != os.getuid() or status.st_mode & 0o077):
        raise MixpanelError(
            f"{folder} belongs to somebody else or is open to others; remove it, or set TMPDIR"
        )
    return folder

"""Keep a project's request limits: decide if a request may be sent now, and if not, when, and why.

A `Budget` never sleeps itself, so that threads and tasks can share it. Requests are counted in a `ledger`, which
all processes of this machine and user share; requests at once are counted by locked files, which the system frees
when a process dies (https://developer.mixpanel.com/reference/rate-limits). See `waits` for how long a call waits.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import threading
import warnings
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from attrs import evolve

from mixpanel_export._text import visible
from mixpanel_export.http import clock
from mixpanel_export.http.ledger import MAX_PAUSE, Ledger, Usage, Window, shared_folder, warn_unshared
from mixpanel_export.http.limits import MIXPANEL_LIMITS, SECOND, BudgetWarning, Limits, Quota
from mixpanel_export.http.servers import Family
from mixpanel_export.http.stores import BudgetStore, StoredLease, store_at
from mixpanel_export.http.waits import Delay

if TYPE_CHECKING:
    from mixpanel_export._locks import Lock

__all__ = ["Budget", "Lease", "budget_of"]

# The server counts when a request arrives, and requests do not all travel equally fast: a window of ours is a
# little longer than its, so that two of its limits never meet in one.
_MINUTE = 61.0
_HOUR = 3_602.0
# Nothing announces that a request of another process has ended.
_POLL_INTERVAL = 0.05
# Each look is a request to the store.
_STORE_POLL_INTERVAL = 0.25
# A program that seems to hang should say why.
_WORTH_A_WARNING = 5.0
# Nobody knows when a running request ends: how long one announcement of that wait holds.
_SLOT_NOTICE = 60.0

_logger = logging.getLogger("mixpanel_export")


class Lease:
    """A request that may be sent; `release` it when its answer has been read."""

    def __init__(self, semaphore: threading.Semaphore | None = None, lock: Lock | None = None) -> None:
        self._semaphore = semaphore
        self._lock = lock

    def release(self) -> None:
        """End the request; more than once does no harm."""
        if self._lock is not None:
            self._lock.release()
        if self._semaphore is not None:
            self._semaphore.release()
        self._lock = self._semaphore = None


class Budget:
    """The budget of one family of calls of one project. Thread-safe; made by `budget_of`.

    Args:
        supposed: the quota to keep from the server's first 429 on, where `quota` has no limit. Otherwise all that
            was refused would be sent again at one time, and refused again.

    Attributes:
        quota: the limits of this budget.
        is_kept: True if it has any limit, so that it counts, and holds for later calls too.
    """

    def __init__(self, key: str, quota: Quota, folder: Path | None, supposed: Quota | None = None) -> None:
        self.quota: Quota = quota
        self.is_kept: bool = quota != Quota()
        self._supposed = supposed
        self._lock = threading.Lock()
        self._windows = _windows(quota)
        # All quotas of a project have one file, and each keeps what any other may count.
        self._ledger = Ledger(folder / f"{key}.usage" if folder is not None else None)
        self._slots = _Slots(key, quota.concurrent, folder)
        self._announced_until = {"slots": 0.0, "time": 0.0}
        self._has_warned = False

    def try_begin(self) -> Lease | Delay:
        """Begin a request now, or say how long to wait, and why."""
        with self._lock:
            lease = self._slots.take()
            delay = self._ledger.change(lambda usage: self._decide(usage, lease))
            if delay is None and lease is not None:
                return lease
            if lease is not None:
                lease.release()
            return delay or Delay(_POLL_INTERVAL, "slots", _why_full(self._slots.concurrent))

    def used(self) -> int:
        """Return how many requests were sent within the last hour."""
        with self._lock:
            return self._ledger.change(lambda usage: (usage, len(usage.since(clock.uptime(), _HOUR).sent)))

    def pause(self, seconds: float, status: int = 429, *, is_asked: bool = False, words: str = "") -> None:
        """Let no request begin for this long, because the server had too many.

        Args:
            is_asked: the server asked for this time, and is believed over our count: one request may begin then.
            words: the server's message.
        """
        with self._lock:
            if self._supposed is not None and status == HTTPStatus.TOO_MANY_REQUESTS:
                self._windows = _windows(self._supposed)
                self._slots = _Slots("", self._supposed.concurrent, None)
                self._supposed = None
            self._ledger.change(
                lambda usage: (
                    usage.with_pause(clock.uptime(), seconds, status, is_asked=is_asked, words=words),
                    None,
                )
            )

    def announce(self, delay: Delay, for_slots: float) -> None:
        """Say why nothing happens: one line for each wait, however many threads wait for it.

        Args:
            for_slots: the seconds that the call has waited for running requests to end.
        """
        is_slot = delay.cause == "slots"
        if (for_slots if is_slot else delay.seconds) < _WORTH_A_WARNING:
            return
        now = clock.uptime()
        until = now + (_SLOT_NOTICE if is_slot else delay.seconds)
        kind = "slots" if is_slot else "time"
        with self._lock:
            announced = self._announced_until[kind]
            if (now < announced) if is_slot else (until <= announced + 1):
                return
            self._announced_until[kind] = until
            is_first, self._has_warned = not self._has_warned, True
        text = delay.notice
        # Without handlers, logging would print it too.
        if _logger.hasHandlers():
            _logger.warning("%s", text)
        # A handler of the root logger may drop it, or hold it back as pytest does.
        if not _logger.handlers and (is_first or not _logger.hasHandlers()):
            warnings.warn(text, BudgetWarning, stacklevel=2)

    def _decide(self, usage: Usage, lease: Lease | None) -> tuple[Usage, Delay | None]:
        # The time is read in here, while no other process counts.
        now = clock.uptime()
        if (pause := usage.pause_left(now)) > 0:
            return usage, Delay(pause, "server", self._why_paused(usage, now))
        if lease is None or not (self._windows or self.is_kept):
            return usage, None
        usage = usage.since(now, _HOUR)
        wait, window = usage.wait(now, self._windows)
        if window is not None:
            return usage, Delay(wait, "window", _why(usage.since(now, window.seconds), window))
        return usage.with_request(now, os.getpid()), None

    def _why_paused(self, usage: Usage, now: float) -> str:
        words = f": {visible(usage.words)}" if usage.words else ""
        if usage.status != HTTPStatus.TOO_MANY_REQUESTS:
            return f"Mixpanel answered {usage.status} and asked to wait{words}"
        text = f"Mixpanel answered 429, too many requests{words}"
        if not self.is_kept or not self._windows:
            return text
        longest = max(self._windows, key=lambda window: window.seconds)
        sent = len(usage.since(now, longest.seconds).sent)
        if sent >= longest.requests:
            return text
        return f"{text} (this machine sent {sent} of {longest.words}; others may share the budget)"


class _StoreLease(Lease):
    """A request that a store counts."""

    def __init__(self, stored: StoredLease) -> None:
        super().__init__()
        self._stored = stored

    def release(self) -> None:
        """End the request; more than once does no harm."""
        self._stored.release()


class _SharedBudget(Budget):
    """A budget that machines share by way of a store."""

    def __init__(self, key: str, quota: Quota, store: BudgetStore) -> None:
        super().__init__(key, quota, None)
        self._key = key
        self._store = store
        self._limits = [(window.requests, window.seconds) for window in self._windows]

    def try_begin(self) -> Lease | Delay:
        """Begin a request now, or say how long to wait, and why."""
        begun = self._store.try_begin(self._key, self._limits, self.quota.concurrent)
        if isinstance(begun, StoredLease):
            return _StoreLease(begun)
        if begun.cause == "window":
            words = self._windows[begun.window].words
            return Delay(begun.seconds, "window", f"the budget of {words}, which machines share, is used up")
        if begun.cause == "server":
            return Delay(
                begun.seconds, "server", f"Mixpanel answered {begun.status} to a machine of this budget"
            )
        why = f"{_why_full(self.quota.concurrent)}, on all machines"
        return Delay(begun.seconds or _STORE_POLL_INTERVAL, "slots", why)

    def used(self) -> int:
        """Return how many requests all machines sent within the longest window."""
        return self._store.used(self._key, self._limits)

    def pause(self, seconds: float, status: int = 429, *, is_asked: bool = False, words: str = "") -> None:
        """Let no request of any machine begin for this long."""
        self._store.pause(self._key, min(seconds, MAX_PAUSE), status, is_asked)


def budget_of(project: str, family: Family, limits: Limits) -> Budget:
    """Return the budget that all clients of a project share; where none is kept, only calls at the same time do.

    Args:
        project: distinguishes the budgets of projects, such as the server and the project's id.
    """
    quota = limits.allowance(family) or Quota()
    # A file name that does not tell the project.
    key = f"{family}_{hashlib.sha256(project.encode()).hexdigest()[:20]}"
    if quota != Quota():
        return _budgets.get(key, quota, limits.shared)
    return _budgets.unkept(key, MIXPANEL_LIMITS.allowance(family))


def _windows(quota: Quota) -> tuple[Window, ...]:
    limits = (
        (quota.per_second, SECOND, "a second"),
        (quota.per_minute, _MINUTE, "a minute"),
        (quota.per_hour, _HOUR, "an hour"),
    )
    return tuple(
        Window(number, seconds, f"{number} {unit}") for number, seconds, unit in limits if number is not None
    )


def _why(usage: Usage, window: Window) -> str:
    mine = sum(process == os.getpid() for _, process in usage.sent)
    others = len(usage.sent) - mine
    users = [
        f"{number} by {who}"
        for number, who in ((mine, "this process"), (others, "other processes of this machine"))
        if number
    ]
    return f"the budget of {window.words} is used up, {' and '.join(users)}"


def _why_full(concurrent: int | None) -> str:
    if concurrent == 1:
        return "the one request that may run at a time is running"
    return f"all {concurrent} requests that may run at once are running"


class _Slots:
    """Room for requests at once: a semaphore in this process and, when shared, a locked file for each request."""

    def __init__(self, key: str, concurrent: int | None, folder: Path | None) -> None:
        self.concurrent = concurrent
        self._free = threading.Semaphore(concurrent) if concurrent is not None else None
        self._paths = [folder / f"{key}.{n}.slot" for n in range(concurrent or 0)] if folder else []

    def take(self) -> Lease | None:
        if self._free is None:
            return Lease()
        if not self._free.acquire(blocking=False):
            return None
        if not self._paths:
            return Lease(self._free, None)
        return self._take_file(self._free)

    def _take_file(self, free: threading.Semaphore) -> Lease | None:
        from mixpanel_export._locks import Timeout, lock_of  # a client without shared limits does without

        for path in self._paths:
            lock = lock_of(path)
            try:
                with contextlib.suppress(Timeout):
                    lock.acquire(0)
                    return Lease(free, lock)
            except (OSError, NotImplementedError) as error:
                warn_unshared(path.parent, error)
                self._paths = []
                return Lease(free, None)
        free.release()
        return None


def _make_budget(key: str, quota: Quota, shared: bool | str | BudgetStore) -> Budget:
    if isinstance(shared, bool):
        return Budget(key, quota, shared_folder() if shared else None)
    return _SharedBudget(key, quota, store_at(shared) if isinstance(shared, str) else shared)


class _Budgets:
    """The budgets of this process; some have only their memory to count in, so none that counts is forgotten."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Start again after a fork: a thread of the parent may have held a lock. Shared counts are in files."""
        self._lock = threading.Lock()
        self._all: dict[tuple[str, Quota, bool | str | BudgetStore], Budget] = {}
        # As long as a call has one.
        self._unkept: WeakValueDictionary[str, Budget] = WeakValueDictionary()

    def get(self, key: str, quota: Quota, shared: bool | str | BudgetStore) -> Budget:
        with self._lock:
            budget = self._all.get((key, quota, shared))
            if budget is None:
                budget = _make_budget(key, quota, shared)
                self._all[key, quota, shared] = budget
            return budget

    def unkept(self, key: str, usual: Quota | None) -> Budget:
        """Return the budget of calls that are not counted, so that all of them wait for the server, once."""
        with self._lock:
            budget = self._unkept.get(key)
            if budget is None:
                # More than a second is too long to wait on a guess.
                supposed = evolve(usual, per_hour=None, per_minute=None) if usual is not None else None
                budget = Budget(key, Quota(), None, supposed)
                self._unkept[key] = budget
            return budget


_budgets = _Budgets()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_budgets.forget)

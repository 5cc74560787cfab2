"""Fetch slices in parallel threads, and hand each over once it is complete.

A planner decides which slice comes next; the threads tell it what arrives, and give up a slice that it wants to cut
again. They end when all slices are delivered, when one failed, and when the caller gives up. See `planner` for the
decisions and `fetch` for fetching one slice.
"""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from mixpanel_export._resources import limit_error
from mixpanel_export.download.plan import Slice
from mixpanel_export.download.planner import SlicePlanner
from mixpanel_export.errors import APIError
from mixpanel_export.http.cancellation import Cancellation

__all__ = ["Claim", "SlicePool"]

T = TypeVar("T")

_logger = logging.getLogger("mixpanel_export")

# Complete slices that may wait for the consumer, beyond those being fetched: more would only fill the disk while a
# slow consumer works.
_AHEAD = 2
# A little longer than the timeout for connecting.
_JOIN_SECONDS = 30.0
# For a thread that is connecting: it may end at any moment, or wait for a server that does not answer.
_CONNECT_GRACE = 0.25
# An idle thread reviews the running slices this often, and a busy one after this many bytes.
_REVIEW_SECONDS = 0.1
# A waiting caller makes sure this often that the threads live.
_WATCH_SECONDS = 1.0
_REVIEW_BYTES = 1 << 18


class Claim:
    """A slice that a thread of a pool is fetching, until the planner wants to cut it again.

    Attributes:
        received: the compressed bytes of this attempt that have come so far.
        is_received: True once all of it has come, until it has to be received again.
        is_planned: True until the planner knows its size.
        is_limited: True once the server has had too many requests.
        is_abandoned: True once its days will be fetched in other slices.
    """

    def __init__(self, slice_: Slice, cancellation: Cancellation, report: Callable[[Claim], None]) -> None:
        self.slice_: Slice = slice_
        self.cancellation: Cancellation = cancellation
        self.received: int = 0
        self.is_received: bool = False
        self.is_planned: bool = True
        self.is_limited: bool = False
        self.is_abandoned: bool = False
        self._reported: int = 0
        self._report = report

    def on_received(self) -> None:
        """Note that all of it has come; it is not cut again."""
        self.is_received = True
        self._report(self)

    def on_attempt(self) -> None:
        """Note that its request is being sent, for the first time or again."""
        self.received = self._reported = 0
        self.is_received = False
        self._report(self)

    def on_limited(self) -> None:
        """Note that the server had too many requests."""
        self.is_limited = True
        self._report(self)

    def on_bytes(self, count: int) -> None:
        """Note that more compressed bytes have come."""
        is_first = not self.received
        self.received += count
        if is_first or self.received - self._reported >= _REVIEW_BYTES:
            self._reported = self.received
            self._report(self)


class SlicePool(Generic[T]):
    """The slices that a planner chooses, each fetched by a thread.

    Args:
        planner: chooses the slices; for this pool alone.
        fetch: fetches one slice; called in the threads.
        discard: disposes of a fetched slice that nobody took.
        cancellation: ends the waits of all slices.
        ordered: hand slices over in the order of their days; otherwise, as they complete.
        abandon_connecting: do not wait in `close` for a thread that is still connecting; it ends later by itself.
            Only for slices in files without a name, which a late thread cannot damage.
    """

    def __init__(
        self,
        planner: SlicePlanner,
        fetch: Callable[[Claim], T],
        discard: Callable[[T], object],
        cancellation: Cancellation,
        *,
        ordered: bool = True,
        abandon_connecting: bool = False,
    ) -> None:
        self._planner = planner
        self._fetch = fetch
        self._discard = discard
        self._cancellation = cancellation
        self._ordered = ordered
        self._abandon_connecting = abandon_connecting
        self._changed = threading.Condition()
        self._next_day = planner.first_day
        # None stands for a slice that was returned and is fetched again: the planner is done with it.
        self._running: dict[Slice, Claim | None] = {}
        # Threads whose slice was abandoned, and whose request may still run.
        self._ending = 0
        self._ready: dict[Slice, T] = {}
        self._failed: dict[Slice, BaseException] = {}
        self._returned: dict[Slice, tuple[T, Callable[[T], T]]] = {}
        # The slice that was taken last, and may still be returned.
        self._held: Slice | None = None
        self._closed = False
        # An error of a thread itself, as without memory.
        self._broken: BaseException | None = None
        self._idle = 0
        self._threads: list[threading.Thread] = []
        # True once the system started no further thread.
        self._is_at_limit = False
        with self._changed:
            self._add_thread()

    def take(self) -> T | None:
        """Wait for the next slice; return None when all have been taken, or after `cancel`.

        Raises:
            Exception: as raised by `fetch` for the slice that is next.
        """
        # In a forked child, a thread that is gone may hold the lock.
        self._cancellation.check_process()
        with self._changed:
            self._held = None
            self._changed.notify_all()
            while True:
                if self._closed or self._is_done():
                    return None
                slice_ = self._next_ready()
                if slice_ is not None:
                    self._held, self._next_day = slice_, slice_.next_day
                    self._changed.notify_all()
                    return self._ready.pop(slice_)
                if error := self._broken or self._due_failure():
                    raise error
                self._check_threads()
                self._changed.wait(_WATCH_SECONDS)

    def give_back(self, fetched: T, fetch_again: Callable[[T], T]) -> None:
        """Return the slice that was taken last, to be fetched again and taken another time.

        Args:
            fetch_again: called in the threads; disposes of the slice itself when it raises.
        """
        with self._changed:
            slice_, self._held = self._held, None
            if slice_ is None:
                raise RuntimeError("give_back: no slice was taken")
            if not self._closed:
                self._next_day = slice_.from_date
                self._returned[slice_] = fetched, fetch_again
                self._changed.notify_all()
                return
        self._discard(fetched)

    def cancel(self) -> None:
        """Tell the threads to end, and return at once. May be called from any thread."""
        if not self._cancellation.is_ours:
            return
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._cancellation.cancel()

    def close(self) -> None:
        """End the threads and discard the slices that nobody took. May be called from any thread, and twice."""
        if not self._cancellation.is_ours:
            return
        self.cancel()
        connecting = self._cancellation.connecting() if self._abandon_connecting else frozenset[int]()
        moment = time.monotonic() + _CONNECT_GRACE
        for thread in self._threads:
            # The garbage collector may close the pool in any thread, even in one of these.
            if thread is not threading.current_thread():
                thread.join(
                    _JOIN_SECONDS if thread.ident not in connecting else max(0.0, moment - time.monotonic())
                )
        with self._changed:
            while self._ready:
                self._discard(self._ready.popitem()[1])
            while self._returned:
                self._discard(self._returned.popitem()[1][0])

    def _check_threads(self) -> None:
        """Raise when a thread is gone, as the interpreter ends it without memory: its slice would never come."""
        if not all(thread.is_alive() for thread in self._threads):
            raise MemoryError("a thread of the download ended")

    def _is_done(self) -> bool:
        return not (self._planner.first_day or self._running or self._ready or self._returned or self._failed)

    def _next_ready(self) -> Slice | None:
        if not self._ordered:
            return next(iter(self._ready), None)
        return next((slice_ for slice_ in self._ready if slice_.from_date == self._next_day), None)

    def _due_failure(self) -> BaseException | None:
        """Return the failure to raise now.

        A refusal is due at once, because the other slices would be refused too. Any other failure waits: in order,
        for the days before it; otherwise, for the slices being fetched.
        """
        refusal = next((error for error in self._failed.values() if isinstance(error, APIError)), None)
        if refusal is not None:
            return refusal
        if self._ordered:
            due = (error for slice_, error in self._failed.items() if slice_.from_date == self._next_day)
            return next(due, None)
        return next(iter(self._failed.values()), None) if not self._running else None

    def _add_thread(self) -> None:
        """Start a thread: up to one for each slice that may run, and one that is idle and reviews them."""
        if len(self._threads) <= self._planner.parallel and not self._closed and not self._is_at_limit:
            name = f"mixpanel-export-{len(self._threads)}"
            thread = threading.Thread(target=self._work, name=name, daemon=True)
            try:
                thread.start()
            except RuntimeError as error:
                if not self._threads:
                    raise
                # Those that run are enough, only slower.
                self._is_at_limit = True
                _logger.warning(
                    "No more than %d threads download, because another could not be started (%s); lower parallel= "
                    "or raise the limit of threads",
                    len(self._threads),
                    error,
                )
                return
            self._threads.append(thread)

    def _work(self) -> None:
        try:
            self._fetch_slices()
        except BaseException as error:
            # Else `take` would wait forever.
            with self._changed:
                self._broken = error
                self._changed.notify_all()

    def _fetch_slices(self) -> None:
        while (claimed := self._claim()) is not None:
            slice_, claim, fetch = claimed
            try:
                fetched = fetch()
            except BaseException as error:
                # `take` raises it, in the thread that can handle it.
                with self._changed:
                    if self._settle(slice_, claim, is_complete=False):
                        self._failed[slice_] = limit_error(error) or error
                    self._changed.notify_all()
                continue
            with self._changed:
                if self._settle(slice_, claim, is_complete=True) and not self._closed:
                    self._ready[slice_] = fetched
                    self._changed.notify_all()
                    continue
            self._discard(fetched)

    def _claim(self) -> tuple[Slice, Claim | None, Callable[[], T]] | None:
        """Wait until a slice may be fetched; return it and how to fetch it, or None at the end."""
        with self._changed:
            while not self._closed and not (self._is_done() and self._held is None):
                if self._returned and not self._is_full():
                    slice_ = min(self._returned)
                    fetched, fetch_again = self._returned.pop(slice_)
                    self._running[slice_] = None
                    return slice_, None, functools.partial(fetch_again, fetched)
                if self._may_start() and (planned := self._planner.next(time.monotonic())) is not None:
                    claim = Claim(planned, self._cancellation.child(), self._on_report)
                    self._running[planned] = claim
                    if not self._idle:
                        self._add_thread()
                    return planned, claim, functools.partial(self._fetch, claim)
                self._wait_idle()
            return None

    def _wait_idle(self) -> None:
        """Wait for a change, or until the running slices and the pace of requests are due for another look."""
        self._idle += 1
        try:
            self._changed.wait(_REVIEW_SECONDS if self._running or self._may_start() else None)
        finally:
            self._idle -= 1
        self._review()

    def _is_full(self) -> bool:
        return len(self._running) + self._ending >= self._planner.parallel

    def _may_start(self) -> bool:
        """Return True if another slice may be started."""
        first_day = self._planner.first_day
        if first_day is None or self._is_full():
            return False
        if self._failed:
            # Only days due for delivery before the failure is raised.
            return self._ordered and all(first_day < slice_.from_date for slice_ in self._failed)
        if len(self._running) + len(self._ready) < self._planner.parallel + _AHEAD:
            return True
        # The next days to deliver may have been given up to be cut again, while all room is taken by later ones.
        return self._ordered and first_day == self._next_day

    def _settle(self, slice_: Slice, claim: Claim | None, *, is_complete: bool) -> bool:
        """Note the end of a fetch; return False if the slice was abandoned meanwhile."""
        if self._running.get(slice_) is not claim:
            self._ending -= 1
            self._changed.notify_all()
            return False
        del self._running[slice_]
        if claim is not None:
            self._end(claim, is_complete=is_complete)
        return True

    def _end(self, claim: Claim, *, is_complete: bool) -> None:
        """Tell the planner the size of a slice, once."""
        if claim.is_planned:
            claim.is_planned = False
            self._planner.on_end(claim.slice_, claim.received, time.monotonic(), is_complete=is_complete)
            self._review()

    def _on_report(self, claim: Claim) -> None:
        with self._changed:
            if self._running.get(claim.slice_) is not claim:
                return
            if claim.is_limited:
                self._planner.on_limited()
            if claim.is_received:
                self._end(claim, is_complete=True)
                self._changed.notify_all()
            elif claim.is_planned:
                self._planner.on_bytes(claim.slice_, claim.received, time.monotonic())
                self._review()

    def _review(self) -> None:
        """Give up the running slices that the planner wants to cut again."""
        while not self._failed and (slice_ := self._planner.abandon()) is not None:
            claim = self._running.pop(slice_)
            if claim is not None:
                self._ending += 1
                claim.is_abandoned = True
                claim.cancellation.cancel()
            self._changed.notify_all()

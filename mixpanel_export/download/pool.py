"""Fetch slices in parallel threads, and hand each over once it is complete.

The threads end when all slices are delivered, when one failed, and when the caller gives up. See `fetch` for
fetching one slice.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from mixpanel_export.download.plan import Plan, Slice
from mixpanel_export.errors import APIError
from mixpanel_export.http.cancellation import Cancellation

__all__ = ["SlicePool"]

T = TypeVar("T")

# Complete slices that may wait for the consumer, beyond those being fetched: more would only fill the disk while a
# slow consumer works.
_AHEAD = 2
# A little longer than the timeout for connecting.
_JOIN_SECONDS = 30.0
# For a thread that is connecting: it may end at any moment, or wait for a server that does not answer.
_CONNECT_GRACE = 0.25


class SlicePool(Generic[T]):
    """The slices of a plan, each fetched by one of `plan.parallel` threads.

    Args:
        plan: the slices to fetch.
        fetch: fetches one slice; called in the threads.
        discard: disposes of a fetched slice that nobody took.
        cancellation: ends the waits of `fetch`.
        ordered: hand slices over in the order of the plan; otherwise, as they complete.
        abandon_connecting: do not wait in `close` for a thread that is still connecting; it ends later by itself.
            Only for slices in files without a name, which a late thread cannot damage.
    """

    def __init__(
        self,
        plan: Plan,
        fetch: Callable[[Slice], T],
        discard: Callable[[T], object],
        cancellation: Cancellation,
        *,
        ordered: bool = True,
        abandon_connecting: bool = False,
    ) -> None:
        self._slices = list(plan)
        self._fetch = fetch
        self._discard = discard
        self._cancellation = cancellation
        self._ordered = ordered
        self._abandon_connecting = abandon_connecting
        self._changed = threading.Condition()
        self._next_to_fetch = 0
        self._taken = 0
        # The slice that was taken last, and may still be returned.
        self._held: int | None = None
        self._returned: dict[int, tuple[T, Callable[[T], T]]] = {}
        self._ready: dict[int, T] = {}
        self._failed: dict[int, BaseException] = {}
        self._closed = False
        self._window = plan.parallel + _AHEAD
        self._threads = [
            threading.Thread(target=self._work, name=f"mixpanel-export-{n}", daemon=True)
            for n in range(min(plan.parallel, len(self._slices)))
        ]
        for thread in self._threads:
            thread.start()

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
                if self._closed or self._taken == len(self._slices):
                    return None
                index = self._next_ready()
                if index is not None:
                    self._taken += 1
                    self._held = index
                    self._changed.notify_all()
                    return self._ready.pop(index)
                if error := self._due_failure():
                    raise error
                self._changed.wait()

    def give_back(self, fetched: T, fetch_again: Callable[[T], T]) -> None:
        """Return the slice that was taken last, to be fetched again and taken another time.

        Args:
            fetch_again: called in the threads; disposes of the slice itself when it raises.
        """
        with self._changed:
            index, self._held = self._held, None
            if index is None:
                raise RuntimeError("give_back: no slice was taken")
            if not self._closed:
                self._taken -= 1
                self._returned[index] = fetched, fetch_again
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

    def _next_ready(self) -> int | None:
        if self._ordered:
            return self._taken if self._taken in self._ready else None
        return next(iter(self._ready), None)

    def _due_failure(self) -> BaseException | None:
        """Return the failure to raise now.

        A refusal is due at once, because the other slices would be refused too. Any other failure waits: in order,
        for the slices before it; otherwise, for those being fetched.
        """
        refusal = next((error for error in self._failed.values() if isinstance(error, APIError)), None)
        if refusal is not None:
            return refusal
        if self._ordered:
            return self._failed.get(self._taken)
        being_fetched = self._next_to_fetch - self._taken - len(self._ready) - len(self._failed)
        return next(iter(self._failed.values()), None) if not being_fetched else None

    def _work(self) -> None:
        while (claimed := self._claim()) is not None:
            index, fetch = claimed
            try:
                fetched = fetch()
            except BaseException as error:
                # `take` raises it, in the thread that can handle it.
                with self._changed:
                    self._failed[index] = error
                    self._changed.notify_all()
                continue
            with self._changed:
                if not self._closed:
                    self._ready[index] = fetched
                    self._changed.notify_all()
                    continue
            self._discard(fetched)

    def _claim(self) -> tuple[int, Callable[[], T]] | None:
        """Wait until a slice may be fetched; return its index and how to fetch it, or None at the end."""
        with self._changed:
            while not self._closed and (self._taken < len(self._slices) or self._held is not None):
                if self._returned:
                    index = min(self._returned)
                    fetched, fetch_again = self._returned.pop(index)
                    return index, functools.partial(fetch_again, fetched)
                if not self._failed and self._next_to_fetch < min(
                    len(self._slices), self._taken + self._window
                ):
                    index = self._next_to_fetch
                    self._next_to_fetch += 1
                    return index, functools.partial(self._fetch, self._slices[index])
                self._changed.wait()
            return None

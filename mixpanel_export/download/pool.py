"""Slices side by side: some threads fetch, and whoever iterates gets each slice once it is there.

Holds the threads, and the promise that they end: when all is delivered, when something failed, and when the
iteration is given up. How a slice is fetched is `fetch`'s business.
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

# Slices that may be complete before the consumer wants them, beyond those in the making: more would only fill
# the disk while a slow consumer works.
_AHEAD = 2
# As long as it may take to connect, and a little longer.
_JOIN_SECONDS = 30.0
# For a thread that connects: it may be about to end, or wait for a server that does not answer.
_CONNECT_GRACE = 0.25


class SlicePool(Generic[T]):
    """The slices of a plan, each fetched by one of `plan.parallel` threads.

    Args:
        plan: what to fetch.
        fetch: fetches one slice; called in the threads.
        discard: gets rid of a fetched slice that nobody took.
        cancellation: ends what `fetch` is waiting for.
        again: fetches once more what was given back; called in the threads. What it is given is its own to get rid
            of when it raises.
        ordered: hand slices over in the order of the plan, or as they complete.
        nameless: what is fetched has no name that it could be taken for something else by; then a thread that is
            still connecting when this is closed ends later, by itself.
    """

    def __init__(
        self,
        plan: Plan,
        fetch: Callable[[Slice], T],
        discard: Callable[[T], object],
        cancellation: Cancellation,
        *,
        again: Callable[[T], T] | None = None,
        ordered: bool = True,
        abandon_connecting: bool = False,
    ) -> None:
        self._slices = list(plan)
        self._fetch = fetch
        self._fetch_again = again
        self._discard = discard
        self._cancellation = cancellation
        self._ordered = ordered
        self._nameless = abandon_connecting
        self._changed = threading.Condition()
        self._next_to_fetch = 0
        self._taken = 0
        # The slice that was taken last, and may still be given back.
        self._held: int | None = None
        self._given_back: dict[int, T] = {}
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
        """The next slice, when it is there; None when all have been taken, or it was cancelled.

        Raises:
            Whatever `fetch` raised for the slice that is next.
        """
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

    def give_back(self, fetched: T) -> None:
        """Have what was taken last fetched again, to be taken another time."""
        with self._changed:
            assert self._held is not None
            index, self._held = self._held, None
            if not self._closed:
                self._taken -= 1
                self._given_back[index] = fetched
                self._changed.notify_all()
                return
        self._discard(fetched)

    def cancel(self) -> None:
        """Have the threads end, and return at once. May be called from any thread."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._cancellation.cancel()

    def close(self) -> None:
        """End the threads, and discard what nobody took. May be called from any thread, and twice."""
        self.cancel()
        connecting = self._cancellation.connecting() if self._nameless else frozenset[int]()
        moment = time.monotonic() + _CONNECT_GRACE
        for thread in self._threads:
            # One of them when garbage is collected there.
            if thread is not threading.current_thread():
                thread.join(
                    _JOIN_SECONDS if thread.ident not in connecting else max(0.0, moment - time.monotonic())
                )
        with self._changed:
            for rest in (self._ready, self._given_back):
                while rest:
                    self._discard(rest.popitem()[1])

    def _next_ready(self) -> int | None:
        if self._ordered:
            return self._taken if self._taken in self._ready else None
        return next(iter(self._ready), None)

    def _due_failure(self) -> BaseException | None:
        """A refusal is due at once, for the others would be refused too. Any other failure waits: in order, for
        the slices before it; as they complete, for those being fetched.
        """
        refusal = next((error for error in self._failed.values() if isinstance(error, APIError)), None)
        if refusal is not None:
            return refusal
        if self._ordered:
            return self._failed.get(self._taken)
        in_the_making = self._next_to_fetch - self._taken - len(self._ready) - len(self._failed)
        return next(iter(self._failed.values()), None) if not in_the_making else None

    def _work(self) -> None:
        while (claimed := self._claim()) is not None:
            index, fetch = claimed
            try:
                fetched = fetch()
            except BaseException as error:
                # Raised where it can be handled: in the thread that iterates.
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
        """The next slice to fetch, once there is room for it; None when there is nothing more to do."""
        with self._changed:
            while not self._closed and (self._taken < len(self._slices) or self._held is not None):
                if self._given_back:
                    assert self._fetch_again is not None
                    index = min(self._given_back)
                    return index, functools.partial(self._fetch_again, self._given_back.pop(index))
                if not self._failed and self._next_to_fetch < min(
                    len(self._slices), self._taken + self._window
                ):
                    index = self._next_to_fetch
                    self._next_to_fetch += 1
                    return index, functools.partial(self._fetch, self._slices[index])
                self._changed.wait()
            return None

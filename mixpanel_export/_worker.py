"""Threads for blocking work that never keep the interpreter from exiting.

The threads of `ThreadPoolExecutor`, and so the default threads of an event loop, are joined at the exit: work that
waits for a silent server would hold it up for minutes. These are cancelled first, and waited for only briefly.
Importing asyncio is left to those who use it.
"""

from __future__ import annotations

import atexit
import contextlib
import queue
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import Executor, Future, wait
from typing import Any, ParamSpec, TypeVar

from mixpanel_export._process import HomeProcess
from mixpanel_export._resources import resource_limits

__all__ = ["WorkThread", "Workers", "end_all_work", "in_thread"]

T = TypeVar("T")
P = ParamSpec("P")

_Queue = queue.SimpleQueue[tuple[Future[Any], Callable[[], None]] | None]

# For cancelled work to remove its files at the exit.
_EXIT_SECONDS = 2.0
# A waiting caller makes sure this often that the threads live.
_WATCH_SECONDS = 1.0


def _nothing() -> None:
    pass


class Workers(Executor):
    """An executor with daemon threads; `shutdown`, or the end of a `with` block, ends them.

    Args:
        count: the most threads. When the system starts no more of them, fewer do the work, or the caller.
        name: the beginning of the threads' names, after `mixpanel-export-`.
        cancel: called at the interpreter's exit, before it waits for running work; returns at once.
    """

    def __init__(self, count: int, name: str, cancel: Callable[[], object] = _nothing) -> None:
        self._home = HomeProcess()
        self._count = count
        self._name = name
        self._cancel = cancel
        self._queue: _Queue = queue.SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._is_over = False
        # The threads hold no reference to this object: they end with it.
        weakref.finalize(self, self._queue.put, None).atexit = False
        _live.add(self)

    def submit(self, work: Callable[P, T], /, *args: P.args, **options: P.kwargs) -> Future[T]:
        """Run a call in one of the threads; raises RuntimeError after `shutdown`."""
        future: Future[T] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = work(*args, **options)
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        with self._lock:
            if self._is_over:
                raise RuntimeError("these threads have ended")
            if not self._idle.acquire(blocking=False) and len(self._threads) < self._count:
                with contextlib.suppress(RuntimeError):
                    self._add_thread()
            if self._threads:
                self._queue.put((future, run))
                return future
        run()
        return future

    def result_of(self, work: Callable[[], T]) -> T:
        """Run a call and wait for its result.

        Raises:
            MemoryError: when the interpreter has ended the thread, as it does without memory.
        """
        future = self.submit(work)
        while not future.done() and all(thread.is_alive() for thread in self._threads):
            wait([future], _WATCH_SECONDS)
        if not future.done():
            raise MemoryError("a thread ended")
        return future.result()

    def start(self) -> None:
        """Start the first thread, for work that the caller must not do; raises RuntimeError when it cannot."""
        with self._lock:
            if not self._threads:
                self._add_thread()
                self._idle.release()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the threads after the work that was submitted, or with `cancel_futures` after that which runs."""
        with self._lock:
            self._is_over = True
            if cancel_futures:
                with contextlib.suppress(queue.Empty):
                    while (submitted := self._queue.get_nowait()) is not None:
                        submitted[0].cancel()
            self._queue.put(None)
        if wait:
            self._join(None)

    def end_at_exit(self) -> None:
        """Cancel the work, at the interpreter's exit."""
        if self._home.is_current:
            with contextlib.suppress(Exception):
                self._cancel()

    def join_at_exit(self, moment: float) -> None:
        """Wait for the cancelled work until this moment of the monotonic clock."""
        if self._home.is_current:
            self.shutdown(wait=False)
            self._join(moment)

    def _add_thread(self) -> None:
        name = f"mixpanel-export-{self._name}-{len(self._threads)}"
        thread = threading.Thread(target=_serve, args=(self._queue, self._idle), name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _join(self, moment: float | None) -> None:
        for thread in self._threads:
            # The garbage collector may end them in any thread, even in one of these.
            if thread is not threading.current_thread():
                thread.join(None if moment is None else max(0.0, moment - time.monotonic()))


def _serve(work: _Queue, idle: threading.Semaphore) -> None:
    while (submitted := work.get()) is not None:
        submitted[1]()
        # Else the last work, and what it refers to, would live as long as the thread.
        del submitted
        idle.release()
    # For the next thread.
    work.put(None)


_live: weakref.WeakSet[Workers] = weakref.WeakSet()


@atexit.register
def end_all_work() -> None:
    """Cancel the work of all threads and wait for them, briefly; called at the interpreter's exit."""
    live = list(_live)
    for workers in live:
        workers.end_at_exit()
    moment = time.monotonic() + _EXIT_SECONDS
    for workers in live:
        workers.join_at_exit(moment)


class WorkThread:
    """One thread of a task, for one piece of work after another. The task ends it.

    Args:
        name: the end of the thread's name.
        cancel: cancels the work and returns at once.
        close: called in the thread after the work, even when nobody waits for it any more.
    """

    def __init__(
        self, name: str, cancel: Callable[[], object] = _nothing, close: Callable[[], object] = _nothing
    ) -> None:
        self._home = HomeProcess()
        self._cancel = cancel
        self._close = close
        self._workers = Workers(1, name, cancel)
        self._loop: Any = None

    async def run(self, work: Callable[[], T]) -> T:
        """Return the result of the work. When the task is cancelled, the work goes on until `end` cancels it.

        Raises:
            MixpanelError: in a process forked from the one that has the thread.
        """
        import asyncio

        self._home.check()
        with resource_limits():
            self._workers.start()
        self._loop = asyncio.get_running_loop()
        return await asyncio.wrap_future(self._workers.submit(work))

    async def end(self) -> None:
        """Cancel the work, wait for it without blocking the loop, and end the thread."""
        import asyncio

        if not self._home.is_current:
            return
        self._cancel()
        # After the exit has begun, nobody can do it.
        with contextlib.suppress(RuntimeError):
            closed = self._workers.submit(self._close)
            self._workers.shutdown(wait=False)
            # The garbage collector ends abandoned tasks outside of their loop, where they cannot wait.
            if self._loop is not None and self._loop is _running_loop():
                await asyncio.shield(asyncio.wrap_future(closed))


def _running_loop() -> Any:
    import asyncio

    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


async def in_thread(work: Callable[[], T], cancel: Callable[[], object] = _nothing) -> T:
    """Run blocking work in a separate thread; when the task ends early, `cancel` cancels the work."""
    thread = WorkThread("work", cancel)
    try:
        return await thread.run(work)
    finally:
        await thread.end()

"""Blocking work of a task, in a thread of its own: the loop's default ones would outlive it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["WorkThread", "in_thread"]

T = TypeVar("T")


def _nothing() -> None:
    pass


class WorkThread:
    """One thread, for one piece of work after another. End it, whatever happens."""

    def __init__(self, name: str) -> None:
        self._executor = ThreadPoolExecutor(1, f"mixpanel-export-{name}")

    async def run(self, work: Callable[[], T]) -> T:
        """What the work answers; when the task is cancelled, the work goes on until `end` cancels it."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    async def end(self, cancel: Callable[[], object], close: Callable[[], object] = _nothing) -> None:
        """Cancel what runs, wait for it without blocking the loop, and end the thread.

        Args:
            cancel: ends what runs, and returns at once.
            close: done in the thread when that has ended, even when nobody waits any more.
        """
        cancel()
        closed = asyncio.get_running_loop().run_in_executor(self._executor, close)
        self._executor.shutdown(wait=False)
        await asyncio.shield(closed)


async def in_thread(work: Callable[[], T], cancel: Callable[[], object] = _nothing) -> T:
    """Do blocking work in a thread of its own; when the task ends early, `cancel` ends the work."""
    thread = WorkThread("work")
    try:
        return await thread.run(work)
    finally:
        await thread.end(cancel)

"""Run a task's blocking work in a separate thread: the default threads of the loop would outlive it.

Importing asyncio is left to those who use it.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from mixpanel_export._process import HomeProcess

__all__ = ["WorkThread", "in_thread"]

T = TypeVar("T")


def _nothing() -> None:
    pass


class WorkThread:
    """One thread, for one piece of work after another. The caller ends it."""

    def __init__(self, name: str) -> None:
        self._home = HomeProcess()
        self._executor = ThreadPoolExecutor(1, f"mixpanel-export-{name}")

    async def run(self, work: Callable[[], T]) -> T:
        """Return the result of the work. When the task is cancelled, the work goes on until `end` cancels it.

        Raises:
            MixpanelError: in a process forked from the one that has the thread.
        """
        import asyncio

        self._home.check()
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    async def end(self, cancel: Callable[[], object], close: Callable[[], object] = _nothing) -> None:
        """Cancel the work, wait for it without blocking the loop, and end the thread.

        Args:
            cancel: cancels the work and returns at once.
            close: called in the thread afterwards, even when nobody waits for it any more.
        """
        import asyncio

        if not self._home.is_current:
            return
        cancel()
        closed = asyncio.get_running_loop().run_in_executor(self._executor, close)
        self._executor.shutdown(wait=False)
        await asyncio.shield(closed)


async def in_thread(work: Callable[[], T], cancel: Callable[[], object] = _nothing) -> T:
    """Run blocking work in a separate thread; when the task ends early, `cancel` cancels the work."""
    thread = WorkThread("work")
    try:
        return await thread.run(work)
    finally:
        await thread.end(cancel)

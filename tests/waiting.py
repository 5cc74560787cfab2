"""Waiting for what threads and servers do in their own time.

What would hang without the behaviour under test hangs for `HANGS` seconds, and has to end within `SOON`: far apart,
so that a loaded machine changes no result.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

HANGS = 100.0
SOON = 60.0


def settled(quiet: Callable[[], object], seconds: float = SOON) -> bool:
    """Wait until `quiet()`, at the most for `seconds`; return whether it came to that."""
    end = time.monotonic() + seconds
    while not (found := quiet()) and time.monotonic() < end:
        time.sleep(0.005)
    return bool(found)


def export_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("mixpanel-export")]


def assert_no_thread_is_left() -> None:
    """Wait for threads to end: a task waits for a thread's work, and the thread itself ends right after."""
    assert settled(lambda: not export_threads()), export_threads()


@contextmanager
def ends_soon() -> Iterator[None]:
    """Fail if what runs inside waits for what hangs."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < SOON

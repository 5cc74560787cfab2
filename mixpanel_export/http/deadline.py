"""An overall bound on how long an answer may take, for peers that send a byte now and then.

httpx's timeouts bound the wait for the next byte only. `transport` sets the deadline of each attempt, and the
connections of `streams` keep it.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Generator
from contextvars import ContextVar

import httpcore

__all__ = ["Deadline", "attempt_deadline", "current_deadline"]

# A body that comes no faster than this has as long as the headers.
_MIN_BYTES_PER_SECOND = 1000


class Deadline:
    """The time that one attempt has left.

    Its headers must be complete within the read timeout. Its body has as long again, and a second more for every
    1,000 bytes of it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began: float | None = None
        self._body: int | None = None

    def begin_body(self) -> None:
        """Note that the headers are complete."""
        self._began, self._body = self._clock(), 0

    def add(self, count: int) -> None:
        """Note that this many bytes of the body have come."""
        if self._body is not None:
            self._body += count

    def left(self, timeout: float | None) -> float | None:
        """Return the seconds to wait for the next bytes; None for any number.

        Raises:
            httpcore.ReadTimeout: when none are left.
        """
        if timeout is None:
            return None
        now = self._clock()
        if self._began is None:
            self._began = now
        passed = now - self._began
        left = timeout + (self._body or 0) / _MIN_BYTES_PER_SECOND - passed
        if left > 0:
            return min(left, timeout)
        if self._body is None:
            raise httpcore.ReadTimeout(f"the answer had no complete headers after {passed:.1f} s")
        raise httpcore.ReadTimeout(
            f"the answer came too slowly: {self._body:,} bytes of the body in {passed:.1f} s"
        )


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def current_deadline() -> Deadline | None:
    """Return the deadline of the attempt that this thread or task is making; None outside one."""
    return _current.get()


@contextlib.contextmanager
def attempt_deadline() -> Generator[Deadline]:
    """Start an attempt; its clock runs from the first bytes that are waited for."""
    deadline = Deadline()
    token = _current.set(deadline)
    try:
        yield deadline
    finally:
        _current.reset(token)

"""Cancel work that waits, computes or reads from the network, from any thread.

Functions that can be cancelled take a `Cancellation`; pass `NOT_CANCELLABLE` when nothing will cancel them.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
import weakref
from collections.abc import Generator, Mapping
from typing import Any, Final

from mixpanel_export._process import HomeProcess
from mixpanel_export.errors import CancelledError

__all__ = ["NOT_CANCELLABLE", "Cancellation"]

# Events of httpcore's trace. A prefix says whether the connection is to a proxy.
_CONNECTING = ".connect_tcp.started"
_CONNECTED = ".connect_tcp.complete"
_NOT_CONNECTED = ".connect_tcp.failed"


class Cancellation:
    """One piece of work that can be cancelled. Thread-safe.

    It belongs to the process that made it: in a forked child `check` raises, because the threads that do the work
    exist only in the parent, and `cancel` does nothing, because the sockets are the parent's too.
    """

    def __init__(self) -> None:
        self._home = HomeProcess()
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._connecting: set[int] = set()
        self._children: weakref.WeakSet[Cancellation] = weakref.WeakSet()

    def child(self) -> Cancellation:
        """Make a cancellation for a part of the work, which is cancelled together with the whole."""
        child = Cancellation()
        with self._lock:
            self._children.add(child)
            if self._event.is_set():
                child.cancel()
        return child

    @property
    def is_ours(self) -> bool:
        """False in a process forked from the one that started the work."""
        return self._home.is_current

    def cancel(self) -> None:
        """Cancel the work and return at once: every wait ends and every socket is shut down."""
        if not self.is_ours:
            return
        self._event.set()
        with self._lock:
            for connected in self._sockets:
                _shut_down(connected)
            children = list(self._children)
        for child in children:
            child.cancel()

    def check(self) -> None:
        """Return while the work should go on.

        Raises:
            CancelledError: once it was cancelled.
            MixpanelError: in a process forked from the one that started the work.
        """
        self.check_process()
        if self._event.is_set():
            raise CancelledError("the export was cancelled")

    def check_process(self) -> None:
        """Raise MixpanelError in a process forked from the one that started the work."""
        self._home.check()

    def sleep(self, seconds: float) -> None:
        """Wait this many seconds; raise as `check` does, at once when cancelled meanwhile."""
        self.check()
        self._event.wait(seconds)
        self.check()

    def connecting(self) -> frozenset[int]:
        """Return the threads that are connecting, which only a timeout can interrupt.

        None starts to connect after `cancel`.
        """
        with self._lock:
            connecting = frozenset(self._connecting)
            children = list(self._children)
        return connecting.union(*(child.connecting() for child in children))

    @contextlib.contextmanager
    def watching(self) -> Generator[Mapping[str, Any]]:
        """Yield the httpx extensions of a request whose socket `cancel` shuts down."""
        mine: set[socket.socket] = set()
        me = threading.get_ident()

        def trace(name: str, info: Mapping[str, Any]) -> None:
            with self._lock:
                if name.endswith(_CONNECTING):
                    self.check()
                    self._connecting.add(me)
                elif name.endswith(_NOT_CONNECTED):
                    self._connecting.discard(me)
                elif name.endswith(_CONNECTED):
                    self._connecting.discard(me)
                    found = info["return_value"].get_extra_info("socket")
                    if isinstance(found, socket.socket):
                        # TLS detaches the socket from its object; a duplicate stays usable.
                        found = found.dup()
                        mine.add(found)
                        self._sockets.add(found)
                        if self._event.is_set():
                            _shut_down(found)

        try:
            yield {"trace": trace}
        finally:
            with self._lock:
                self._connecting.discard(me)
                self._sockets -= mine
            for connected in mine:
                connected.close()


class _NotCancellable(Cancellation):
    """The null cancellation: shared by everything that nobody cancels."""

    def child(self) -> Cancellation:
        return Cancellation()

    @property
    def is_ours(self) -> bool:
        return True

    def cancel(self) -> None:
        raise TypeError("NOT_CANCELLABLE is shared and cannot be cancelled; make a Cancellation()")

    def check(self) -> None:
        pass

    def check_process(self) -> None:
        pass

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def connecting(self) -> frozenset[int]:
        return frozenset()

    @contextlib.contextmanager
    def watching(self) -> Generator[Mapping[str, Any]]:
        yield {}


NOT_CANCELLABLE: Final[Cancellation] = _NotCancellable()
"""For work that nothing will cancel: `check` does nothing, and `sleep` is `time.sleep`."""


def _shut_down(connected: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)

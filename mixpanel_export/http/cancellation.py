"""Cancel work that waits for the network: wake its waits and shut its sockets."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Generator, Mapping
from typing import Any

from mixpanel_export.errors import (
    CancelledError,
)

# Of httpcore's trace; before it there is who connects, for a proxy or not.
_CONNECTING = ".connect_tcp.started"

_CONNECTED = ".connect_tcp.complete"

_NOT_CONNECTED = ".connect_tcp.failed"


class Cancellation:
    """Ends an export: every wait returns, every socket is shut."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._connecting: set[int] = set()

    def cancel(self) -> None:
        """End it now. Threads that read or wait find out at once."""
        self._event.set()
        with self._lock:
            for each in self._sockets:
                _shut(each)

    def check(self) -> None:
        """Raise CancelledError once it is over."""
        if self._event.is_set():
            raise CancelledError("the export was cancelled")

    def sleep(self, seconds: float) -> None:
        """Wait, unless it ends."""
        self._event.wait(seconds)
        self.check()

    def connecting(self) -> frozenset[int]:
        """The threads that are making a connection, which only its timeout ends; none begins once it is over."""
        with self._lock:
            return frozenset(self._connecting)

    @contextlib.contextmanager
    def watching(self) -> Generator[Mapping[str, Any]]:
        """The extensions of a request whose socket is to be shut when it ends."""
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
                        # TLS takes the socket away from this object, but not from another one.
                        found = found.dup()
                        mine.add(found)
                        self._sockets.add(found)
                        if self._event.is_set():
                            _shut(found)

        try:
            yield {"trace": trace}
        finally:
            with self._lock:
                self._connecting.discard(me)
                self._sockets -= mine
            for each in mine:
                each.close()


def _shut(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)

"""A listening socket, and a thread with an event loop that serves it until stopped.

Runs uvicorn's HTTP/1.1 protocol on our own socket and loop rather than in `uvicorn.Server`: the address is known
before the thread starts, stopping needs no polling, and the host program's signal handlers and loggers stay
untouched.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import threading
from email.utils import formatdate
from typing import TYPE_CHECKING

from mixpanel_export._resources import resource_limits
from mixpanel_export.errors import ConfigurationError, ResourceLimitError
from mixpanel_export.sandbox.http.protocol import protocol_for

if TYPE_CHECKING:
    from starlette.types import ASGIApp
    from uvicorn.server import ServerState

__all__ = ["Serving", "listen"]

_BACKLOG = 512


class Serving:
    """A thread that serves a socket from creation until `stop`."""

    def __init__(self, application: ASGIApp, listener: socket.socket) -> None:
        host, port = listener.getsockname()[:2]
        self.url: str = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()
        self._state, protocol = protocol_for(application)
        self._thread = threading.Thread(
            target=self._run,
            args=(protocol, listener),
            name=f"mixpanel-sandbox-{port}",
            # A sandbox nobody stopped must not keep the program from exiting.
            daemon=True,
        )
        try:
            with resource_limits():
                self._thread.start()
        except ResourceLimitError:
            self._loop.close()
            raise

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()

    def _run(self, protocol: type[asyncio.Protocol], listener: socket.socket) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve(protocol, listener))

    async def _serve(self, protocol: type[asyncio.Protocol], listener: socket.socket) -> None:
        server = await self._loop.create_server(protocol, sock=listener, backlog=_BACKLOG)
        try:
            while not self._stopped.is_set():
                self._state.default_headers = [(b"date", formatdate(usegmt=True).encode())]
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._stopped.wait(), timeout=1)
        finally:
            server.close()
            await _cut(self._state)


async def _cut(state: ServerState) -> None:
    """Close every connection and cancel the requests in progress."""
    for connection in list(state.connections):
        connection.transport.close()
    # An idle connection closes on the loop's next turn; one with unsent bytes might never close.
    await asyncio.sleep(0)
    for connection in list(state.connections):
        connection.transport.abort()
    tasks = list(state.tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    # An aborted socket closes one turn later, and the loop is about to be closed.
    await asyncio.sleep(0)


def listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, None, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )[0]
        # Not socket.create_server: it leaves the protocol unnamed, so asyncio would leave Nagle's algorithm
        # on and delay the body of every small response by 40 ms.
        listener = socket.socket(family, kind, protocol)
        try:
            if os.name == "posix":
                # Allow the port to be reused while connections of the previous sandbox linger.
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((address[0], port, *address[2:]))
            listener.listen(_BACKLOG)
        except BaseException:
            listener.close()
            raise
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(
            "port", f"cannot listen on {host}:{port}: {reason}; use port 0 for a free one"
        ) from error
    return listener

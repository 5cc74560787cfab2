"""`Sandbox`: the application served over real HTTP from a background thread, and gone again without a trace.

What is served is `app`'s business. uvicorn's HTTP/1.1 protocol runs here on a listening socket of our own, on
a loop of our own, instead of in `uvicorn.Server`: the address is known before the thread starts, stopping
takes no polling, signal handlers stay the host program's, and so does the set-up of its loggers.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import threading
from email.utils import formatdate
from types import TracebackType
from typing import TYPE_CHECKING, Self

from mixpanel_export.auth import ServiceAccountAuth
from mixpanel_export.errors import ConfigurationError, MissingExtraError, MixpanelError
from mixpanel_export.sandbox.credentials import SandboxCredentials

if TYPE_CHECKING:
    from starlette.types import ASGIApp
    from uvicorn.server import ServerState

__all__ = ["Sandbox"]

_BACKLOG = 512
# Longer than any client keeps an idle connection, so that a test never meets one that is just closing.
_KEEP_ALIVE_SECONDS = 600
# Outside the logging hierarchy: nothing it is given is ever shown, whatever the host program set up.
_SILENT = logging.Logger("mixpanel_export.sandbox.http", level=logging.CRITICAL + 1)


class Sandbox:
    """An embedded Mixpanel with the sample data of a made-up shop, from 2024-01-01 to 2024-03-31.

    A context manager, also an asynchronous one; `start` and `stop` do the same. Any number can run side by
    side. Starting blocks for some tenths of a second, once in a process while the sample data is made, and
    for milliseconds from then on.

    Args:
        port: where to listen; 0 takes a free port.
        host: the address to listen on. Anything but loopback lets others in.
        credentials: what to accept instead of the usual made-up credentials.
        seed: another seed is another shop of the same kind.

    Raises:
        MissingExtraError: if the extra `sandbox` is not installed.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        credentials: SandboxCredentials | None = None,
        seed: int | None = None,
    ) -> None:
        _require_extra()
        self.credentials = credentials or SandboxCredentials()
        self._host = host
        self._port = port
        self._seed = seed
        self._lock = threading.Lock()
        self._running: _Running | None = None

    @property
    def url(self) -> str:
        """Where the sandbox is, for `base_url`: `http://127.0.0.1:PORT`.

        Raises:
            MixpanelError: if it is not running.
        """
        running = self._running
        if running is None:
            raise MixpanelError("The sandbox is not running; use it in a with statement, or start() it")
        return running.url

    @property
    def auth(self) -> ServiceAccountAuth:
        """The service account, ready for a client."""
        return self.credentials.service_account()

    @property
    def environment(self) -> dict[str, str]:
        """The `MIXPANEL_…` variables with which a client finds and may use this sandbox."""
        return self.credentials.environment(self.url)

    def start(self) -> Self:
        """Start serving; does nothing when running. Requests may be sent as soon as it returns.

        Raises:
            ConfigurationError: if the port cannot be listened on.
        """
        with self._lock:
            if self._running is None:
                application = self._application()
                self._running = _Running(application, _listen(self._host, self._port))
        return self

    def stop(self) -> None:
        """Stop serving, cut what connections are open, and wait for the thread to end.

        Does nothing when not running. A stopped sandbox may be started again, with its data as at first.
        """
        with self._lock:
            if self._running is not None:
                self._running.stop()
                self._running = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return self.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        running = self._running
        return f"<Sandbox at {running.url}>" if running else "<Sandbox, not running>"

    def _application(self) -> ASGIApp:
        from mixpanel_export.sandbox.app import create_app
        from mixpanel_export.sandbox.project import Project
        from mixpanel_export.sandbox.sample import SEED, sample_data

        sample = sample_data(SEED if self._seed is None else self._seed)
        return create_app(
            Project(credentials=self.credentials, events=sample.events, profiles=sample.profiles)
        )


class _Running:
    """A thread with a loop that serves a socket, from when it is made until it is stopped."""

    def __init__(self, application: ASGIApp, listener: socket.socket) -> None:
        host, port = listener.getsockname()[:2]
        self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()
        self._state, protocol = _protocol(application)
        self._thread = threading.Thread(
            target=self._run,
            args=(protocol, listener),
            name=f"mixpanel-sandbox-{port}",
            # A sandbox that nobody stopped must not keep the program from ending.
            daemon=True,
        )
        self._thread.start()

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


def _protocol(application: ASGIApp) -> tuple[ServerState, type[asyncio.Protocol]]:
    """uvicorn's protocol bound to the application, and what it keeps of connections and tasks."""
    from uvicorn.config import Config
    from uvicorn.protocols.http.h11_impl import H11Protocol
    from uvicorn.server import ServerState

    class Connection(H11Protocol):
        def __init__(self) -> None:
            super().__init__(config=config, server_state=state, app_state={})
            self.logger = self.access_logger = _SILENT
            self.access_log = False

    state = ServerState()
    config = Config(
        application,
        http=Connection,
        ws="none",
        lifespan="off",
        interface="asgi3",
        # Neither a log_config nor a log level: both would change the host program's uvicorn loggers.
        log_config=None,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
    )
    config.load()
    return state, Connection


async def _cut(state: ServerState) -> None:
    """End every connection and the requests that are being answered on them."""
    for connection in list(state.connections):
        connection.transport.close()
    # An idle connection closes by itself in the loop's next turn; one with unsent bytes never might.
    await asyncio.sleep(0)
    for connection in list(state.connections):
        connection.transport.abort()
    tasks = list(state.tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    # The loop is about to be closed, and an aborted socket is closed one turn later.
    await asyncio.sleep(0)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, None, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )[0]
        # Not socket.create_server: it leaves the protocol unnamed, and asyncio then leaves Nagle's algorithm
        # on, which holds the body of every small answer back for 40 ms.
        listener = socket.socket(family, kind, protocol)
        try:
            if os.name == "posix":
                # Lets a port be used again while connections of the last sandbox on it fade away.
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((address[0], port, *address[2:]))
            listener.listen(_BACKLOG)
        except BaseException:
            listener.close()
            raise
    except (OSError, OverflowError) as error:
        raise ConfigurationError(
            "port", f"cannot listen on {host}:{port} ({error}); port 0 takes a free one"
        ) from error
    return listener


def _require_extra() -> None:
    try:
        import starlette
        import uvicorn
    except ImportError as error:
        raise MissingExtraError("The sandbox", "sandbox") from error
    del starlette, uvicorn

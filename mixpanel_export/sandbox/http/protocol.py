"""The server side of one connection: uvicorn's HTTP/1.1 protocol, silenced, with access for faults."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from mixpanel_export.sandbox.faults.wire import WIRE, Wire

if TYPE_CHECKING:
    from starlette.types import ASGIApp
    from uvicorn.server import ServerState

__all__ = ["protocol_for"]

# Longer than any client keeps an idle connection, so tests never hit one that is just closing.
_KEEP_ALIVE_SECONDS = 600
# Outside the logging hierarchy, so nothing is shown however the host program configures logging.
_SILENT = logging.Logger("mixpanel_export.sandbox.http", level=logging.CRITICAL + 1)


def protocol_for(application: ASGIApp) -> tuple[ServerState, type[asyncio.Protocol]]:
    """Return uvicorn's protocol class for the application, and its connections and tasks."""
    from uvicorn.config import Config
    from uvicorn.protocols.http.h11_impl import H11Protocol
    from uvicorn.server import ServerState

    class Connection(H11Protocol):
        def __init__(self) -> None:
            self._wire = Wire(self)
            super().__init__(config=config, server_state=state, app_state={WIRE: self._wire})
            self.logger = self.access_logger = _SILENT
            self.access_log = False

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            self._wire.lost.set()

    state = ServerState()
    config = Config(
        application,
        http=Connection,
        ws="none",
        lifespan="off",
        interface="asgi3",
        # A log_config or log level would change the host program's uvicorn loggers.
        log_config=None,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
    )
    config.load()
    return state, Connection

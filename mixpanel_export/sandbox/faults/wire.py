"""Faults of the connection: late, slow or partial responses, and broken connections.

An ASGI layer outside compression, so it cuts the bytes that are really sent. It needs the connection itself
(`Wire`), because ASGI has no way to reset one.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from mixpanel_export.sandbox.faults.body import Recorder, fault_of, share_of, with_length
from mixpanel_export.sandbox.faults.fault import Fault

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["WIRE", "DamagedWire", "Wire"]

WIRE = "mixpanel_sandbox_wire"
"""The key, in a request's state, of the connection it arrived on."""

_POLL_INTERVAL = 0.005
_FLUSH_TIMEOUT = 10.0
_PIECE = 64 * 1024
_PIECES_A_SECOND = 20
# A linger time of zero turns closing a socket into a reset; the struct differs on Windows.
_NO_LINGER = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


class _Connection(Protocol):
    @property
    def transport(self) -> asyncio.Transport: ...


class Wire:
    """One connection, below HTTP.

    Attributes:
        lost: set when the connection is gone, whichever side ended it.
    """

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self.lost: asyncio.Event = asyncio.Event()
        self._free_at = 0.0

    async def wait(self, seconds: float) -> None:
        """Wait for `seconds`, or until the connection is gone."""
        timeout = None if seconds == float("inf") else seconds
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.lost.wait(), timeout)

    async def pace(self, size: int, rate: float) -> None:
        """Wait for as long as sending `size` bytes takes at `rate` bytes per second."""
        now = time.monotonic()
        self._free_at = max(self._free_at, now) + size / rate
        await self.wait(self._free_at - now)

    async def close(self) -> None:
        """Close the connection cleanly once everything is sent."""
        self._connection.transport.close()
        await self.lost.wait()

    async def reset(self) -> None:
        """Reset the connection once the client has received everything sent so far."""
        await self._flushed()
        transport = self._connection.transport
        sock = transport.get_extra_info("socket")
        if sock is not None and not self.lost.is_set():
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        transport.abort()
        await self.lost.wait()

    async def _flushed(self) -> None:
        # A reset discards unsent bytes, which would make the place of the break random.
        transport = self._connection.transport
        sock = transport.get_extra_info("socket")
        give_up = time.monotonic() + _FLUSH_TIMEOUT
        while not self.lost.is_set() and time.monotonic() < give_up:
            if not transport.get_write_buffer_size() and not _unsent(sock):
                return
            await self.wait(_POLL_INTERVAL)


def _unsent(sock: socket.socket) -> int:
    """Return the bytes the kernel has not delivered yet; 0 if the platform can't tell."""
    if sys.platform != "linux":
        return 0
    import fcntl
    import termios

    return int.from_bytes(fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, b"\0" * 4), sys.byteorder)


class DamagedWire:
    """Apply the faults of the connection to the responses of `app`.

    Args:
        bandwidth: returns the bytes per second for each connection; None is unlimited.
    """

    def __init__(self, app: ASGIApp, bandwidth: Callable[[], float | None]) -> None:
        self._app = app
        self._bandwidth = bandwidth

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = fault_of(scope)
        rate = fault.rate if fault is not None and fault.rate is not None else self._bandwidth()
        wire = scope["state"][WIRE]
        assert isinstance(wire, Wire)
        if rate is not None:
            send = _paced(send, wire, rate)
        if fault is None:
            await self._app(scope, receive, send)
        elif fault.at is None:
            await self._app(scope, receive, _broken_before_headers(fault, wire))
        elif fault.pause or fault.ending in ("bytes", "close", "reset"):
            with Recorder() as answer:
                await self._app(scope, receive, answer.record)
                await _send_broken(answer, fault, wire, send)
        else:
            await self._app(scope, receive, _late(send, wire, fault.wait))


def _paced(send: Send, wire: Wire, rate: float) -> Send:
    piece = max(1, min(_PIECE, int(rate / _PIECES_A_SECOND)))

    async def paced(message: Message) -> None:
        body: bytes = message.get("body", b"")
        for begin in range(0, len(body), piece):
            if wire.lost.is_set():
                return
            part = body[begin : begin + piece]
            await send({"type": "http.response.body", "body": part, "more_body": True})
            await wire.pace(len(part), rate)
        if not body or not message.get("more_body", False):
            await send({**message, "body": b""} if body else message)

    return paced


def _late(send: Send, wire: Wire, seconds: float) -> Send:
    async def late(message: Message) -> None:
        if seconds and message["type"] == "http.response.start":
            await wire.wait(seconds)
        if not wire.lost.is_set():
            await send(message)

    return late


def _broken_before_headers(fault: Fault, wire: Wire) -> Send:
    # By now the request has been carried out.
    async def broken(message: Message) -> None:
        if message["type"] == "http.response.start":
            await wire.wait(fault.wait)
            await _break(fault, wire)

    return broken


async def _send_broken(answer: Recorder, fault: Fault, wire: Wire, send: Send) -> None:
    if answer.start is None:
        return
    place = share_of(answer.size, fault.at)
    cut_in_order = fault.ending == "bytes"
    send = _late(send, wire, fault.wait)
    await send(with_length(answer.start, place) if cut_in_order else answer.start)
    await _send_stretch(answer, 0, place, send)
    await wire.wait(fault.pause)
    if fault.ending in ("close", "reset"):
        await _break(fault, wire)
        return
    if not cut_in_order:
        await _send_stretch(answer, place, answer.size, send)
    await send({"type": "http.response.body", "body": b""})


async def _send_stretch(answer: Recorder, begin: int, end: int, send: Send) -> None:
    for chunk in answer.read(begin, end):
        await send({"type": "http.response.body", "body": chunk, "more_body": True})


async def _break(fault: Fault, wire: Wire) -> None:
    await (wire.reset() if fault.ending == "reset" else wire.close())

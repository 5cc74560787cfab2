"""Faults in the body of a response: replaced responses, inserted lines, bodies that end early.

An ASGI layer inside compression, so the gzip stream is whole even if the body isn't. Faults of the connection
are applied by `wire`. The functions that find the place to cut are pure and used by both.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from mixpanel_export.sandbox.faults.fault import BODILESS, Fault

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["FAULT", "DamagedLines", "Recorder", "fault_of", "share_of", "with_length"]

FAULT = "mixpanel_sandbox_fault"
"""The key, in a request's state, of the fault assigned to it."""

_CHUNK = 256 * 1024
_IN_MEMORY = 8 << 20


def fault_of(scope: Scope) -> Fault | None:
    """Return the fault assigned to a request."""
    fault = scope.get("state", {}).get(FAULT)
    return fault if isinstance(fault, Fault) else None


class DamagedLines:
    """Apply the faults that change the body to the responses of `app`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = fault_of(scope) if scope["type"] == "http" else None
        if fault is not None and fault.answer is not None:
            await _replace(fault, send)
        elif fault is not None and fault.changes_lines:
            with Recorder() as answer:
                # A compressed body cannot be damaged line by line.
                await self._app(_without(scope, b"accept-encoding"), receive, answer.record)
                await _send_damaged(answer, fault, send)
        else:
            await self._app(scope, receive, send)


async def _replace(fault: Fault, send: Send) -> None:
    assert fault.answer is not None
    with Recorder() as answer:
        headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in fault.answer.headers
        ]
        if fault.answer.status not in BODILESS:
            headers.append((b"content-length", b"%d" % len(fault.answer.body)))
        await answer.record(
            {"type": "http.response.start", "status": fault.answer.status, "headers": headers}
        )
        await answer.record({"type": "http.response.body", "body": fault.answer.body})
        await _send_damaged(answer, fault, send)


async def _send_damaged(answer: Recorder, fault: Fault, send: Send) -> None:
    if answer.start is None:
        return
    pieces = list(_damaged(answer.body, answer.size, fault))
    length = sum(end - begin for begin, end, _ in pieces) + sum(len(text) for _, _, text in pieces)
    await send(with_length(answer.start, length))
    for begin, end, text in pieces:
        for chunk in answer.read(begin, end):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": text, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _damaged(body: IO[bytes], size: int, fault: Fault) -> Iterator[tuple[int, int, bytes]]:
    """Yield the damaged body: ranges of the real one, each with the bytes inserted after it."""
    place = share_of(size, fault.at)
    if fault.ending == "half_line":
        end = _within_line(body, place, size)
        yield (0, end, b"")
        return
    end = _line_end(body, place) if fault.changes_lines else size
    if fault.insert is not None:
        whole = end == 0 or _byte(body, end - 1) == b"\n"
        yield (0, end, (b"" if whole else b"\n") + fault.insert + b"\n")
    else:
        yield (0, end, b"")
    if fault.ending != "lines":
        yield (end, size, b"")


def share_of(size: int, at: float | None) -> int:
    """Return the offset at a share of `size` bytes."""
    return int(size * (at or 0.0))


def _line_end(body: IO[bytes], place: int) -> int:
    """Return the end, after the line feed, of the line that contains the byte before `place`."""
    if place == 0:
        return 0
    body.seek(place - 1)
    return place - 1 + len(body.readline())


def _within_line(body: IO[bytes], place: int, size: int) -> int:
    """Return an offset inside the line at `place`, at least two bytes before the line's end."""
    # At the very end, only the last line is left to cut.
    body.seek(max(min(place, size - 2), 0))
    begin = body.tell()
    end = begin + len(body.readline())
    return max(min((begin + end) // 2, end - 2), 0)


def _byte(body: IO[bytes], place: int) -> bytes:
    body.seek(place)
    return body.read(1)


def _without(scope: Scope, header: bytes) -> Scope:
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != header]}


def with_length(start: Message, length: int | None) -> Message:
    """Return the start message with its `Content-Length` corrected, or removed if `length` is None."""
    headers: list[tuple[bytes, bytes]] = []
    for name, value in start["headers"]:
        if name.lower() != b"content-length":
            headers.append((name, value))
        elif length is not None:
            headers.append((name, b"%d" % length))
    return {**start, "headers": headers}


class Recorder:
    """A complete response, buffered in memory or, if long, in a temporary file.

    Attributes:
        start: the message that begins the response; None if there was none.
        size: the bytes of its body.
    """

    def __init__(self) -> None:
        self.start: Message | None = None
        self.size: int = 0
        # Closed by `__exit__`.
        self.body: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *exc: object) -> None:
        self.body.close()

    async def record(self, message: Message) -> None:
        """Record a message; pass this method to an application as `send`."""
        if message["type"] == "http.response.start":
            self.start = message
        elif message["type"] == "http.response.body":
            self.size += self.body.write(message.get("body", b""))

    def read(self, begin: int, end: int) -> Iterator[bytes]:
        """Yield a range of the body in chunks."""
        self.body.seek(begin)
        while begin < end:
            chunk = self.body.read(min(_CHUNK, end - begin))
            begin += len(chunk)
            yield chunk

"""The raw export: the events of a range of days as JSON Lines, streamed.

https://developer.mixpanel.com/reference/raw-event-export. Lines are sent byte for byte as stored; `time_in_ms`
changes only the property `time`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import chain, islice

import msgspec
from attrs import frozen
from starlette.responses import Response, StreamingResponse

from mixpanel_export.sandbox.data.decode import decode_line
from mixpanel_export.sandbox.data.store import PackedEventStore
from mixpanel_export.sandbox.endpoints.operation import Call, Operation
from mixpanel_export.sandbox.http.compression import MINIMUM_SIZE, accepts_gzip
from mixpanel_export.sandbox.http.refusal import Refusal
from mixpanel_export.sandbox.reports.where import Predicate, where_predicate

__all__ = ["OPERATIONS"]

_MAXIMUM_LIMIT = 100_000
_CHUNK = 512 * 1024
_GZIP = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}


@frozen
class _Selection:
    """The filters of an export, and the unit of `time`."""

    names: frozenset[str] | None
    where: Predicate | None
    limit: int | None
    time_in_ms: bool

    @property
    def is_everything(self) -> bool:
        return self.names is None and self.where is None and self.limit is None and not self.time_in_ms


async def _export(call: Call) -> Response:
    parameters = call.parameters
    first, last = parameters.date_range(call.today)
    parameters.choice("format", ("json",))
    names = parameters.names("event")
    where = parameters.text("where")
    selection = _Selection(
        names=None if names is None else frozenset(names),
        where=None if where is None else where_predicate(where),
        limit=parameters.integer("limit", minimum=1, maximum=_MAXIMUM_LIMIT),
        time_in_ms=parameters.flag("time_in_ms"),
    )
    events = call.project.events
    if (
        selection.is_everything
        and isinstance(events, PackedEventStore)
        and accepts_gzip(call.request.headers.get("accept-encoding", ""))
        and events.size(first, last) > MINIMUM_SIZE
    ):
        return StreamingResponse(_chunks(events.gzipped(first, last)), headers=_GZIP, media_type="text/plain")
    blocks = events.lines(first, last)
    if not selection.is_everything:
        blocks = _selected(blocks, selection)
    # Compute the first block before the response starts, while a `where` that fails on its events can still
    # be refused.
    first_block = next(blocks, b"")
    return StreamingResponse(_chunks(chain([first_block], blocks)), media_type="text/plain")


async def _chunks(blocks: Iterator[bytes]) -> AsyncIterator[bytes]:
    for block in _until_refused(blocks):
        for offset in range(0, len(block), _CHUNK):
            yield block[offset : offset + _CHUNK]
            # Reading and filtering never await, so without this one export would starve other requests.
            await asyncio.sleep(0)


def _until_refused(blocks: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from blocks
    except Refusal:
        # The status is already sent; this is how Mixpanel marks an incomplete export.
        yield b"terminated early\n"


def _selected(blocks: Iterator[bytes], selection: _Selection) -> Iterator[bytes]:
    left = selection.limit
    for block in blocks:
        lines = _matching(block.split(b"\n"), selection)
        kept = list(islice(lines, left))
        yield b"\n".join([*kept, b""]) if kept else b""
        if left is not None:
            left -= len(kept)
            if left == 0:
                return


def _matching(lines: list[bytes], selection: _Selection) -> Iterator[bytes]:
    keep = _line_test(selection)
    for line in lines:
        if line and keep(line):
            yield _in_milliseconds(line) if selection.time_in_ms else line


def _line_test(selection: _Selection) -> Callable[[bytes], bool]:
    names, where = selection.names, selection.where

    def keep(line: bytes) -> bool:
        if names is not None and _name(line) not in names:
            return False
        return where is None or where(decode_line(line))

    return keep


class _Named(msgspec.Struct):
    event: str


class _Undecoded(msgspec.Struct):
    event: msgspec.Raw
    properties: dict[str, msgspec.Raw]


_NAMED = msgspec.json.Decoder(_Named)
_UNDECODED = msgspec.json.Decoder(_Undecoded)
_NUMBER: msgspec.json.Decoder[int | float] = msgspec.json.Decoder(int | float)


def _name(line: bytes) -> str:
    try:
        return _NAMED.decode(line).event
    except msgspec.DecodeError:
        return str(decode_line(line)["event"])


def _in_milliseconds(line: bytes) -> bytes:
    try:
        event = _UNDECODED.decode(line)
    except msgspec.DecodeError:
        decoded = decode_line(line)
        decoded["properties"]["time"] = round(decoded["properties"]["time"] * 1000)
        return json.dumps(decoded).encode()
    seconds = _NUMBER.decode(event.properties["time"])
    event.properties["time"] = msgspec.Raw(str(round(seconds * 1000)).encode())
    return msgspec.json.encode(event)


OPERATIONS = (Operation("GET", "data", "/export", _export),)

"""Reading exported files: finding them, checking every line, and sorting their bytes by day.

Files are read once, in blocks. An invalid line is an error that names the line; nothing is skipped. A range of a
plain file whose events all share a day is recorded and later served in place; everything else (gzip, mixed days)
is copied to a spool, by day. Memory stays at a few blocks whatever the size.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, cast

import msgspec
from attrs import define, frozen
from isal import igzip, isal_zlib

from mixpanel_export.errors import ConfigurationError
from mixpanel_export.sandbox.data.decode import decode_line
from mixpanel_export.sandbox.data.gzip_spool import Packed, Spool

__all__ = ["InPlace", "Segment", "read_files"]

_BLOCK = 1 << 20
_BUFFERED = 32 << 20
_SECONDS_A_DAY = 86_400
_EPOCH_DAY = datetime.date(1970, 1, 1).toordinal()
_LAST_SECOND = 253_402_300_800
# Copying a few lines is cheaper than one read for every few of them each time they are served.
_WORTH_A_READ = 64 * 1024
_SUFFIXES = (".jsonl", ".jsonl.gz")
# isal's stub declares this class as an instance.
_gzip_error: type[Exception] = isal_zlib.error  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
_GZIP_MAGIC = b"\x1f\x8b"


@frozen
class InPlace:
    """A range of whole lines in a plain file."""

    path: Path
    offset: int
    size: int

    def read(self) -> bytes:
        """Return the lines."""
        with self.path.open("rb", buffering=0) as file:
            file.seek(self.offset)
            data = file.read(self.size)
        if len(data) != self.size:
            raise OSError(f"{self.path} changed while the sandbox was serving it")
        return data


Segment = InPlace | Packed


def read_files(path: Path, spool: Spool) -> dict[datetime.date, list[Segment]]:
    """Return the segments of each UTC day that has events, in order of days.

    Args:
        path: a file of events, plain or gzip, or a folder of `.jsonl` and `.jsonl.gz` files at any depth.

    Raises:
        ConfigurationError: there are no files, or one is not an export; the message names the file and line.
    """
    reader = _Reader(spool)
    for file in _files(path):
        try:
            reader.read(file)
        except (OSError, EOFError, _gzip_error) as error:
            raise ConfigurationError("events", f"{file} cannot be read: {error}") from error
    reader.flush()
    return {
        datetime.date.fromordinal(_EPOCH_DAY + day): segments
        for day, segments in sorted(reader.segments.items())
    }


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise ConfigurationError("events", f"{path} does not exist")
    found = sorted(
        file
        for file in path.rglob("*")
        if file.name.endswith(_SUFFIXES) and not file.name.startswith(".") and file.is_file()
    )
    if not found:
        raise ConfigurationError("events", f"the folder {path} contains no .jsonl or .jsonl.gz files")
    return found


class _Time(msgspec.Struct, gc=False):
    time: int | float


class _Event(msgspec.Struct, gc=False):
    event: str
    properties: _Time


_EVENTS = msgspec.json.Decoder(_Event)


@define
class _Place:
    """The position in a file being read; line numbers are used in error messages only."""

    path: Path
    is_plain: bool
    offset: int = 0
    line: int = 1


class _Reader:
    """One pass over all files."""

    def __init__(self, spool: Spool) -> None:
        self.segments: dict[int, list[Segment]] = {}
        self._spool = spool
        self._buffers: dict[int, list[bytes]] = {}
        self._buffered = 0

    def read(self, path: Path) -> None:
        with path.open("rb") as file:
            is_plain = file.read(2) != _GZIP_MAGIC
            file.seek(0)
            source = file if is_plain else _inflated(file)
            place = _Place(path, is_plain)
            for block in _blocks(source):
                self._read_block(block, place)
                place.offset += len(block)

    def flush(self) -> None:
        """Write what is left of each day to the spool."""
        for day in list(self._buffers):
            self._flush_day(day)

    def _read_block(self, block: bytes, place: _Place) -> None:
        try:
            if not block.isascii():
                # The native decoder does not look inside strings it skips.
                block.decode()
            events = _EVENTS.decode_lines(block)
        except (msgspec.DecodeError, UnicodeDecodeError):
            events = []
        if len(events) != block.count(b"\n") or not block.endswith(b"\n"):
            self._read_slowly(block, place)
            return
        times = [event.properties.time for event in events]
        first, last = min(times), max(times)
        if not (first >= 0 and last < _LAST_SECOND):
            self._read_slowly(block, place)
            return
        place.line += len(events)
        if first // _SECONDS_A_DAY == last // _SECONDS_A_DAY:
            self._keep(int(first // _SECONDS_A_DAY), block, 0, place)
        else:
            self._read_runs(block, [int(time // _SECONDS_A_DAY) for time in times], place)

    def _read_runs(self, block: bytes, days: list[int], place: _Place) -> None:
        ends = [found.end() for found in re.finditer(rb"\n", block)]
        changes = [number for number, (before, after) in enumerate(pairwise(days), 1) if before != after]
        begin = 0
        for number in (*changes, len(days)):
            end = ends[number - 1]
            self._keep(days[number - 1], block[begin:end], begin, place)
            begin = end

    def _read_slowly(self, block: bytes, place: _Place) -> None:
        """Read line by line: for blank lines, a missing final line feed, or an invalid line."""
        for line in block.removesuffix(b"\n").split(b"\n"):
            if line.strip():
                self._buffer(_day_of(line, place.path, place.line), line + b"\n")
            place.line += 1

    def _keep(self, day: int, lines: bytes, offset: int, place: _Place) -> None:
        if place.is_plain and len(lines) >= _WORTH_A_READ:
            # Earlier lines of the day come first.
            self._flush_day(day)
            self._note(day, InPlace(place.path, place.offset + offset, len(lines)))
        else:
            self._buffer(day, lines)

    def _buffer(self, day: int, lines: bytes) -> None:
        self._buffers.setdefault(day, []).append(lines)
        self._buffered += len(lines)
        if len(lines) >= _BLOCK // 2:
            self._flush_day(day)
        elif self._buffered >= _BUFFERED:
            self.flush()

    def _flush_day(self, day: int) -> None:
        lines = b"".join(self._buffers.pop(day, ()))
        if lines:
            self._buffered -= len(lines)
            self._note(day, self._spool.add(lines))

    def _note(self, day: int, segment: Segment) -> None:
        self.segments.setdefault(day, []).append(segment)


def _day_of(line: bytes, path: Path, number: int) -> int:
    try:
        time = msgspec.convert(decode_line(line), _Event).properties.time
    except (msgspec.ValidationError, ValueError, RecursionError):
        # Without the line: it may hold anything, and messages end up in logs.
        raise ConfigurationError(
            "events", f"{path}, line {number}: not an exported event, an object with an event name and a time"
        ) from None
    if not 0 <= time < _LAST_SECOND:
        raise ConfigurationError(
            "events",
            f"{path}, line {number}: time is not a unix time in seconds; export without time_in_ms",
        )
    return int(time // _SECONDS_A_DAY)


def _inflated(file: IO[bytes]) -> IO[bytes]:
    untyped: Any = igzip.IGzipFile
    return cast("IO[bytes]", untyped(fileobj=file))


def _blocks(source: IO[bytes]) -> Iterator[bytes]:
    """Yield blocks of whole lines; only the last may lack its line feed."""
    rest = b""
    while data := source.read(_BLOCK):
        end = data.rfind(b"\n") + 1
        if end:
            yield rest + data[:end]
            rest = data[end:]
        else:
            rest += data
    if rest:
        yield rest

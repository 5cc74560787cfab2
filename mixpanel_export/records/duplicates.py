"""Which lines of a slice are events that were sent again, and the slice without them.

Pure, but for a temporary file. Two events are the same one when event, `distinct_id`, `time` and `$insert_id` are;
the one that Mixpanel processed last (`mp_processing_time_ms`) stays. An identity holds the time, and a slice is
made of whole days, so each slice is looked at by itself. Memory is bounded whatever the slice: what is known of
its events goes to disk, divided by identity, and one part is compared at a time.
"""

from __future__ import annotations

import datetime
import hashlib
import math
import struct
import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import IO, Any, Self, cast

from attrs import frozen

from mixpanel_export.records.decode import EventDecoder
from mixpanel_export.records.event import Event, event_type
from mixpanel_export.records.lines import lines_in

__all__ = ["Duplicates", "find_duplicates"]

# Identities compared at a time: some 5 MB.
_AT_ONCE = 20_000
# What is known of an event: identity, processing time, line.
_RECORD = struct.Struct("<16sdQ")
_IN_MEMORY = 200_000 * _RECORD.size
_CHUNK = 128 * _RECORD.size

_PROCESSED = "mp_processing_time_ms"
_FIELDS = (_PROCESSED,)
_OLDEST = -math.inf


@frozen
class Duplicates:
    """The lines of a slice that are to be left out.

    Attributes:
        count: how many.
    """

    count: int
    _marks: bytes

    def cut_from(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Blocks of whole lines, without these lines."""
        first = 0
        for block in blocks:
            lines = lines_in(block)
            marks = self._marks_of(first, lines)
            first += lines
            if not marks:
                yield block
                continue
            kept = (line for at, line in enumerate(block.split(b"\n")) if not marks >> at & 1)
            if rest := b"\n".join(kept):
                yield rest

    def _marks_of(self, first: int, lines: int) -> int:
        """One bit for each of some lines."""
        some = int.from_bytes(self._marks[first >> 3 : (first + lines + 7) >> 3], "little")
        return some >> (first & 7) & ((1 << lines) - 1)


def find_duplicates(
    blocks: Iterable[bytes],
    events: int,
    source: str,
    *,
    check: Callable[[], object] = lambda: None,
    concurrent: int = _AT_ONCE,
    in_memory: int = _IN_MEMORY,
) -> Duplicates:
    """Find the events that are sent again, of which a later or equally late one is there too.

    Of those processed at the same moment the last line stays. An event without `$insert_id` is nobody's
    duplicate; one without a processing time counts as the oldest.

    Args:
        blocks: the slice, as blocks of whole lines.
        events: about how many events it has.
        source: what is read, for the message of an error.
        check: called before each part is compared; what it raises ends the search.
        at_once: about how many identities to compare at a time.
        in_memory: how many bytes to keep in memory, not on disk.

    Raises:
        MalformedEventError: for a line that is not an event.
    """
    decoder = EventDecoder(event_type(datetime.UTC, 1, _FIELDS), _FIELDS, source)
    marks, count = bytearray(), 0
    with _Records(max(1, -(-events // concurrent)), in_memory) as records:
        for block in blocks:
            first = decoder.lines
            decoded = decoder.decode(block)
            records.add(_described(decoded, _numbers(block, first, len(decoded))))
        marks.extend(bytes((decoder.lines + 7) >> 3))
        for part in records.parts():
            check()
            for line in _losers(part):
                marks[line >> 3] |= 1 << (line & 7)
                count += 1
    return Duplicates(count, bytes(marks))


def _numbers(block: bytes, first: int, events: int) -> Iterable[int]:
    """The line number of each event of a block; blank lines hold none."""
    lines = lines_in(block)
    if events == lines:
        return range(first, first + lines)
    return (first + at for at, line in enumerate(block.split(b"\n")) if line.strip())


def _described(events: Iterable[Event], numbers: Iterable[int]) -> Iterator[bytes]:
    for event, number in zip(events, numbers, strict=True):
        get = event.properties.get
        insert_id = get("$insert_id")
        if insert_id is not None:
            key = _key(event.name, get("distinct_id"), get("time"), insert_id)
            yield _RECORD.pack(key, _moment(get(_PROCESSED)), number)


def _key(*identity: Any) -> bytes:
    """The same for the same values, whose types count: 1 is not "1", nor true. But 1.0 is 1."""
    values = [int(each) if type(each) is float and each.is_integer() else each for each in identity]
    return hashlib.blake2b(repr(values).encode(), digest_size=16).digest()


def _moment(processed: Any) -> float:
    if isinstance(processed, bool) or not isinstance(processed, int | float):
        return _OLDEST
    try:
        return float(processed)
    except OverflowError:
        return math.copysign(math.inf, processed)


def _losers(records: bytes) -> Iterator[int]:
    """The lines of records that another one of the same identity outdoes."""
    best: dict[bytes, tuple[float, int]] = {}
    for key, moment, line in _RECORD.iter_unpack(records):
        known = best.get(key)
        if known is None:
            best[key] = (moment, line)
        elif known[0] <= moment:
            yield known[1]
            best[key] = (moment, line)
        else:
            yield line


class _Records:
    """Records divided into parts by identity, each in the order in which they were added."""

    def __init__(self, parts: int, in_memory: int) -> None:
        self._file = cast(IO[bytes], tempfile.SpooledTemporaryFile(max_size=in_memory))  # noqa: SIM115
        self._size = 0
        # A part is some chunks in the file, and what does not fill a chunk yet.
        self._chunks = [array("Q") for _ in range(parts)]
        self._rests = [bytearray() for _ in range(parts)]

    def add(self, records: Iterable[bytes]) -> None:
        rests = self._rests
        for record in records:
            part = int.from_bytes(record[:4], "little") % len(rests)
            rests[part] += record
            if len(rests[part]) == _CHUNK:
                self._chunks[part].append(self._size)
                self._size += self._file.write(rests[part])
                rests[part].clear()

    def parts(self) -> Iterator[bytes]:
        for chunks, rest in zip(self._chunks, self._rests, strict=True):
            yield b"".join([*(self._chunk(offset) for offset in chunks), rest])

    def _chunk(self, offset: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(_CHUNK)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

"""Find the lines of a slice whose events were sent again, and leave them out.

Pure, except for a temporary file. Two events are the same if event, `distinct_id`, `time` and `$insert_id` are
equal; the one that Mixpanel processed last (`mp_processing_time_ms`) stays. The identity includes the time, and
slices consist of whole days, so each slice can be searched by itself. Memory is bounded: one record an event goes
to disk, partitioned by identity, and one partition is compared at a time.
"""

from __future__ import annotations

import datetime
import hashlib
import math
import struct
from array import array
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any, Self

from mixpanel_export._temporary import spool_file
from mixpanel_export.http.cancellation import NOT_CANCELLABLE, Cancellation
from mixpanel_export.records.decode import EventDecoder
from mixpanel_export.records.event import Event, event_type
from mixpanel_export.records.lines import lines_in
from mixpanel_export.records.marks import LineMarks, LineMarksBuilder

__all__ = ["find_duplicates"]

# Identities compared at a time: about 5 MB.
_PARTITION_SIZE = 20_000
# Of each event: identity, processing time, line.
_RECORD = struct.Struct("<16sdQ")
_IN_MEMORY = 200_000 * _RECORD.size
_CHUNK = 128 * _RECORD.size

_PROCESSED = "mp_processing_time_ms"
_FIELDS = (_PROCESSED,)
_OLDEST = -math.inf


def find_duplicates(
    blocks: Iterable[bytes],
    events: int,
    source: str,
    *,
    cancellation: Cancellation = NOT_CANCELLABLE,
    partition_size: int = _PARTITION_SIZE,
    in_memory: int = _IN_MEMORY,
) -> LineMarks:
    """Find the events of which the same slice holds a copy that was processed later.

    Of copies processed at the same moment, the last line stays. An event without `$insert_id` is never a duplicate;
    one without a processing time counts as the oldest.

    Args:
        blocks: the slice, as blocks of whole lines.
        events: about the number of its events.
        source: the origin of the lines, for error messages.
        cancellation: checked before each partition is compared.
        partition_size: about the number of identities to compare at a time.
        in_memory: the number of bytes to keep in memory before using the disk.

    Raises:
        MalformedEventError: for a line that is not an event.
    """
    decoder = EventDecoder(event_type(datetime.UTC, 1, _FIELDS), _FIELDS, source)
    marks = LineMarksBuilder()
    with _Partitions(max(1, -(-events // partition_size)), in_memory) as partitions:
        for block in blocks:
            first = decoder.lines
            decoded = decoder.decode(block)
            partitions.add(_records_of(decoded, _line_numbers(block, first, len(decoded))))
        for records in partitions.read():
            cancellation.check()
            for line in _superseded(records):
                marks.mark(line)
    return marks.finish()


def _line_numbers(block: bytes, first: int, events: int) -> Iterable[int]:
    """Return the line number of each event of a block, which may have blank lines."""
    lines = lines_in(block)
    if events == lines:
        return range(first, first + lines)
    return (first + index for index, line in enumerate(block.split(b"\n")) if line.strip())


def _records_of(events: Iterable[Event], numbers: Iterable[int]) -> Iterator[bytes]:
    for event, number in zip(events, numbers, strict=True):
        get = event.properties.get
        insert_id = get("$insert_id")
        if insert_id is not None:
            key = _key(event.name, get("distinct_id"), get("time"), insert_id)
            yield _RECORD.pack(key, _moment(get(_PROCESSED)), number)


def _key(*identity: Any) -> bytes:
    """Hash an identity. Types count: 1 differs from "1" and from true, but 1.0 equals 1."""
    values = [int(value) if type(value) is float and value.is_integer() else value for value in identity]
    return hashlib.blake2b(repr(values).encode(), digest_size=16).digest()


def _moment(processed: Any) -> float:
    if isinstance(processed, bool) or not isinstance(processed, int | float):
        return _OLDEST
    try:
        return float(processed)
    except OverflowError:
        return math.copysign(math.inf, processed)


def _superseded(records: bytes) -> Iterator[int]:
    """Yield the lines of records that a later one of the same identity supersedes."""
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


class _Partitions:
    """Records partitioned by identity, each partition in the order in which its records were added."""

    def __init__(self, count: int, in_memory: int) -> None:
        self._file = spool_file(in_memory)
        self._size = 0
        # A partition consists of full chunks in the file, and of a rest in memory.
        self._chunks = [array("Q") for _ in range(count)]
        self._rests = [bytearray() for _ in range(count)]

    def add(self, records: Iterable[bytes]) -> None:
        rests = self._rests
        for record in records:
            index = int.from_bytes(record[:4], "little") % len(rests)
            rests[index] += record
            if len(rests[index]) == _CHUNK:
                self._chunks[index].append(self._size)
                self._size += self._file.write(rests[index])
                rests[index].clear()

    def read(self) -> Iterator[bytes]:
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

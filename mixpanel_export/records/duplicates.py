"""Find the lines of a slice whose events were sent again, and leave them out.

Pure, except for a temporary file. Two events are the same if event, `distinct_id`, `time` and `$insert_id` are
equal; the one that Mixpanel processed last (`mp_processing_time_ms`) stays. The identity includes the time, and
slices consist of whole days, so each slice can be searched by itself. A first look reads no more than `$insert_id`;
events that share theirs with no other are not looked at again. Memory is bounded: one record an event goes to disk,
partitioned by identity, and one partition is compared at a time.
"""

from __future__ import annotations

import datetime
import hashlib
import math
import operator
import struct
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, Self, cast

import msgspec

from mixpanel_export._temporary import spool_file
from mixpanel_export.http.cancellation import NOT_CANCELLABLE, Cancellation
from mixpanel_export.records.decode import EventDecoder
from mixpanel_export.records.event import Event, event_type
from mixpanel_export.records.lines import lines_in
from mixpanel_export.records.marks import LineMarks, LineMarksBuilder
from mixpanel_export.records.verify import Block

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

# A first look at more events, or one that finds more repeated ids, would take too much memory. Ids are counted in
# parts of about 10 MB.
_MAX_LOOKED_AT = 1_000_000
_MAX_REPEATED = 50_000
_PART = 125_000


class _Id(msgspec.Struct, gc=False):
    """The properties of an event, all but one of them skipped."""

    insert_id: Any = msgspec.field(name="$insert_id", default=None)


_IdEvent = cast("type[Event]", msgspec.defstruct("Event", [("properties", _Id)], bases=(Event,), gc=False))
_insert_id_of = operator.attrgetter("properties.insert_id")


def find_duplicates(
    blocks: Callable[[], Iterable[Block]],
    events: int,
    source: str,
    *,
    quotes: bool = True,
    cancellation: Cancellation = NOT_CANCELLABLE,
    partition_size: int = _PARTITION_SIZE,
    in_memory: int = _IN_MEMORY,
) -> LineMarks:
    """Find the events of which the same slice holds a copy that was processed later.

    Of copies processed at the same moment, the last line stays. An event without `$insert_id` is never a duplicate;
    one without a processing time counts as the oldest.

    Args:
        blocks: returns the slice, as the same blocks of whole lines each time.
        events: about the number of its events.
        source: the origin of the lines, for error messages.
        quotes: quote lines in errors.
        cancellation: checked before each partition is compared.
        partition_size: about the number of identities to compare at a time.
        in_memory: the number of bytes to keep in memory before using the disk.

    Raises:
        MalformedEventError: for a line that is not an event.
    """
    decoder = EventDecoder(event_type(datetime.UTC, 1, _FIELDS), _FIELDS, source, quotes=quotes)
    marks = LineMarksBuilder()
    repeated = _RepeatedIds.in_blocks(blocks(), events, source, quotes)
    if repeated is not None and not repeated.hashes:
        return marks.finish()
    with _Partitions(max(1, -(-events // partition_size)), in_memory) as partitions:
        for number, block in enumerate(blocks()):
            first = decoder.lines
            if repeated is not None and not repeated.are_in(number):
                decoder.lines += block.count or lines_in(block.lines)
                continue
            decoded = decoder.decode(block.lines, block.count)
            suspects = repeated.hashes if repeated is not None else None
            partitions.add(_records_of(decoded, _line_numbers(block.lines, first, len(decoded)), suspects))
        for records in partitions.read():
            cancellation.check()
            for line in _superseded(records):
                marks.mark(line)
    return marks.finish()


class _RepeatedIds:
    """The `$insert_id`s that more than one event has, by their hashes, and the blocks that have them.

    Equal ids have equal hashes; ids of equal hashes need not be equal, so this is where to look, not what to find.
    """

    def __init__(self, hashes: frozenset[int], of_blocks: array[int], ends: array[int]) -> None:
        self.hashes = hashes
        self._of_blocks = of_blocks
        self._ends = ends

    def are_in(self, block: int) -> bool:
        """Return True if a block, by its number, has such an id."""
        start = self._ends[block - 1] if block else 0
        return not self.hashes.isdisjoint(self._of_blocks[start : self._ends[block]])

    @classmethod
    def in_blocks(cls, blocks: Iterable[Block], events: int, source: str, quotes: bool) -> Self | None:
        """Look at a slice; return None if that would take too much memory, or an id cannot be hashed.

        Raises:
            MalformedEventError: for a line that is not an event.
        """
        if events > _MAX_LOOKED_AT:
            return None
        decoder = EventDecoder(_IdEvent, (), source, quotes=quotes)
        found, ends = array("q"), array("q")
        for block in blocks:
            ids = _ids_of(decoder.decode(block.lines, block.count))
            try:
                found.extend(map(hash, ids))
            except TypeError:
                return None
            ends.append(len(found))
        parts = -(-len(found) // _PART)
        hashes: set[int] = set()
        for part in range(parts):
            some = found if parts == 1 else [number for number in found if number % parts == part]
            if len(set(some)) < len(some):
                hashes.update(number for number, count in Counter(some).items() if count > 1)
            if len(hashes) > _MAX_REPEATED:
                return None
        return cls(frozenset(hashes), found, ends)


def _ids_of(events: Iterable[Event]) -> list[Any]:
    """Return the `$insert_id`s of those events that have one."""
    try:
        ids = list(map(_insert_id_of, events))
    except AttributeError:
        # Legal JSON that the native decoder refuses.
        found = [cast("Any", event.properties) for event in events]
        ids = [each.insert_id if isinstance(each, _Id) else each.get("$insert_id") for each in found]
    return [id_ for id_ in ids if id_ is not None] if None in ids else ids


def _line_numbers(block: bytes, first: int, events: int) -> Iterable[int]:
    """Return the line number of each event of a block, which may have blank lines."""
    lines = lines_in(block)
    if events == lines:
        return range(first, first + lines)
    return (first + index for index, line in enumerate(block.split(b"\n")) if line.strip())


def _records_of(
    events: Iterable[Event], numbers: Iterable[int], suspects: frozenset[int] | None
) -> Iterator[bytes]:
    """Yield a record of each event with an `$insert_id`, or only of those whose hash is among `suspects`."""
    for event, number in zip(events, numbers, strict=True):
        get = event.properties.get
        insert_id = get("$insert_id")
        if insert_id is not None and (suspects is None or hash(insert_id) in suspects):
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

"""Convert blocks of lines to Arrow tables, each value as it was sent.

Usual lines are read in bulk, by the types of their columns (`wide`) or as text (`json_layout`). The decoder behind
`client.export.events` reads a block again that has anything unusual in it, and tells a broken line from an unusual
one; new properties and kinds of values then widen the columns (`infer`).
"""

from __future__ import annotations

import datetime
import logging
import math
import threading
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

import pyarrow as pa
from attrs import define, frozen

from mixpanel_export._formats import Layout
from mixpanel_export._text import is_unicode
from mixpanel_export.columns.blocks import ParsedBlock, PropertyValues
from mixpanel_export.columns.compute import nulls, pc
from mixpanel_export.columns.infer import infer_columns
from mixpanel_export.columns.json_layout import read_texts, texts_of_events
from mixpanel_export.columns.schemas import AnyArray, json_schema, wide_schema, zone_name
from mixpanel_export.columns.tables import NullColumns, as_json, cast_column
from mixpanel_export.columns.timestamps import Clock, ticks_from
from mixpanel_export.columns.values import LONE_SURROGATE, RefusedError, check_text
from mixpanel_export.columns.wide import LineReader
from mixpanel_export.errors import UnrepresentableError
from mixpanel_export.records.decode import EventDecoder
from mixpanel_export.records.event import Event
from mixpanel_export.records.lines import lines_in
from mixpanel_export.records.texts import LineTexts
from mixpanel_export.schema.kinds import MAX_COLUMNS, OTHERS, PINNED, Columns, Kind

__all__ = ["LineCursor", "TableConverter"]

_logger = logging.getLogger("mixpanel_export")

# The most values converted at a time: each of them exists in several forms meanwhile.
_VALUES = 1_000_000


@define
class LineCursor:
    """A position in the lines of a slice.

    Attributes:
        line: the number of lines before it.
    """

    line: int = 0


@frozen
class _KnownColumns:
    """The columns so far, and what follows from them.

    Attributes:
        nullable: the properties that have been null.
        schema: the schema of tables with these columns.
    """

    columns: Columns
    nullable: frozenset[str]
    schema: pa.Schema

    @cached_property
    def reader(self) -> LineReader:
        """Reads lines that have no other properties."""
        return LineReader(self.columns, self.nullable)


class TableConverter:
    """Converts the lines of one export to tables; safe to share between threads.

    Args:
        zone: the client's time zone.
        ticks: the ticks in a second of `time`: 1 for seconds, 1000 for milliseconds.
        columns: the columns to start with; new properties and kinds widen them.
        fields: properties that get a column from the start, even if no event has them.
    """

    def __init__(
        self,
        layout: Layout,
        zone: datetime.tzinfo,
        ticks: int = 1,
        columns: Columns | None = None,
        fields: Sequence[str] = (),
    ) -> None:
        self.layout: Layout = layout
        self._clock = Clock(zone, ticks)
        # `time` is a timestamp, and has another column only when that cannot express it. No column can have a name
        # that is not valid Unicode.
        empty: dict[str, Kind] = {name: "null" for name in fields if name != "time" and is_unicode(name)}
        self._known = self._known_columns((columns or Columns()).widened(empty), frozenset())
        self._lock = threading.Lock()

    @property
    def columns(self) -> Columns:
        """The columns of properties so far."""
        return self._known.columns

    @property
    def schema(self) -> pa.Schema:
        """The schema so far; only the layout `wide` ever changes it."""
        return self._known.schema

    def tables(
        self, blocks: Iterable[bytes], source: str, size: int, cursor: LineCursor | None = None
    ) -> Iterator[pa.Table]:
        """Convert blocks of whole lines, each to a table in the schema of its moment.

        Args:
            source: the origin of the lines, for error messages.
            size: the most bytes of lines to convert at a time.
            cursor: the position of the first line; it moves on with the lines.

        Raises:
            MalformedEventError: for a line that is not an event.
            UnrepresentableError: for a value that the layout cannot hold.
        """
        cursor = cursor or LineCursor()
        for block in _regrouped(blocks, size):
            for part, lines in self._parts(block):
                yield from self._convert(part, lines, source, cursor.line)
                cursor.line += lines

    def _parts(self, block: bytes) -> Iterator[tuple[bytes, int]]:
        """Split a block that would have too many values; yield each part with the number of its lines."""
        lines = lines_in(block)
        if self.layout == "json" or lines * len(self.columns.columns) <= _VALUES or lines <= 1:
            yield block, lines
            return
        half = block.find(b"\n", len(block) // 2) + 1 or block.find(b"\n") + 1
        yield from self._parts(block[:half])
        if half < len(block):
            yield from self._parts(block[half:])

    def _convert(self, block: bytes, lines: int, source: str, lines_before: int) -> Iterator[pa.Table]:
        table = self._convert_usual(block)
        # The native decoder accepts two values on one line. A blank line beside them would make the numbers agree,
        # but verifying the slice has looked at every line.
        if table is not None and table.num_rows == lines:
            yield table
            return
        # Numbers too long for Python to parse are read from the text.
        decoder = EventDecoder(source=source, parse_int=_whole_number)
        decoder.lines = lines_before
        if events := decoder.decode(block):
            texts = [line for line in block.split(b"\n") if line.strip()]
            yield from self._convert_events(events, texts, source)

    def _convert_usual(self, block: bytes) -> pa.Table | None:
        """Convert lines in bulk; return None when one of them is unusual."""
        if self.layout == "json":
            columns = read_texts(block, self._clock)
            return pa.table(columns, schema=self.schema) if columns is not None else None
        parsed = self._known.reader.read(block)
        return self._wide_table(parsed) if parsed is not None else None

    def _convert_events(
        self, events: Sequence[Event], lines: Sequence[bytes], source: str
    ) -> Iterator[pa.Table]:
        """Convert any events to one table, or to several when it would have too many values."""
        known = {column.property for column in self.columns.columns}
        names = min(len(known.union(*(event.properties for event in events))), max(len(known), MAX_COLUMNS))
        if self.layout == "wide" and len(events) * names > _VALUES and len(events) > 1:
            half = len(events) // 2
            yield from self._convert_events(events[:half], lines[:half], source)
            yield from self._convert_events(events[half:], lines[half:], source)
            return
        try:
            for event in events:
                self._check_name(event, source)
            yield self._table_of_events(events, lines)
        except RefusedError as error:
            event = events[error.row]
            raise UnrepresentableError(source, event.name, error.property, error.why, self.layout) from error

    def _others(self, events: Sequence[Event]) -> Collection[str]:
        """Return the properties that get no column, because there are too many, and reserve one for the rest."""
        counts = Counter(name for event in events for name in event.properties)
        with self._lock:
            columns = self._known.columns
            for column in columns.columns:
                counts.pop(column.property, None)
            # `time` has a column already.
            counts.pop("time", None)
            if not columns.others and len(counts) <= columns.room:
                return ()
            if not columns.others:
                _logger.warning(
                    "More than %s properties: each event's further ones are a JSON object in the column %s; "
                    "fields= or the layout json avoid that",
                    f"{MAX_COLUMNS:,}",
                    OTHERS,
                )
                # Those that most events have.
                first = sorted(filter(is_unicode, counts), key=lambda name: (-counts[name], name))
                own: dict[str, Kind] = dict.fromkeys(first[: columns.room], "null")
                columns = columns.widened(own).with_others()
                self._known = self._known_columns(columns, self._known.nullable)
                for name in own:
                    del counts[name]
            return counts.keys()

    def _table_of_events(self, events: Sequence[Event], lines: Sequence[bytes]) -> pa.Table:
        """Convert any events, given with their lines; raise RefusedError for a value that no column can hold."""
        if self.layout == "json":
            return pa.table(texts_of_events(events, lines, self._clock), schema=self.schema)
        others = self._others(events)
        for row, (event, line) in enumerate(zip(events, lines, strict=True)):
            # Only an escape can stand for half a surrogate pair.
            for name, value in event.properties.items() if b"\\u" in line else ():
                if type(value) is str and name not in others:
                    check_text(value, name, row)
        return self._wide_table(infer_columns(events, LineTexts(lines), self.columns, others))

    def _check_name(self, event: Event, source: str) -> None:
        if not is_unicode(event.name):
            raise UnrepresentableError(source, event.name, None, LONE_SURROGATE, self.layout)

    def _wide_table(self, parsed: ParsedBlock) -> pa.Table:
        """Widen the columns by a block, and return its table in them."""
        values, rows = parsed.values, len(parsed.event)
        time = self._take_time(values, rows)
        known = self._widen(parsed)
        columns: list[AnyArray] = []
        null_columns = NullColumns(rows)
        for column in known.columns.columns:
            found = values.get(column.property)
            if found is None or found.column is None:
                columns.append(null_columns[column.kind])
            else:
                columns.append(cast_column(found.column, found.kind, column.kind))
        pinned, others = columns[:PINNED], columns[PINNED:]
        arrays: list[Any] = [parsed.event, time, *pinned, parsed.nulls, *others]
        if known.columns.others:
            arrays.append(parsed.others if parsed.others is not None else null_columns["string"])
        return pa.table(arrays, schema=known.schema)

    def _widen(self, parsed: ParsedBlock) -> _KnownColumns:
        """Widen the known columns by a block, and return them."""
        kinds: dict[str, Kind] = {name: values.kind for name, values in parsed.values.items()}
        with self._lock:
            known = self._known
            columns, nullable = known.columns.widened(kinds), known.nullable | set(parsed.nullable)
            if columns is not known.columns or nullable != known.nullable:
                self._known = self._known_columns(columns, nullable)
            return self._known

    def _known_columns(self, columns: Columns, nullable: frozenset[str]) -> _KnownColumns:
        zone, ticks = zone_name(self._clock.zone), self._clock.ticks
        is_json = self.layout == "json"
        schema = json_schema(zone, ticks) if is_json else wide_schema(columns, zone, ticks)
        return _KnownColumns(columns, nullable, schema)

    def _take_time(self, values: dict[str, PropertyValues], rows: int) -> AnyArray:
        """Return the timestamps; the property `time` stays among the values only where they do not express it."""
        time = values.get("time")
        if time is None or time.column is None:
            values.pop("time", None)
            return nulls(rows, self._clock.type)
        if time.kind in ("integer", "long"):
            timestamps = self._clock.from_numbers(time.column)
            same = pc.equal(ticks_from(timestamps, self._clock.ticks), time.column)
            differs = pc.and_kleene(pc.is_valid(time.column), pc.invert(pc.fill_null(same, False)))
            if pc.any(differs).as_py():
                time.column = pc.if_else(differs, time.column, None)
            else:
                del values["time"]
            return timestamps
        texts = time.column if time.kind == "json" else as_json(time.column, time.kind)
        return self._clock.from_json(texts)


def _whole_number(text: str) -> int | float:
    """Return a whole number; infinity for one with more digits than Python parses."""
    try:
        return int(text)
    except ValueError:
        return math.inf


def _regrouped(blocks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Join blocks to larger ones of at most `size` bytes; one that is larger by itself stays."""
    group: list[bytes] = []
    length = 0
    for block in blocks:
        if group and length + len(block) > size:
            yield b"".join(group)
            group, length = [], 0
        group.append(block)
        length += len(block)
    if group:
        yield b"".join(group)

"""Blocks of lines to Arrow tables, each value as it was sent.

Lines are read by the types of their columns (`values`) or as texts (`texts`), in bulk. A block in which there is
anything unusual is read again by the decoder that `client.export.events` uses too, which tells a broken line from
an unusual one; what is new in it widens the columns.
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import define, frozen

from mixpanel_export._formats import Layout
from mixpanel_export.columns.json_layout import event_columns, text_columns
from mixpanel_export.columns.kinds import PINNED, Columns, Kind
from mixpanel_export.columns.native import load
from mixpanel_export.columns.tables import (
    NullColumns,
    as_json,
    converted,
    json_schema,
    wide_schema,
    zone_name,
)
from mixpanel_export.columns.timestamps import Clock
from mixpanel_export.columns.wide import (
    LONE_SURROGATE,
    LineReader,
    ParsedBlock,
    RefusedError,
    Values,
    infer_columns,
)
from mixpanel_export.errors import UnrepresentableError
from mixpanel_export.records.decode import EventDecoder
from mixpanel_export.records.event import Event
from mixpanel_export.records.lines import lines_in

__all__ = ["LineCursor", "TableConverter"]

# Values that there may be of a block at a time: each is there in several forms.
_VALUES = 1_000_000


@define
class LineCursor:
    """A place in the lines of a slice.

    Attributes:
        line: how many lines there are before it.
    """

    line: int = 0


@frozen
class _Known:
    """What is known of the properties.

    Attributes:
        schema: that of tables with these columns.
        reader: what reads lines that have no other properties.
    """

    columns: Columns
    nullable: frozenset[str]
    schema: Any
    reader: LineReader


class TableConverter:
    """Converts the lines of one export; may be used by several threads.

    Args:
        zone: the client's time zone.
        ticks: what `time` is counted in: 1 for seconds, 1000 for milliseconds.
        columns: those to begin with; `columns` are widened by what is found.
    """

    def __init__(
        self, layout: Layout, zone: datetime.tzinfo, ticks: int = 1, columns: Columns | None = None
    ) -> None:
        load("pyarrow")
        self.layout: Layout = layout
        self._clock = Clock(zone, ticks)
        self._known = self._known_of(columns or Columns(), frozenset())
        self._lock = threading.Lock()

    @property
    def columns(self) -> Columns:
        """The columns of properties, as they are by now."""
        return self._known.columns

    @property
    def schema(self) -> Any:
        """The schema of what is converted, as it is by now; only the layout `wide` ever changes it."""
        return self._known.schema

    def tables(
        self, blocks: Iterable[bytes], source: str, size: int, place: LineCursor | None = None
    ) -> Iterator[Any]:
        """The tables of blocks of whole lines, each in the schema of its moment.

        Args:
            source: what the lines are of, for the message of an error.
            size: how many bytes of lines are converted at a time.
            place: where these lines begin, moved on with them.

        Raises:
            MalformedEventError: for a line that is not an event.
            UnrepresentableError: for a value that the layout cannot hold.
        """
        place = place or LineCursor()
        for block in _gathered(blocks, size):
            for part, lines in self._parts(block):
                yield from self._tables_of(part, lines, source, place.line)
                place.line += lines

    def _parts(self, block: bytes) -> Iterator[tuple[bytes, int]]:
        """A block, or parts of it when it would have too many values; with the number of its lines."""
        lines = lines_in(block)
        if self.layout == "json" or lines * len(self.columns.columns) <= _VALUES or lines <= 1:
            yield block, lines
            return
        half = block.find(b"\n", len(block) // 2) + 1 or block.find(b"\n") + 1
        yield from self._parts(block[:half])
        if half < len(block):
            yield from self._parts(block[half:])

    def _tables_of(self, block: bytes, lines: int, source: str, done: int) -> Iterator[Any]:
        table = self._table_of_usual(block)
        # The native decoder lets pass two values on one line. Beside a blank one the numbers would agree; but then
        # the proof of the slice has looked at each line.
        if table is not None and table.num_rows == lines:
            yield table
            return
        decoder = EventDecoder(source=source)
        decoder.lines = done
        if events := decoder.decode(block):
            # Only the layout json takes anything from the lines themselves.
            texts = [each for each in block.split(b"\n") if each.strip()] if self.layout == "json" else []
            yield from self._tables_of_events(events, texts, source)

    def _table_of_usual(self, block: bytes) -> Any:
        """The table of lines in which nothing is unusual; None when there is something."""
        if self.layout == "json":
            columns = text_columns(block, self._clock)
            return load("pyarrow").table(columns, schema=self.schema) if columns is not None else None
        found = self._known.reader.read(block)
        return self._wide_table(found) if found is not None else None

    def _tables_of_events(
        self, events: Sequence[Event], lines: Sequence[bytes], source: str
    ) -> Iterator[Any]:
        """The tables of any events: one, or several when it would have too many values."""
        known = {each.property for each in self.columns.columns}
        names = len(known.union(*(event.properties for event in events)))
        if self.layout == "wide" and len(events) * names > _VALUES and len(events) > 1:
            half = len(events) // 2
            yield from self._tables_of_events(events[:half], lines[:half], source)
            yield from self._tables_of_events(events[half:], lines[half:], source)
            return
        try:
            for event in events:
                self._check_name(event, source)
            if self.layout == "json":
                yield load("pyarrow").table(event_columns(events, lines, self._clock), schema=self.schema)
            else:
                yield self._wide_table(infer_columns(events, self.columns))
        except RefusedError as error:
            event = events[error.row]
            raise UnrepresentableError(source, event.name, error.property, error.why, self.layout) from error

    def _check_name(self, event: Event, source: str) -> None:
        try:
            event.name.encode()
        except UnicodeEncodeError as error:
            raise UnrepresentableError(source, event.name, None, LONE_SURROGATE, self.layout) from error

    def _wide_table(self, found: ParsedBlock) -> Any:
        """The table of what was found, in the columns widened by that."""
        values, rows = found.values, len(found.event)
        time = self._take_time(values, rows)
        known = self._widened(found)
        columns: list[Any] = []
        null_columns = NullColumns(rows)
        for each in known.columns.columns:
            made = values.get(each.property)
            if made is None or made.column is None:
                columns.append(null_columns[each.kind])
            else:
                columns.append(converted(made.column, made.kind, each.kind))
        pinned, others = columns[:PINNED], columns[PINNED:]
        arrays = [found.event, time, *pinned, found.nulls, *others]
        return load("pyarrow").table(arrays, schema=known.schema)

    def _widened(self, found: ParsedBlock) -> _Known:
        """What is known, widened by what was found."""
        kinds: dict[str, Kind] = {name: each.kind for name, each in found.values.items()}
        with self._lock:
            known = self._known
            columns, nullable = known.columns.widened(kinds), known.nullable | set(found.nullable)
            if columns is not known.columns or nullable != known.nullable:
                self._known = self._known_of(columns, nullable)
            return self._known

    def _known_of(self, columns: Columns, nullable: frozenset[str]) -> _Known:
        zone, ticks = zone_name(self._clock.zone), self._clock.ticks
        is_json = self.layout == "json"
        schema = json_schema(zone, ticks) if is_json else wide_schema(columns, zone, ticks)
        return _Known(columns, nullable, schema, LineReader(columns, nullable))

    def _take_time(self, found: dict[str, Values], rows: int) -> Any:
        """The column of timestamps; the property `time` stays only where they do not say the same."""
        pa, pc = load("pyarrow", "pyarrow.compute")
        values = found.get("time")
        if values is None or values.column is None:
            found.pop("time", None)
            return pa.nulls(rows, self._clock.type)
        if values.kind in ("integer", "long"):
            made = self._clock.of_numbers(values.column)
            same = pc.equal(self._clock.numbers_of(made), values.column)
            left = pc.and_kleene(pc.is_valid(values.column), pc.invert(pc.fill_null(same, False)))
            if pc.any(left).as_py():
                values.column = pc.if_else(left, values.column, None)
            else:
                del found["time"]
            return made
        texts = values.column if values.kind == "json" else as_json(values.column, values.kind)
        return self._clock.of_texts(texts)


def _gathered(blocks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Blocks of at most this size, but for one that is larger by itself."""
    gathered: list[bytes] = []
    length = 0
    for block in blocks:
        if gathered and length + len(block) > size:
            yield b"".join(gathered)
            gathered, length = [], 0
        gathered.append(block)
        length += len(block)
    if gathered:
        yield b"".join(gathered)

"""Blocks of lines to Arrow tables, by DuckDB's JSON functions: parsed in bulk, outside of the interpreter's lock.

Lines are first checked to be events, by the decoder that `client.export.events` uses too; then every value that is
in the lines is counted, and must be in the table. A block for which that does not come out is read again line by
line, which tells a broken line from an unusual one.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import threading
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from attrs import evolve

from mixpanel_export.columns.arrays import OddError, lines_of_block
from mixpanel_export.columns.clock import Clock
from mixpanel_export.columns.kinds import INSERT_ID, NULLS, Columns
from mixpanel_export.columns.native import load
from mixpanel_export.columns.tables import DUCKDB, as_json, json_schema, wide_schema, widened, zone_name
from mixpanel_export.columns.texts import text_columns
from mixpanel_export.columns.values import Found, Values, look, read, read_known
from mixpanel_export.errors import ExportError
from mixpanel_export.export.conversion import Layout
from mixpanel_export.export.decode import EventDecoder
from mixpanel_export.export.event import BareEvent, Event

__all__ = ["Converter", "UnrepresentableError"]

# Values that a table of one block may have room for.
_VALUES = 4_000_000


class _TextEvent(msgspec.Struct, gc=False):
    """An event, whose properties are read and yet left as the text that they are."""

    event: str
    properties: msgspec.Raw


class UnrepresentableError(ExportError):
    """A value that the wanted format cannot hold.

    Attributes:
        event: the event's name.
        property: the property's; None when it is the event's name that cannot be held.
    """

    def __init__(self, source: str, event: str, property: str | None, why: str) -> None:
        self.event: str = event
        self.property: str | None = property
        where = "the name" if property is None else f"the property {property!r}"
        super().__init__(
            f"{where} of an event {event!r} of {source} cannot be exported to this format: {why}. "
            "The layout 'json' and the formats jsonl and jsonl.gz hold it"
        )


class Converter:
    """Converts the lines of one export; may be used by several threads.

    Args:
        zone: the client's time zone.
        ticks: what `time` is counted in: 1 for seconds, 1000 for milliseconds.
        columns: those to begin with; `columns` are widened by what is found.
    """

    def __init__(
        self, layout: Layout, zone: datetime.tzinfo, ticks: int = 1, columns: Columns | None = None
    ) -> None:
        load("pyarrow", "numpy")
        self.layout: Layout = layout
        self.columns: Columns = columns or Columns()
        self._nullable: frozenset[str] = frozenset()
        self._clock = Clock(zone, ticks)
        self._lock = threading.Lock()
        self._checker = msgspec.json.Decoder(_TextEvent if layout == "json" else BareEvent)
        self._database = load("duckdb").connect(config=DUCKDB)

    @property
    def schema(self) -> Any:
        """The schema of what is converted, as it is by now; only the layout `wide` ever changes it."""
        return self.schema_of(self.columns)

    def schema_of(self, columns: Columns) -> Any:
        """The schema with these columns of properties."""
        zone, ticks = zone_name(self._clock.zone), self._clock.ticks
        return json_schema(zone, ticks) if self.layout == "json" else wide_schema(columns, zone, ticks)

    def tables(self, blocks: Iterable[bytes], source: str, size: int) -> Iterator[Any]:
        """The tables of blocks of whole lines, each in the schema of its moment.

        Args:
            source: what the lines are of, for the message of an error.
            size: how many bytes of lines are converted at a time.

        Raises:
            MalformedEventError: for a line that is not an event.
            UnrepresentableError: for a value that the layout cannot hold.
        """
        done = 0
        for block in _gathered(blocks, size):
            with self._database.cursor() as cursor:
                for table in self._tables_of(cursor, block, source, done):
                    done += table.num_rows
                    yield table

    def close(self) -> None:
        """Let go of the memory."""
        self._database.close()

    def _tables_of(self, cursor: Any, block: bytes, source: str, done: int) -> Iterable[Any]:
        try:
            return self._tables_of_usual(cursor, block)
        except (
            OddError,
            msgspec.DecodeError,
            UnicodeError,
            load("duckdb").Error,
            load("pyarrow").ArrowInvalid,
        ):
            decoder = EventDecoder(source=source)
            decoder.lines = done
            events = decoder.decode(block)
            if not events:
                return []
            if self.layout == "json":
                return [self._text_table_of(events, source)]
            return self._tables_of_usual(cursor, b"".join(_line_of(event, source) for event in events))

    def _tables_of_usual(self, cursor: Any, block: bytes) -> list[Any]:
        """The tables of lines as Mixpanel writes them: one, or several when it would have too many values."""
        if not block.endswith(b"\n"):
            block += b"\n"
        lines = lines_of_block(block)
        # DuckDB lets pass what is no JSON, and makes a text of a name that is none.
        checked: list[Any] = self._checker.decode_lines(block)
        if len(checked) != len(lines):
            raise OddError
        if self.layout == "json":
            with _registered(cursor, lines):
                columns = text_columns(cursor, [each.properties for each in checked], self._clock)
            return [load("pyarrow").table(columns, schema=self.schema)]
        rows = max(1, _VALUES // (len(self.columns.columns) + 1))
        return [
            table
            for at in range(0, len(lines), rows)
            for table in self._wide_tables(cursor, lines.slice(at, rows))
        ]

    def _wide_tables(self, cursor: Any, lines: Any) -> Iterator[Any]:
        with _registered(cursor, lines):
            found = read_known(cursor, self.columns, self._nullable)
            if found is None:
                found = look(cursor, self.columns)
                is_small = len(lines) * len(found.values) <= _VALUES or len(lines) == 1
                found = read(cursor, found) if is_small else None
        if found is not None:
            yield self._wide_table(found, len(lines))
        else:
            half = len(lines) // 2
            yield from self._wide_tables(cursor, lines.slice(0, half))
            yield from self._wide_tables(cursor, lines.slice(half))

    def _wide_table(self, found: Found, rows: int) -> Any:
        pa, pc = load("pyarrow", "pyarrow.compute")
        values = found.values
        time = self._take_time(values, rows)
        with self._lock:
            self.columns = self.columns.widened({name: each.kind for name, each in values.items()})
            self._nullable = self._nullable.union(pc.unique(found.nulls.values).to_pylist())
            columns, schema = self.columns, self.schema
        arrays: dict[str, Any] = {"event": found.event, "time": time, NULLS: found.nulls}
        for column in columns.columns:
            made = values.get(column.property)
            if made is not None and made.column is not None:
                arrays[column.name] = made.column
        own = [
            evolve(each, kind=values[each.property].kind) for each in columns.columns if each.name in arrays
        ]
        loose = self.schema_of(Columns(tuple(own)))
        return widened(pa.table([arrays[field.name] for field in loose], schema=loose), schema)

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

    def _text_table_of(self, events: Sequence[Event], source: str) -> Any:
        pa = load("pyarrow")
        rows: list[tuple[Any, ...]] = []
        for event in events:
            _check_text(event.name, source, event.name, None)
            ids = [event.properties.get(each) for each in ("distinct_id", INSERT_ID)]
            texts = [each if isinstance(each, str) or each is None else json.dumps(each) for each in ids]
            for which, text in zip(("distinct_id", INSERT_ID), texts, strict=True):
                _check_text(text or "", source, event.name, which)
            properties = _json_text(event.properties, source, event.name)
            rows.append((event.name, self._clock.micro(event.properties.get("time")), *texts, properties))
        columns = [list(each) for each in zip(*rows, strict=True)]
        columns[1] = pa.array(columns[1], pa.int64()).cast(self._clock.type)
        return pa.table(columns, schema=self.schema)


@contextlib.contextmanager
def _registered(cursor: Any, lines: Any) -> Generator[None]:
    cursor.register("lines", load("pyarrow").table({"line": lines}))
    try:
        yield
    finally:
        cursor.unregister("lines")


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


def _line_of(event: Event, source: str) -> bytes:
    """One event as a line that DuckDB reads."""
    _check_text(event.name, source, event.name, None)
    texts: list[str] = []
    for name, value in event.properties.items():
        _check_text(name, source, event.name, name)
        try:
            text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        except ValueError as error:
            raise UnrepresentableError(source, event.name, name, "a number beyond all doubles") from error
        _check_text(text, source, event.name, name)
        texts.append(f"{json.dumps(name, ensure_ascii=False)}:{text}")
    name = json.dumps(event.name, ensure_ascii=False)
    return f'{{"event":{name},"properties":{{{",".join(texts)}}}}}\n'.encode()


def _json_text(properties: Mapping[str, Any], source: str, event: str) -> str:
    """All properties as JSON; what is no Unicode stays escaped."""
    try:
        text = json.dumps(properties, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(properties, allow_nan=False, separators=(",", ":"))
    except ValueError as error:
        raise UnrepresentableError(source, event, "", "a number beyond all doubles") from error
    return text


def _check_text(text: str, source: str, event: str, property: str | None) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UnrepresentableError(
            source, event, property, "a lone surrogate, which is half of a character"
        ) from error

"""Blocks of lines to Arrow tables, by DuckDB's JSON functions: parsed in bulk, outside of the interpreter's lock.

Lines are first checked to be events, by the decoder that `client.export.events` uses too; then every value that is
in the lines is counted, and must be in the table. A block for which that does not come out is read again line by
line, which tells a broken line from an unusual one.
"""

from __future__ import annotations

import datetime
import json
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from attrs import define, evolve, frozen

from mixpanel_export.columns.kinds import INSERT_ID, NULLS, Columns, Kind, wider
from mixpanel_export.columns.native import load
from mixpanel_export.columns.tables import DUCKDB, json_schema, wide_schema, widened, zone_name
from mixpanel_export.errors import ExportError
from mixpanel_export.export.conversion import Layout
from mixpanel_export.export.decode import EventDecoder
from mixpanel_export.export.event import BareEvent, Event

__all__ = ["Converter", "UnrepresentableError"]

# Values that a table of one block may have room for.
_VALUES = 4_000_000
_EXACT = 1 << 53  # up to here, every whole number is a double
# Rows for which DuckDB makes room in each column of an answer.
_BATCH = 8192
_DIGITS = 15  # and every one of so many digits
_MICRO = 1_000_000
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_FIRST_SECOND, _LAST_SECOND = -62_135_510_400, 253_402_214_400

_KINDS: Mapping[str, Kind] = {
    "NULL": "null",
    "BOOLEAN": "boolean",
    "UBIGINT": "integer",
    "BIGINT": "integer",
    "DOUBLE": "double",
    "VARCHAR": "string",
    "ARRAY": "json",
    "OBJECT": "json",
}
_SQL: Mapping[Kind, str] = {
    "boolean": "BOOLEAN",
    "integer": "BIGINT",
    "string": "VARCHAR",
    # Numbers beyond 64 bits are among what DuckDB calls doubles: the text tells them apart.
    "double": "JSON",
    "json": "JSON",
}
# Which properties there are, what their values are, and how many lines have one twice.
_LOOK = """
with shapes as materialized (
    select
        json_keys(line, '$.properties') as all_keys, json_type(line, '$.properties.*') as all_types, count(*) as n
    from lines group by all
), odd as (
    select coalesce(sum(n), 0) as n from shapes
    where len(all_keys) <> len(list_distinct(all_keys)) or len(all_keys) <> len(all_types)
        or all_keys is null or {empty}
)
select key, type, sum(n)::bigint from (
    select unnest(all_keys) as key, unnest(all_types) as type, n from shapes
) group by all
union all select null, 'odd', n::bigint from odd
"""
# What stands between the name and the properties of an event, as Mixpanel writes them.
_SEAM = '"properties":'
_NO_NUMBER = r"(^|[:,\[])\s*-?([nN][aA]|[iI])"
_BEGINNINGS = ('{"event":"', '{"event": "')
_IDENTITY = {"event": "VARCHAR", "properties": {"time": "JSON", "distinct_id": "JSON", INSERT_ID: "JSON"}}


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


class _OddError(Exception):
    """A block that has to be read line by line."""


@define
class _Values:
    """The values of one property in a block.

    Attributes:
        nulls: how many of them are null, as opposed to absent.
        values: how many are something else.
    """

    kind: Kind = "null"
    nulls: int = 0
    values: int = 0
    column: Any = None

    def add(self, type_name: str, count: int) -> None:
        self.kind = wider(self.kind, _KINDS[type_name])
        if type_name == "NULL":
            self.nulls += count
        else:
            self.values += count


@frozen
class _Clock:
    """How `time` is to be understood."""

    zone: datetime.tzinfo
    ticks: int


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
        self._clock = _Clock(zone, ticks)
        self._lock = threading.Lock()
        self._checker = msgspec.json.Decoder(BareEvent)
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

    def _tables_of(self, cursor: Any, block: bytes, source: str, done: int) -> Iterator[Any]:
        lines = _lines(block)
        try:
            self._check(block, lines)
            tables = list(self._parts(cursor, lines))
        except (
            _OddError,
            msgspec.DecodeError,
            UnicodeError,
            load("duckdb").Error,
            load("pyarrow").ArrowInvalid,
        ):
            decoder = EventDecoder(source=source)
            decoder.lines = done
            events = decoder.decode(block)
            if self.layout == "json":
                tables = [self._slow_json_table(events, source)] if events else []
            else:
                lines = _lines(b"".join(_line_of(event, source) for event in events))
                tables = list(self._parts(cursor, lines, proved=True))
        yield from tables

    def _check(self, block: bytes, lines: Any) -> None:
        """Raise what leads to reading the lines one by one, where DuckDB would let pass what is no event."""
        pc = load("pyarrow.compute")
        if self.layout == "json":
            # The properties are passed on as they came; they have to be JSON, by the letter.
            if len(self._checker.decode_lines(block)) != len(lines):
                raise _OddError
            return
        # Of a name that is no text, DuckDB would make one, and pass over a comma too many.
        if not any(pc.all(pc.starts_with(lines, each)).as_py() for each in _BEGINNINGS):
            raise _OddError
        if b",}" in block or b",]" in block:
            raise _OddError

    def _parts(self, cursor: Any, lines: Any, *, proved: bool = False) -> Iterator[Any]:
        """The tables of some lines: several when one would have too many values.

        Args:
            proved: the lines are known to be events, so that what looks odd is only unusual.
        """
        rows = max(1, _VALUES // (len(self.columns.columns) + 1))
        for at in range(0, len(lines), rows):
            part = lines.slice(at, rows)
            cursor.register("lines", load("pyarrow").table({"line": part}))
            try:
                yield (
                    self._json_table(cursor, part)
                    if self.layout == "json"
                    else self._wide_table(cursor, len(part), proved)
                )
            finally:
                cursor.unregister("lines")

    def _json_table(self, cursor: Any, lines: Any) -> Any:
        pa = load("pyarrow")
        structure = _quoted(json.dumps(_IDENTITY))
        answer = cursor.sql(f"select json_transform(line, {structure}) from lines").to_arrow_table(_BATCH)
        name, identity = answer.column(0).combine_chunks().flatten()
        ticks, *ids = (_whole_array(each) for each in identity.flatten())
        time = self._timestamps_of_text(ticks)
        columns = [
            _whole_array(name),
            time,
            *(_text_of_id(cursor, each) for each in ids),
            _properties_of(lines),
        ]
        if any(column.null_count for column in (columns[0], columns[4])):
            raise _OddError
        return pa.table(columns, schema=self.schema)

    def _slow_json_table(self, events: Sequence[Event], source: str) -> Any:
        pa = load("pyarrow")
        rows: list[tuple[Any, ...]] = []
        for event in events:
            _check_text(event.name, source, event.name, None)
            ids = [event.properties.get(each) for each in ("distinct_id", INSERT_ID)]
            texts = [each if isinstance(each, str) or each is None else json.dumps(each) for each in ids]
            for which, text in zip(("distinct_id", INSERT_ID), texts, strict=True):
                _check_text(text or "", source, event.name, which)
            properties = _json_text(event.properties, source, event.name)
            rows.append((event.name, _micro(event.properties.get("time"), self._clock), *texts, properties))
        columns = [list(each) for each in zip(*rows, strict=True)]
        columns[1] = pa.array(columns[1], pa.int64()).cast(self.schema.field("time").type)
        return pa.table(columns, schema=self.schema)

    def _wide_table(self, cursor: Any, rows: int, proved: bool) -> Any:
        pa = load("pyarrow")
        found = _looked_at(cursor, proved)
        event = self._fill(cursor, found)
        if not proved and any(_may_be_no_json(each) for each in found.values()):
            raise _OddError
        nulls = _null_names(cursor, found, rows)
        time = self._take_time(found, rows)
        with self._lock:
            self.columns = self.columns.widened({name: each.kind for name, each in found.items()})
            columns, schema = self.columns, self.schema
        arrays: dict[str, Any] = {"event": event, "time": time, NULLS: nulls}
        for column in columns.columns:
            values = found.get(column.property)
            if values is not None and values.column is not None:
                arrays[column.name] = values.column
        own = [
            evolve(each, kind=found[each.property].kind) for each in columns.columns if each.name in arrays
        ]
        loose = self.schema_of(Columns(tuple(own)))
        return widened(pa.table([arrays[field.name] for field in loose], schema=loose), schema)

    def _fill(self, cursor: Any, found: Mapping[str, _Values]) -> Any:
        """Put the values of each property into a column of its kind; answers the names of the events."""
        pc = load("pyarrow.compute")
        known = {each.property: each.kind for each in self.columns.columns}
        for name, values in found.items():
            if known.get(name) == "json" and values.values:
                values.kind = "json"
        wanted = {name: _SQL[each.kind] for name, each in found.items() if each.values}
        event, columns = _transformed(cursor, wanted)
        again: dict[str, str] = {}
        for name, column in columns.items():
            values = found[name]
            if values.kind == "integer" and len(column) - column.null_count != values.values:
                # Beyond 64 bits.
                values.kind = "json"
                again[name] = "JSON"
            elif values.kind == "integer":
                values.kind = _kind_of_integers(column)
            elif values.kind == "double":
                values.column, values.kind = _doubles(column)
                continue
            values.column = column
        if again:
            for name, column in _transformed(cursor, again)[1].items():
                found[name].column = column
        for values in found.values():
            if values.column is not None and len(values.column) - values.column.null_count != values.values:
                raise _OddError
        if event.null_count or pc.any(pc.is_null(event)).as_py():
            raise _OddError
        return event

    def _take_time(self, found: dict[str, _Values], rows: int) -> Any:
        """The column of timestamps; the property `time` stays only where they do not say the same."""
        pa, pc = load("pyarrow", "pyarrow.compute")
        kind = self.schema.field("time").type
        values = found.get("time")
        if values is None or values.column is None:
            found.pop("time", None)
            return pa.nulls(rows, kind)
        if values.kind in ("integer", "long"):
            made = self._timestamps(values.column)
            same = pc.equal(_ticks_of(made, self._clock.ticks), values.column)
            left = pc.and_kleene(pc.is_valid(values.column), pc.invert(pc.fill_null(same, False)))
            if pc.any(left).as_py():
                values.column = pc.if_else(left, values.column, None)
            else:
                del found["time"]
            return made
        return self._timestamps_of_text(_texts(values))

    def _timestamps_of_text(self, texts: Any) -> Any:
        """The timestamps of JSON texts: null where they are no numbers."""
        pa, pc = load("pyarrow", "pyarrow.compute")
        try:
            return self._timestamps(pc.cast(texts, pa.int64()))
        except pa.ArrowInvalid:
            return self._timestamps_one_by_one(
                json.loads(each) if each else None for each in texts.to_pylist()
            )

    def _timestamps(self, ticks: Any) -> Any:
        """The timestamps of whole numbers: the clock of the project's time zone, counted as if it were UTC's."""
        pa, pc = load("pyarrow", "pyarrow.compute")
        zone = zone_name(self._clock.zone)
        ends = pc.min_max(ticks).as_py()
        if ends["min"] is not None and not all(
            _has_date(each // self._clock.ticks) for each in ends.values()
        ):
            return self._timestamps_one_by_one(ticks.to_pylist())
        micro = pc.multiply_checked(ticks, _MICRO // self._clock.ticks)
        if zone == "UTC":
            return pc.cast(micro, pa.timestamp("us", "UTC"))
        naive = pc.cast(micro, pa.timestamp("us"))
        try:
            return pc.assume_timezone(naive, zone, ambiguous="earliest", nonexistent="raise")
        except pa.ArrowInvalid:
            # In the hour that a spring's change leaves out.
            return self._timestamps_one_by_one(ticks.to_pylist())

    def _timestamps_one_by_one(self, ticks: Iterable[Any]) -> Any:
        pa = load("pyarrow")
        micro = pa.array([_micro(each, self._clock) for each in ticks], pa.int64())
        return micro.cast(self.schema.field("time").type)


def _has_date(seconds: int) -> bool:
    """Whether Python knows a date for it, a day from either end of the calendar."""
    return _FIRST_SECOND < seconds < _LAST_SECOND


def _properties_of(lines: Any) -> Any:
    """The text of the properties, cut out of lines that are written as Mixpanel writes them."""
    pa, pc, np = load("pyarrow", "pyarrow.compute", "numpy")
    _, offsets, text = lines.buffers()
    bounds = np.frombuffer(offsets, np.int64)[lines.offset : lines.offset + len(lines) + 1]
    found = pc.find_substring(lines, _SEAM).to_numpy()
    if not len(found) or found.min() < 0:
        raise _OddError
    # Three texts of each line, one after another, without copying them: name, properties, and what closes it.
    cuts = np.empty(3 * len(lines) + 1, np.int64)
    cuts[0::3] = bounds
    cuts[1::3] = bounds[:-1] + found + len(_SEAM)
    cuts[2::3] = bounds[1:] - len("}\n")
    if (cuts[2::3] < cuts[1::3]).any():
        raise _OddError
    pieces = pa.Array.from_buffers(pa.large_string(), len(cuts) - 1, [None, pa.py_buffer(cuts), text])
    names, properties, ends = (pieces.take(pa.array(np.arange(each, len(pieces), 3))) for each in range(3))
    usual = (
        pc.starts_with(names, '{"event":"'),
        # A quote that belongs to the name is escaped: this one ends it.
        pc.ends_with(names, f'",{_SEAM}'),
        pc.invert(pc.ends_with(names, f'\\",{_SEAM}')),
        pc.starts_with(properties, "{"),
        pc.ends_with(properties, "}"),
        pc.equal(ends, "}\n"),
    )
    if not all(pc.all(each).as_py() for each in usual):
        raise _OddError
    return pc.cast(properties, pa.string())


def _text_of_id(cursor: Any, texts: Any) -> Any:
    """Texts as they are, and what is no text as JSON."""
    pa, pc = load("pyarrow", "pyarrow.compute")
    if pc.all(pc.starts_with(texts, '"')).as_py() and not pc.any(pc.match_substring(texts, "\\")).as_py():
        return pc.cast(pc.binary_slice(pc.cast(texts, pa.binary()), 1, -1), pa.string())
    cursor.register("ids", pa.table({"id": texts}))
    try:
        return _fetched(cursor, "select id::json ->> '$' from ids")[0]
    finally:
        cursor.unregister("ids")


def _gathered(blocks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Blocks of about this size."""
    gathered: list[bytes] = []
    length = 0
    for block in blocks:
        gathered.append(block)
        length += len(block)
        if length >= size:
            yield b"".join(gathered)
            gathered, length = [], 0
    if gathered:
        yield b"".join(gathered)


def _lines(block: bytes) -> Any:
    """The lines of a block as an Arrow array, without copying them; each with its line end."""
    pa, np = load("pyarrow", "numpy")
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n")) + 1
    if block and not block.endswith(b"\n"):
        ends = np.append(ends, len(block))
    offsets = np.zeros(len(ends) + 1, np.int64)
    offsets[1:] = ends
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(block)]
    return pa.Array.from_buffers(pa.large_string(), len(ends), buffers)


def _fetched(cursor: Any, query: str) -> list[Any]:
    """The columns of a query's answer, each one array."""
    return [_whole(column) for column in cursor.sql(query).to_arrow_table(_BATCH).columns]


def _whole(column: Any) -> Any:
    pa, pc = load("pyarrow", "pyarrow.compute")
    array = column.combine_chunks()
    # DuckDB's JSON has a type of its own in Arrow.
    if isinstance(array.type, pa.BaseExtensionType):
        array = array.storage
    return pc.cast(array, pa.string()) if pa.types.is_large_string(array.type) else array


def _looked_at(cursor: Any, proved: bool) -> dict[str, _Values]:
    found: dict[str, _Values] = {}
    for name, type_name, count in cursor.sql(
        _LOOK.format(empty="false" if proved else "len(all_keys) = 0")
    ).fetchall():
        if name is not None:
            found.setdefault(name, _Values()).add(type_name, count)
        elif count:
            raise _OddError
    return found


def _transformed(cursor: Any, wanted: Mapping[str, str]) -> tuple[Any, dict[str, Any]]:
    """The names of the events, and columns of properties in these SQL types."""
    by_fold: dict[str, list[str]] = {}
    for name in wanted:
        by_fold.setdefault(name.casefold(), []).append(name)
    # To DuckDB's structures, upper and lower case are the same.
    together = [names[0] for names in by_fold.values() if len(names) == 1 and names[0]]
    apart = [name for name in wanted if name not in set(together)]
    structure = {"event": "VARCHAR", "properties": {name: wanted[name] for name in together}}
    if not together:
        structure["properties"] = "JSON"
    query = [f"json_transform(line, {_quoted(json.dumps(structure, ensure_ascii=False))})"]
    for name in apart:
        query.append(f"json_transform(json_extract(line, {_pointer(name)}), '\"{wanted[name]}\"')")
    answer = cursor.sql(f"select {', '.join(query)} from lines").to_arrow_table(_BATCH).columns
    event, properties = answer[0].combine_chunks().flatten()
    columns = dict(zip(together, properties.flatten(), strict=True)) if together else {}
    columns.update(zip(apart, (each.combine_chunks() for each in answer[1:]), strict=True))
    return _whole_array(event), {name: _whole_array(each) for name, each in columns.items()}


def _whole_array(array: Any) -> Any:
    return _whole(load("pyarrow").chunked_array([array]))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _pointer(name: str) -> str:
    return _quoted("/properties/" + name.replace("~", "~0").replace("/", "~1"))


def _null_names(cursor: Any, found: Mapping[str, _Values], rows: int) -> Any:
    """For each event, the names of the properties that are null in it."""
    pa, pc, np = load("pyarrow", "pyarrow.compute", "numpy")
    names = sorted(name for name, each in found.items() if each.nulls)
    sometimes = [name for name in names if found[name].nulls + found[name].values < rows]
    masks: dict[str, Any] = {}
    if sometimes:
        query = ", ".join(
            f"coalesce(json_type(line, {_pointer(name)}) = 'NULL', false)" for name in sometimes
        )
        masks = dict(zip(sometimes, _fetched(cursor, f"select {query} from lines"), strict=True))
    everywhere = pa.array(np.ones(rows, bool))
    for name in names:
        if name not in masks:
            column = found[name].column
            masks[name] = everywhere if column is None else pc.is_null(column)
        if pc.sum(masks[name]).as_py() != found[name].nulls:
            raise _OddError
    offsets = np.zeros(rows + 1, np.int32)
    which = np.zeros(0, np.int64)
    if names:
        grid = np.stack([masks[name].to_numpy(zero_copy_only=False) for name in names], axis=1)
        offsets[1:] = grid.sum(axis=1).cumsum()
        which = np.nonzero(grid)[1]
    values = pa.array(names, pa.string()).take(pa.array(which))
    return pa.ListArray.from_arrays(pa.array(offsets), values)


def _may_be_no_json(values: _Values) -> bool:
    """Whether there could be a NaN or an infinity, which DuckDB takes for numbers; or a text that reads so."""
    pc = load("pyarrow.compute")
    if values.kind == "double":
        return not pc.all(pc.is_finite(values.column)).as_py()
    if values.kind != "json":
        return False
    return bool(pc.any(pc.match_substring_regex(values.column, _NO_NUMBER)).as_py())


def _kind_of_integers(column: Any) -> Kind:
    pc = load("pyarrow.compute")
    ends = pc.min_max(column).as_py()
    return "integer" if ends["min"] is None or -_EXACT <= ends["min"] <= ends["max"] <= _EXACT else "long"


def _doubles(texts: Any) -> tuple[Any, Kind]:
    """The column of JSON numbers, as doubles where that is exact."""
    pa, pc = load("pyarrow", "pyarrow.compute")
    whole = pc.match_substring_regex(texts, rf"^-?\d{{{_DIGITS + 1},}}$")
    numbers = pc.cast(texts, pa.float64())
    if pc.any(whole).as_py() or not pc.all(pc.is_finite(numbers)).as_py():
        return texts, "json"
    return numbers, "double"


def _texts(values: _Values) -> Any:
    """The values of a property as JSON texts."""
    from mixpanel_export.columns.tables import as_json

    return values.column if values.kind == "json" else as_json(values.column, values.kind)


def _ticks_of(times: Any, ticks: int) -> Any:
    pc = load("pyarrow.compute")
    return pc.divide(pc.cast(pc.local_timestamp(times), "int64"), _MICRO // ticks)


def _micro(ticks: Any, clock: _Clock) -> int | None:
    """Microseconds since 1970 of one `time`; None when it is no number."""
    if type(ticks) is not int and type(ticks) is not float:
        return None
    try:
        micro = round(ticks * (_MICRO // clock.ticks))
        if not _has_date(micro // _MICRO):
            return None
        if zone_name(clock.zone) == "UTC":
            return micro
        clock_time = _EPOCH + datetime.timedelta(microseconds=micro)
        return round((clock_time.replace(tzinfo=clock.zone) - _EPOCH) / datetime.timedelta(microseconds=1))
    except (OverflowError, ValueError):
        return None


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

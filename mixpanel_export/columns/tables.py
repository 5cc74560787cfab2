"""Arrow tables of events: their schemas, tables put into a wider schema, and the JSON lines that they stand for.

Each column of a property says in its metadata which property it is of (`property`) and what it holds (`kind`, see
`kinds`); the schema says the `layout`. So a table, and a Parquet file, can be read back without anything beside it.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import msgspec

from mixpanel_export._formats import Layout
from mixpanel_export.columns.kinds import NULLS, PINNED, Column, Columns, Kind
from mixpanel_export.columns.native import load

if TYPE_CHECKING:
    import pyarrow

__all__ = [
    "TYPES",
    "NullColumns",
    "TableWidener",
    "as_json",
    "columns_of",
    "converted",
    "json_schema",
    "lines_of",
    "names_type",
    "wide_schema",
    "zone_name",
]

_LAYOUT, _PROPERTY, _KIND, _TICKS = (
    b"mixpanel.layout",
    b"mixpanel.property",
    b"mixpanel.kind",
    b"mixpanel.ticks",
)
TYPES: Mapping[Kind, str] = {
    "null": "string",
    "boolean": "bool",
    "integer": "int64",
    "long": "int64",
    "double": "float64",
    "string": "string",
    "json": "string",
}


def json_schema(zone: str, ticks: int) -> Any:
    """The schema of the layout `json`: the same for all exports.

    Args:
        zone: the name of the time zone of `time`.
        ticks: what `time` was counted in as it came, 1 for seconds, 1000 for milliseconds.
    """
    pa = load("pyarrow")
    fields = [
        pa.field("event", pa.string(), nullable=False),
        pa.field("time", pa.timestamp("us", zone)),
        pa.field("distinct_id", pa.string()),
        pa.field("insert_id", pa.string()),
        pa.field("properties", pa.string(), nullable=False),
    ]
    return pa.schema(fields, metadata=_metadata("json", ticks))


def wide_schema(columns: Columns, zone: str, ticks: int) -> Any:
    """The schema of the layout `wide` with these columns of properties; arguments as for `json_schema`."""
    pa = load("pyarrow")
    pinned, others = columns.columns[:PINNED], columns.columns[PINNED:]
    fields = [
        pa.field("event", pa.string(), nullable=False),
        pa.field("time", pa.timestamp("us", zone)),
        *(_field(pa, each) for each in pinned),
        pa.field(NULLS, names_type(), nullable=False),
        *(_field(pa, each) for each in others),
    ]
    return pa.schema(fields, metadata=_metadata("wide", ticks))


def names_type() -> Any:
    """The type of the column that says which properties are null."""
    pa = load("pyarrow")
    return pa.list_(pa.field("element", pa.string(), nullable=False))


def columns_of(schema: pyarrow.Schema) -> Columns:
    """The columns of properties of a schema of the layout `wide`."""
    found: list[Column] = []
    fields: Any = schema
    for field in fields:
        said: dict[bytes, bytes] = field.metadata or {}
        if _PROPERTY in said:
            kind = cast(Kind, said[_KIND].decode())
            found.append(Column(field.name, said[_PROPERTY].decode(), kind))
    return Columns(tuple(found))


class NullColumns(dict[Kind, Any]):
    """Columns of so many rows with nothing in them, by their kinds: one for all properties of a kind."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self._rows = rows

    def __missing__(self, kind: Kind) -> Any:
        pa = load("pyarrow")
        self[kind] = column = pa.nulls(self._rows, _type(pa, kind))
        return column


class TableWidener:
    """Puts tables into a schema, whose columns hold what theirs hold, and more.

    Columns are told apart by their property; one that a table has not is null.
    """

    def __init__(self, schema: Any) -> None:
        self._schema = schema

    @cached_property
    def _columns(self) -> list[tuple[str, Column | None]]:
        columns = {each.name: each for each in columns_of(self._schema).columns}
        return [(name, columns.get(name)) for name in self._schema.names]

    def __call__(self, table: Any) -> Any:
        """The table in the schema."""
        if table.schema.equals(self._schema, check_metadata=True):
            return table
        theirs = {each.property: each for each in columns_of(table.schema).columns}
        there: dict[str, Any] = dict(zip(table.column_names, table.columns, strict=True))
        null_columns = NullColumns(table.num_rows)
        arrays: list[Any] = []
        for name, column in self._columns:
            if column is None:
                arrays.append(there[name])
            elif (old := theirs.get(column.property)) is None:
                arrays.append(null_columns[column.kind])
            else:
                arrays.append(converted(there[old.name], old.kind, column.kind))
        return load("pyarrow").table(arrays, schema=self._schema)


def as_json(array: Any, kind: Kind) -> Any:
    """Each value as JSON text; nulls stay."""
    pa, pc = load("pyarrow", "pyarrow.compute")
    if kind in ("boolean", "integer", "long"):
        return pc.cast(array, pa.string())
    texts = [None if value is None else _encode(value) for value in array.to_pylist()]
    return pa.array(texts, pa.string())


_encode = msgspec.json.Encoder().encode


def lines_of(table: pyarrow.Table) -> Iterator[dict[str, Any]]:
    """The events of a table as they stand in JSON lines: `{"event": …, "properties": {…}}`.

    What was a whole number among fractional ones comes as a float of the same value; otherwise all is as sent.
    """
    said: dict[bytes, bytes] = table.schema.metadata or {}
    rows: list[dict[str, Any]] = table.to_pylist()
    if said.get(_LAYOUT) == b"json":
        for row in rows:
            yield {"event": row["event"], "properties": json.loads(row["properties"])}
        return
    columns = columns_of(table.schema).columns
    ticks = int(said[_TICKS])
    pc = load("pyarrow.compute")
    times = _as_ticks(pc, table.column("time"), ticks)
    for row, time in zip(rows, times, strict=True):
        properties: dict[str, Any] = dict.fromkeys(row[NULLS])
        if time is not None:
            properties["time"] = time
        for column in columns:
            value = row[column.name]
            if value is not None:
                properties[column.property] = json.loads(value) if column.kind == "json" else value
        yield {"event": row["event"], "properties": properties}


def _as_ticks(pc: Any, times: Any, ticks: int) -> list[int | None]:
    """What Mixpanel's `time` says: the clock of the project's time zone, counted as if it were UTC's."""
    local = pc.cast(pc.local_timestamp(times), "int64")
    return cast("list[int | None]", pc.divide(local, 1_000_000 // ticks).to_pylist())


def converted(array: Any, before: Kind, after: Kind) -> Any:
    """An array of one kind as one of another that holds the same values."""
    if before == after or (before, after) == ("integer", "long"):
        return array
    pa, pc = load("pyarrow", "pyarrow.compute")
    if before == "null":
        assert array.null_count == len(array)
        return pa.nulls(len(array), _type(pa, after))
    if after == "json":
        return as_json(array, before)
    assert (before, after) == ("integer", "double"), (before, after)
    return pc.cast(array, pa.float64())


def _field(pa: Any, column: Column) -> Any:
    said = {_PROPERTY: column.property.encode(), _KIND: column.kind.encode()}
    return pa.field(column.name, _type(pa, column.kind), metadata=said)


def _type(pa: Any, kind: Kind) -> Any:
    return pa.type_for_alias(TYPES[kind])


def _metadata(layout: Layout, ticks: int) -> dict[bytes, bytes]:
    return {_LAYOUT: layout.encode(), _TICKS: str(ticks).encode()}


def zone_name(zone: datetime.tzinfo) -> str:
    """The name by which Arrow knows a time zone."""
    return "UTC" if zone is datetime.UTC else str(zone)

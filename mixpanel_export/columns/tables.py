"""Put tables into a wider schema, and read the events back from them. See `schemas` for the schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import msgspec
import pyarrow as pa

from mixpanel_export.columns.compute import nulls, pc
from mixpanel_export.columns.schemas import AnyArray, columns_of, is_json_layout, others_of, ticks_of, type_of
from mixpanel_export.columns.timestamps import ticks_from
from mixpanel_export.schema.kinds import NULLS, Column, Kind

__all__ = ["NullColumns", "TableWidener", "as_json", "cast_column", "lines_of"]

_encode = msgspec.json.Encoder().encode


class NullColumns(dict[Kind, AnyArray]):
    """All-null columns of one length, by kind: the properties of a kind share one."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self._rows = rows

    def __missing__(self, kind: Kind) -> AnyArray:
        self[kind] = column = nulls(self._rows, type_of(kind))
        return column


class TableWidener:
    """Puts tables into one schema, whose columns hold everything that theirs hold.

    Columns are matched by property; a column that a table lacks is null.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self._schema = schema

    @cached_property
    def _columns(self) -> list[tuple[str, Column | None]]:
        columns = {column.name: column for column in columns_of(self._schema).columns}
        return [(name, columns.get(name)) for name in self._schema.names]

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return the table in the schema."""
        if table.schema.equals(self._schema, check_metadata=True):
            return table
        old_columns = {column.property: column for column in columns_of(table.schema).columns}
        old_arrays: dict[str, Any] = dict(zip(table.column_names, table.columns, strict=True))
        null_columns = NullColumns(table.num_rows)
        arrays: list[Any] = []
        for name, column in self._columns:
            if column is None:
                # A table without others has no column for them.
                arrays.append(old_arrays[name] if name in old_arrays else null_columns["string"])
            elif (old := old_columns.get(column.property)) is None:
                arrays.append(null_columns[column.kind])
            else:
                arrays.append(cast_column(old_arrays[old.name], old.kind, column.kind))
        return pa.table(arrays, schema=self._schema)


def cast_column(array: Any, before: Kind, after: Kind) -> Any:
    """Return an array, plain or chunked, in a kind that holds the same values."""
    if before == after or (before, after) == ("integer", "long"):
        return array
    if before == "null":
        assert array.null_count == len(array)
        return nulls(len(array), type_of(after))
    if after == "json":
        return as_json(array, before)
    assert (before, after) == ("integer", "double"), (before, after)
    return pc.cast(array, pa.float64())


def as_json(array: Any, kind: Kind) -> Any:
    """Return each value of an array, plain or chunked, as JSON text; null stays null."""
    if kind in ("boolean", "integer", "long"):
        return pc.cast(array, pa.string())
    texts = [None if value is None else _encode(value) for value in array.to_pylist()]
    return pa.array(texts, pa.string())


def lines_of(table: pa.Table) -> Iterator[dict[str, Any]]:
    """Yield a table's events as they stand in JSON Lines: `{"event": …, "properties": {…}}`.

    Every value is as sent, except that a whole number in a column of doubles comes back as a float.
    """
    rows: list[dict[str, Any]] = table.to_pylist()
    if is_json_layout(table.schema):
        for row in rows:
            yield {"event": row["event"], "properties": json.loads(row["properties"])}
        return
    columns, others = columns_of(table.schema).columns, others_of(table.schema)
    times = ticks_from(table.column("time"), ticks_of(table.schema)).to_pylist()
    for row, time in zip(rows, times, strict=True):
        properties: dict[str, Any] = dict.fromkeys(row[NULLS])
        if time is not None:
            properties["time"] = time
        for column in columns:
            value = row[column.name]
            if value is not None:
                properties[column.property] = json.loads(value) if column.kind == "json" else value
        if others and row[others] is not None:
            properties.update(json.loads(row[others]))
        yield {"event": row["event"], "properties": properties}

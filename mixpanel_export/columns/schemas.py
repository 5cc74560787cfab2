"""Arrow schemas of events, and the metadata that says which property a column holds.

Each property's column names its property and kind in its metadata (see `kinds`), and the schema names its layout. A
table or a Parquet file can therefore be read back without anything else. See `tables`.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import pyarrow as pa

from mixpanel_export._formats import Layout
from mixpanel_export.schema.kinds import NULLS, PINNED, Column, Columns, Kind

__all__ = [
    "AnyArray",
    "columns_of",
    "is_json_layout",
    "json_schema",
    "names_type",
    "others_of",
    "property_field",
    "ticks_of",
    "type_of",
    "wide_schema",
    "zone_name",
]

if TYPE_CHECKING:
    # The stubs have the values' type as a parameter, which no array has at run time.
    AnyArray: TypeAlias = pa.Array[Any]
else:
    AnyArray = pa.Array

_LAYOUT = b"mixpanel.layout"
_PROPERTY = b"mixpanel.property"
_KIND = b"mixpanel.kind"
_TICKS = b"mixpanel.ticks"
_OTHERS = b"mixpanel.others"

_TYPES: Mapping[Kind, pa.DataType] = {
    "null": pa.string(),
    "boolean": pa.bool_(),
    "integer": pa.int64(),
    "long": pa.int64(),
    "double": pa.float64(),
    "string": pa.string(),
    "json": pa.string(),
}


def json_schema(zone: str, ticks: int) -> pa.Schema:
    """Return the schema of the layout `json`, which is the same for every export.

    Args:
        zone: the name of the time zone of `time`.
        ticks: how many ticks a second `time` had as sent: 1 for seconds, 1000 for milliseconds.
    """
    fields: list[pa.Field[Any]] = [
        pa.field("event", pa.string(), nullable=False),
        pa.field("time", pa.timestamp("us", zone)),
        pa.field("distinct_id", pa.string()),
        pa.field("insert_id", pa.string()),
        pa.field("properties", pa.string(), nullable=False),
    ]
    return pa.schema(fields, metadata=_metadata("json", ticks))


def wide_schema(columns: Columns, zone: str, ticks: int) -> pa.Schema:
    """Return the schema of the layout `wide` with these columns; `zone` and `ticks` are those of `json_schema`."""
    pinned, others = columns.columns[:PINNED], columns.columns[PINNED:]
    fields: list[pa.Field[Any]] = [
        pa.field("event", pa.string(), nullable=False),
        pa.field("time", pa.timestamp("us", zone)),
        *map(property_field, pinned),
        pa.field(NULLS, names_type(), nullable=False),
        *map(property_field, others),
    ]
    if columns.others:
        fields.append(pa.field(columns.others, pa.string(), metadata={_OTHERS: b"json"}))
    return pa.schema(fields, metadata=_metadata("wide", ticks))


def names_type() -> pa.DataType:
    """Return the type of the column that lists an event's null properties."""
    return pa.list_(pa.field("element", pa.string(), nullable=False))


def type_of(kind: Kind) -> pa.DataType:
    """Return the Arrow type of a column of this kind."""
    return _TYPES[kind]


def columns_of(schema: pa.Schema) -> Columns:
    """Read the properties' columns from a schema of the layout `wide`."""
    found: list[Column] = []
    fields: Any = schema
    for field in fields:
        metadata: dict[bytes, bytes] = field.metadata or {}
        if _PROPERTY in metadata:
            kind = cast(Kind, metadata[_KIND].decode())
            found.append(Column(field.name, metadata[_PROPERTY].decode(), kind))
    return Columns(tuple(found), others=others_of(schema))


def others_of(schema: pa.Schema) -> str:
    """Return the name of the column of all properties without a column; empty if there is none."""
    fields: Any = schema
    return next((str(field.name) for field in fields if _OTHERS in (field.metadata or {})), "")


def is_json_layout(schema: pa.Schema) -> bool:
    """Return whether a schema is of the layout `json`."""
    return bool((schema.metadata or {}).get(_LAYOUT) == b"json")


def ticks_of(schema: pa.Schema) -> int:
    """Return how many ticks a second `time` had as sent."""
    return int((schema.metadata or {})[_TICKS])


def zone_name(zone: datetime.tzinfo) -> str:
    """Return the name that Arrow knows a time zone by."""
    return "UTC" if zone is datetime.UTC else str(zone)


def property_field(column: Column) -> pa.Field[Any]:
    """Return the field of a property's column, with its metadata."""
    metadata: dict[bytes | str, bytes | str] = {
        _PROPERTY: column.property.encode(),
        _KIND: column.kind.encode(),
    }
    return pa.field(column.name, type_of(column.kind), metadata=metadata)


def _metadata(layout: Layout, ticks: int) -> dict[bytes | str, bytes | str]:
    return {_LAYOUT: layout.encode(), _TICKS: str(ticks).encode()}

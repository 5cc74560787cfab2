"""File formats, layouts and other choices of an export, and checks of their names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Literal, get_args

from mixpanel_export.errors import InvalidArgumentError

LinesFormat = Literal["jsonl", "jsonl.gz"]
FileFormat = Literal["jsonl", "jsonl.gz", "parquet", "csv"]
Layout = Literal["wide", "json"]
PartitionBy = Literal["date"]
Columns = tuple[Mapping[str, str], ...]

FORMATS: tuple[str, ...] = get_args(FileFormat)
COLUMNAR: Collection[str] = ("parquet", "csv")
"""The formats that have columns, and therefore a layout."""

OnMalformed = Literal["raise", "quarantine", "replace"]
"""The treatment of a line that is not an event.

- `raise`: raise MalformedEventError, once the rest of the response has been checked.
- `quarantine`: leave it out, and mark it. A line is also left out if it holds half a surrogate pair or a number too
  large for a double: legal JSON that not every output can hold.
- `replace`: replace what is not valid Unicode with U+FFFD; raise if it is not an event even then.
"""

ColumnNames = Literal["exact", "safe"]
"""The names of columns in the layout `wide`.

- `exact`: the properties' own names.
- `safe`: only letters, digits and underscores of ASCII, at most 63, and no digit first, as warehouses require. Each
  column records its property.
"""

COLUMN_NAMES: tuple[ColumnNames, ...] = get_args(ColumnNames)

Kind = Literal["null", "boolean", "integer", "long", "double", "string", "json"]
"""The kind of values in a column: `integer` is a whole number up to 2^53, which a double holds too; `long` is any
other whole number of 64 bits; `json` is any value, as JSON text; `null` is null alone."""

KINDS: tuple[Kind, ...] = get_args(Kind)
OTHERS_KIND = "others"
"""The kind in a manifest of the column that holds all properties without a column."""

PINNED = {"distinct_id": "distinct_id", "$insert_id": "insert_id"}
"""Properties that always have a column, under a name that no other property can take."""

ON_MALFORMED: tuple[OnMalformed, ...] = get_args(OnMalformed)

Dialect = Literal["bigquery", "duckdb", "postgres", "snowflake"]
"""A dialect of SQL that `ProjectSchema.to_sql` writes."""

DIALECTS: tuple[Dialect, ...] = get_args(Dialect)

_LINES: tuple[str, ...] = get_args(LinesFormat)


def format_of(path: Path, known: Collection[str] = _LINES) -> Any:
    """Return the format that a file's name ends with, or None; by default, only formats of lines count."""
    name = path.name.lower()
    return next((format for format in known if name.endswith(f".{format}")), None)


def format_for(path: Path, given: str | None, known: Collection[str] = _LINES) -> Any:
    """Return the given format, or the one that the file's name ends with; `jsonl.gz` for a name without an ending.

    Raises:
        InvalidArgumentError: when the format is unknown, or the name ends with another one.
    """
    if given is not None:
        check_format(given, known)
    named = format_of(path, FORMATS)
    if given is not None and named is not None and given != named:
        raise InvalidArgumentError(
            "format", given, f"expected {named!r}, because the file is called {path.name}"
        )
    if given is None and named not in known and path.suffix:
        endings = ", ".join(f".{name}" for name in known)
        raise InvalidArgumentError(
            "path", str(path), f"expected a name ending in one of {endings}; or pass format="
        )
    return given or named or "jsonl.gz"


def check_format(file_format: str, known: Collection[str] = _LINES) -> None:
    """Refuse an unknown format; by default, all except those of lines."""
    if file_format not in known:
        raise InvalidArgumentError("format", file_format, f"expected {_one_of(known)}")


def check_columnar(format: str, layout: str | None, partition_by: str | None) -> None:
    """Refuse a layout or a partitioning that is unknown, or that the format does not have."""
    for name, value, known in (
        ("layout", layout, get_args(Layout)),
        ("partition_by", partition_by, get_args(PartitionBy)),
    ):
        if value is None:
            continue
        if value not in known:
            raise InvalidArgumentError(name, value, f"expected {_one_of(known)}")
        if format not in COLUMNAR:
            raise InvalidArgumentError(
                name, value, f"only the formats {' and '.join(COLUMNAR)} take it; this export is {format}"
            )


def fingerprint_of(columns: Columns) -> str:
    """Return a short text that identifies a set of columns."""
    text = json.dumps([dict(column) for column in columns], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _one_of(names: Collection[str]) -> str:
    return f"one of {', '.join(map(repr, names))}"

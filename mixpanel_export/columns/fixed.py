"""Columns that are fixed before an export, so that all its parts have one schema, wherever they are converted.

A value that does not fit its column, and a property without one, go to the column `overflow`, as one JSON object
for each event. Nothing is ever cast. See `convert` for columns that widen as the data requires.
"""

from __future__ import annotations

import datetime
import json
import math
import os
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self, cast

import msgspec
import pyarrow as pa
from attrs import evolve, field, frozen

from mixpanel_export._atomic import AtomicFile
from mixpanel_export._formats import Layout
from mixpanel_export._text import is_unicode, reason_of
from mixpanel_export.columns.blocks import ParsedBlock
from mixpanel_export.columns.compute import nulls
from mixpanel_export.columns.convert import TableConverter
from mixpanel_export.columns.infer import infer_columns
from mixpanel_export.columns.schemas import AnyArray, wide_schema, zone_name
from mixpanel_export.columns.tables import NullColumns, cast_column
from mixpanel_export.columns.timestamps import ticks_from
from mixpanel_export.columns.wide import LineReader
from mixpanel_export.download.job import ExportJob
from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.records.event import Event
from mixpanel_export.records.texts import LineTexts
from mixpanel_export.schema.kinds import EXACT, FIXED, OVERFLOW, Column, Columns, Kind, fixed_columns, is_safe

__all__ = ["ColumnSchema", "converter_of", "fixed_schema"]

VERSION = 1
_LONG = 1 << 63


@frozen
class ColumnSchema:
    """The columns of properties, fixed for an export and all its parts; made by `client.export.columns()`.

    Picklable, and a JSON file after `save`. The schema of the tables also has `event`, `time`, `null_properties`
    and `overflow`: a JSON object of the values that do not fit.
    """

    _columns: Columns = field(converter=fixed_columns)

    @property
    def properties(self) -> dict[str, str]:
        """The kind of each property: `boolean`, `long`, `double`, `string`, or `json`, any value as JSON text."""
        return {column.property: column.kind for column in self._columns.columns}

    @property
    def names(self) -> dict[str, str]:
        """The name of each property's column."""
        return {column.property: column.name for column in self._columns.columns}

    def without(self, properties: Collection[str]) -> ColumnSchema:
        """Return the schema without the columns of these properties; `distinct_id` and `$insert_id` keep theirs."""
        kept = [
            column
            for column in self._columns.columns
            if column.property not in properties or column.name in FIXED
        ]
        return ColumnSchema(evolve(self._columns, columns=tuple(kept)))

    def selected(self, fields: Collection[str] | None, exclude: Collection[str] = ()) -> ColumnSchema:
        """Return the columns of an export with these `fields` and `exclude`."""
        left_out = {*exclude}
        if fields is not None:
            left_out |= self.properties.keys() - {*fields}
        return self.without(left_out)

    def arrow_schema(self, timezone: str = "UTC", *, time_in_ms: bool = False) -> pa.Schema:
        """Return the Arrow schema of tables with these columns, for a client with this time zone."""
        return wide_schema(self._columns, timezone, 1000 if time_in_ms else 1)

    def to_json(self) -> str:
        """Return the schema as JSON."""
        document = {"version": VERSION, "columns": evolve(self._columns, others="").to_manifest()}
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Parse a schema.

        Raises:
            InvalidArgumentError: when it is not one.
        """
        try:
            document = msgspec.json.decode(text, type=_Document)
            if document.version != VERSION:
                raise ValueError(f"expected version {VERSION}, got {document.version}")
            columns = tuple(Column(entry.name, entry.property, entry.kind) for entry in document.columns)
            _check_columns(columns)
        except (msgspec.MsgspecError, UnicodeDecodeError, ValueError) as error:
            raise InvalidArgumentError("columns", None, f"not a file of columns: {error}") from error
        return cls(Columns(columns))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the schema to a JSON file, which replaces an existing one once it is complete."""
        text = self.to_json().encode()
        with AtomicFile(Path(path)) as target:
            target.file.write(text)
            target.complete()

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read the schema from a JSON file.

        Raises:
            InvalidArgumentError: when it cannot be read, or holds none.
        """
        try:
            return cls.from_json(Path(path).read_bytes())
        except OSError as error:
            raise InvalidArgumentError(
                "columns", os.fspath(path), f"cannot be read: {reason_of(error)}"
            ) from error
        except InvalidArgumentError as error:
            raise InvalidArgumentError("columns", os.fspath(path), error.expected) from error.__cause__

    def of_job(self, job: ExportJob) -> ColumnSchema:
        """Return the columns of an export with these `fields`, `exclude` and `column_names`.

        Raises:
            InvalidArgumentError: when the columns have other names than the export asks for.
        """
        chosen = self.selected(job.fields, job.exclude)
        if job.column_names == "safe":
            unsafe = [name for name in chosen.names.values() if not is_safe(name)]
            if unsafe:
                raise InvalidArgumentError(
                    "column_names",
                    job.column_names,
                    f"the fixed columns have a name such as {unsafe[0]!r}; make them with the same column_names",
                )
        return chosen

    def to_manifest(self) -> tuple[Mapping[str, str], ...]:
        """Return the columns in the form that a directory's manifest records."""
        return self._columns.to_manifest()

    @classmethod
    def from_manifest(cls, recorded: Iterable[Mapping[str, str]]) -> Self:
        """Restore the columns that a manifest has recorded."""
        return cls(Columns.from_manifest(recorded))

    def converter(self, zone: datetime.tzinfo, ticks: int) -> TableConverter:
        """Return the converter to these columns."""
        return _FixedConverter(zone, ticks, self._columns)


def fixed_schema(columns: ColumnSchema | str | os.PathLike[str]) -> ColumnSchema:
    """Return the columns of an export, given as they are or by the file that holds them.

    Raises:
        InvalidArgumentError: for anything else.
    """
    if isinstance(columns, str | os.PathLike):
        return ColumnSchema.load(columns)
    if not isinstance(columns, ColumnSchema):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidArgumentError(
            "columns", columns, "expected the result of columns(), or a file that it was saved to"
        )
    return columns


class _Entry(msgspec.Struct):
    name: str
    property: str
    kind: Kind


class _Document(msgspec.Struct):
    version: int
    columns: list[_Entry]


def _check_columns(columns: Sequence[Column]) -> None:
    pinned = [(column.name, column.property) for column in Columns().columns]
    if [(column.name, column.property) for column in columns[: len(pinned)]] != pinned:
        raise ValueError("the first columns must be distinct_id and insert_id")
    names = [column.name.casefold() for column in columns]
    taken = {*FIXED, OVERFLOW} - {name for name, _ in pinned}
    if (
        len({*names}) != len(names)
        or taken.intersection(names)
        or len({c.property for c in columns}) != len(names)
    ):
        raise ValueError("two columns have the same name or property")


def converter_of(job: ExportJob, layout: Layout, columns: ColumnSchema | None) -> TableConverter:
    """Return the converter of an export."""
    zone = job.context.zone
    if columns is not None:
        return columns.of_job(job).converter(zone, job.ticks)
    selected = [name for name in job.fields or () if name not in job.exclude]
    return TableConverter(layout, zone, job.ticks, Columns(naming=job.column_names), selected)


class _FixedConverter(TableConverter):
    """Converts lines to tables of fixed columns; safe to share between threads."""

    def __init__(self, zone: datetime.tzinfo, ticks: int, columns: Columns) -> None:
        super().__init__("wide", zone, ticks, columns)
        self._columns = columns
        self._kinds: dict[str, Kind] = {column.property: column.kind for column in columns.columns}
        self._schema = wide_schema(columns, zone_name(zone), ticks)
        self._nullable: frozenset[str] = frozenset()
        self._reader = LineReader(columns, ())
        self._widening = threading.Lock()

    @property
    def columns(self) -> Columns:
        """The columns of properties."""
        return self._columns

    @property
    def schema(self) -> pa.Schema:
        """The schema of all tables."""
        return self._schema

    def _convert_usual(self, block: bytes) -> pa.Table | None:
        parsed = self._reader.read(block)
        if parsed is None:
            return None
        rows = len(parsed.event)
        time = self._take_time(parsed.values, rows)
        if "time" in parsed.values:
            return None
        return self._table(parsed, time, nulls(rows, pa.string()))

    def _table_of_events(self, events: Sequence[Event], lines: Sequence[bytes]) -> pa.Table:
        texts = LineTexts(lines)
        rest = [self._rest_of(event) for event in events]
        fitting = [
            Event(name=event.name, properties=_without(event.properties, others))
            for event, others in zip(events, rest, strict=True)
        ]
        parsed = infer_columns(fitting, texts, self._columns)
        time = self._take_time(parsed.values, len(events))
        if (inexact := parsed.values.get("time")) is not None and inexact.column is not None:
            ticks = ticks_from(time, self._clock.ticks).to_pylist()
            for row, event in enumerate(events):
                value = event.properties.get("time")
                if value is not None and not (type(value) is int and value == ticks[row]):
                    rest[row].append("time")
        overflow = pa.array(
            [texts.object_text(row, names) if names else None for row, names in enumerate(rest)], pa.string()
        )
        self._note_nulls(parsed.nullable)
        return self._table(parsed, time, overflow)

    def _rest_of(self, event: Event) -> list[str]:
        """Return the properties of an event that have no column, or do not fit theirs."""
        return [
            name
            for name, value in event.properties.items()
            if name != "time" and not _fits(value, self._kinds.get(name), name)
        ]

    def _note_nulls(self, names: Iterable[str]) -> None:
        """Read null values of these properties in bulk from now on."""
        with self._widening:
            nullable = self._nullable | {*names}
            if nullable != self._nullable:
                self._nullable = nullable
                self._reader = LineReader(self._columns, nullable)

    def _table(self, parsed: ParsedBlock, time: AnyArray, overflow: AnyArray) -> pa.Table:
        null_columns = NullColumns(len(parsed.event))
        columns: list[AnyArray] = []
        for column in self._columns.columns:
            found = parsed.values.get(column.property)
            if found is None or found.column is None:
                columns.append(null_columns[column.kind])
            else:
                columns.append(cast_column(found.column, found.kind, column.kind))
        pinned, others = columns[:2], columns[2:]
        arrays: list[Any] = [parsed.event, time, *pinned, parsed.nulls, *others, overflow]
        return pa.table(arrays, schema=self._schema)


def _without(properties: Mapping[str, Any], others: Collection[str]) -> dict[str, Any]:
    if not others:
        return cast("dict[str, Any]", properties)
    return {name: value for name, value in properties.items() if name not in others}


def _fits(value: Any, kind: Kind | None, name: str) -> bool:
    """Return whether a column of this kind holds a value exactly; nulls are listed apart."""
    if value is None:
        return is_unicode(name)
    match kind:
        case "boolean":
            return type(value) is bool
        case "long":
            return type(value) is int and -_LONG <= value < _LONG
        case "double":
            is_exact = type(value) is int and -EXACT <= value <= EXACT
            return is_exact or (type(value) is float and math.isfinite(value))
        case "string":
            return type(value) is str and is_unicode(value)
        case "json":
            return True
        case _:
            return False

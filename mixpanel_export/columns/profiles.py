"""Write profiles, which come as JSON Lines, to a Parquet or CSV file with one column for each property.

The lines are read twice: first for the columns, then for their values. Memory holds a block of lines at a time.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import IO, Any, TypeAlias, cast

import pyarrow as pa
from attrs import frozen

from mixpanel_export.columns.schemas import names_type, property_field, type_of
from mixpanel_export.columns.writers import ColumnFormat, writer_for
from mixpanel_export.records.texts import member_texts, object_text
from mixpanel_export.schema.kinds import MAX_COLUMNS, NULLS, OTHERS, Column, Kind, kind_of, unique_name, wider

__all__ = ["write_profiles"]

_BLOCK = 1_000
_PROPERTIES = "$properties"
# The names that models and frames give to a profile's own fields.
_FIELDS = {"$distinct_id": "distinct_id", "$group_key": "group_key", "$group_id": "group_id"}
_DISTINCT_ID = (False, "$distinct_id")

# The name of a value, and whether it is a property rather than a field of the profile itself.
_Key: TypeAlias = tuple[bool, str]
_Flat: TypeAlias = dict[_Key, Any]


def write_profiles(
    format: ColumnFormat, lines: IO[bytes], target: IO[bytes], check: Callable[[], None] = lambda: None
) -> None:
    """Write profiles to an open file.

    A property with values of several types is a column of JSON text, so that no value changes. If any property is
    null, the column `null_properties` lists those that are, in each profile; and past 2,000 properties, the column
    `other_properties` has the rarer ones, as a JSON object.

    Args:
        lines: profiles as JSON Lines, in a file that can be read twice.
        check: called between blocks; may raise to stop.
    """
    found = _Columns.of(_blocks(lines, check))
    writer = writer_for(format, target, found.schema)
    try:
        for profiles in _blocks(lines, check):
            writer.write(found.table(profiles))
    finally:
        writer.close()


@frozen
class _Columns:
    """The columns of all profiles.

    Attributes:
        columns: the columns by what they hold.
        has_nulls: True if any property is null.
        has_others: True if there are properties without a column.
    """

    columns: Mapping[_Key, Column]
    has_nulls: bool
    has_others: bool

    @classmethod
    def of(cls, blocks: Iterator[list[_Profile]]) -> _Columns:
        """Read all profiles, and return their columns."""
        kinds: dict[_Key, Kind] = {_DISTINCT_ID: "null"}
        counts: Counter[_Key] = Counter()
        has_nulls = False
        for profiles in blocks:
            cells: dict[_Key, list[Any]] = {}
            for profile in profiles:
                for key, value in profile.values.items():
                    cells.setdefault(key, []).append(value)
                    has_nulls = has_nulls or value is None
            for key, values in cells.items():
                counts[key] += len(values)
                kinds[key] = wider(kinds.get(key, "null"), _kind_of(values))
        columns = _named(kinds, counts)
        return cls(columns, has_nulls, len(columns) < len(kinds))

    @property
    def schema(self) -> pa.Schema:
        """The schema of all tables."""
        fields: list[pa.Field[Any]] = [property_field(column) for column in self.columns.values()]
        if self.has_nulls:
            fields.append(pa.field(NULLS, names_type(), nullable=False))
        if self.has_others:
            fields.append(pa.field(OTHERS, pa.string()))
        return pa.schema(fields)

    def table(self, profiles: list[_Profile]) -> pa.Table:
        """Return profiles as a table."""
        arrays: list[Any] = [
            pa.array([profile.cell(key, column.kind) for profile in profiles], type_of(column.kind))
            for key, column in self.columns.items()
        ]
        if self.has_nulls:
            nulls = [
                [_text(name) for (_, name), value in profile.values.items() if value is None]
                for profile in profiles
            ]
            arrays.append(pa.array(nulls, names_type()))
        if self.has_others:
            others = [
                {key[1]: profile.texts[key] for key in profile.values if key not in self.columns}
                for profile in profiles
            ]
            arrays.append(pa.array([object_text(rest) if rest else None for rest in others], pa.string()))
        return pa.table(arrays, schema=self.schema)


def _blocks(lines: IO[bytes], check: Callable[[], None]) -> Iterator[list[_Profile]]:
    """Yield all profiles from the start of the lines."""
    lines.seek(0)
    while block := list(itertools.islice(lines, _BLOCK)):
        check()
        yield [_Profile(line) for line in block]


class _Profile:
    """A profile.

    Attributes:
        values: its fields, except null ones, and its properties.
    """

    def __init__(self, line: bytes) -> None:
        self._line = line
        profile: dict[str, Any] = json.loads(line)
        properties = profile.get(_PROPERTIES)
        if isinstance(properties, dict) or not properties:
            profile.pop(_PROPERTIES, None)
        else:
            # Not an object: a field like any other.
            properties = None
        inner = cast("dict[str, Any]", properties or {})
        self.values: _Flat = {(False, name): value for name, value in profile.items() if value is not None}
        self.values |= {(True, name): value for name, value in inner.items()}

    @cached_property
    def texts(self) -> Mapping[_Key, str]:
        """The JSON text of each value."""
        fields = member_texts(self._line.decode())
        texts = {(False, name): text for name, text in fields.items()}
        if fields.get(_PROPERTIES, "").startswith("{"):
            texts |= {(True, name): text for name, text in member_texts(fields[_PROPERTIES]).items()}
        return texts

    def cell(self, key: _Key, kind: Kind) -> Any:
        """Return what a column of this kind holds."""
        value = self.values.get(key)
        return self.texts[key] if kind == "json" and value is not None else value


def _named(kinds: Mapping[_Key, Kind], counts: Mapping[_Key, int]) -> dict[_Key, Column]:
    """Return the columns: the fields of profiles, then properties by name, as many as there may be.

    A name that is taken, with or without its case, gets another: a property `properties.` before it if a field has
    the same, and otherwise a number.
    """
    valid = [key for key in kinds if _text(key[1]) == key[1]]
    common = sorted(valid, key=lambda key: (key[0], -counts.get(key, 0), key[1]))[:MAX_COLUMNS]
    taken = {NULLS, OTHERS}
    columns: dict[_Key, Column] = {}
    for key in sorted(common, key=lambda key: (key[0], key != _DISTINCT_ID, key[1])):
        is_property, name = key
        plain = (name if is_property else _FIELDS.get(name, name)).replace("\0", "\N{SYMBOL FOR NULL}") or "_"
        if is_property and plain in _FIELDS.values():
            plain = f"properties.{plain}"
        column = unique_name(plain, taken)
        taken.add(column.casefold())
        columns[key] = Column(column, name, kinds[key])
    return columns


def _kind_of(values: list[Any]) -> Kind:
    kind = kind_of(values)
    is_text = kind == "string" and all(value is None or _text(value) == value for value in values)
    # As JSON, half of a surrogate pair can be written in its escaped form.
    return kind if is_text or kind != "string" else "json"


def _text(text: str) -> str:
    """Return a text with its lone surrogates escaped."""
    return text.encode(errors="backslashreplace").decode()

"""Kinds of values, and the columns that properties get. Pure.

Kinds form a small lattice: two kinds combine to the narrowest one that holds the values of both without loss. When
there is none, that is `json`: each value as JSON text, which keeps 1 and "1" apart.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Self, cast

from attrs import evolve, field, frozen

from mixpanel_export._formats import OTHERS_KIND, ColumnNames, Kind
from mixpanel_export._formats import PINNED as _PINNED

__all__ = [
    "EXACT",
    "FIXED",
    "INSERT_ID",
    "MAX_COLUMNS",
    "NULLS",
    "OTHERS",
    "PINNED",
    "Column",
    "Columns",
    "Kind",
    "is_safe",
    "kind_of",
    "unique_name",
    "wider",
]

EXACT = 1 << 53
"""Every whole number up to this one, and down to its negative, is exact as a double."""

NULLS = "null_properties"
OTHERS = "other_properties"
"""The column of the properties without a column, each event's as a JSON object."""
OVERFLOW = "overflow"
"""The column of all that does not fit in fixed columns."""
FIXED = ("event", "time", "distinct_id", "insert_id", NULLS, OTHERS)
MAX_COLUMNS = 2000
"""The most properties that get a column: each costs a file of 900 events about a millisecond, and 20 KB of memory,
however few events have it."""
INSERT_ID = "$insert_id"
PINNED = len(_PINNED)

_UNSAFE = re.compile(r"[^A-Za-z0-9_]")
# Names that no column can have, even in quotes: the system columns of PostgreSQL and of what is made from it, those
# of https://docs.snowflake.com/en/sql-reference/reserved-keywords, and the prefixes of BigQuery's pseudo-columns.
_RESERVED = re.compile(
    r"(oid|tableoid|xmin|cmin|xmax|cmax|ctid"
    r"|constraint|current_(date|time|timestamp|user)|localtime|localtimestamp)\Z"
    r"|_partition|_table_|_file_|_row_timestamp|__root__|_colidentifier"
    r"|_change_(sequence_number|type|timestamp)",
    re.I,
)
# PostgreSQL cuts names at 63 bytes, the least of all warehouses; room for a number is left.
_MAX_SAFE = 56

_LONG = 1 << 63
_KIND_OF_TYPE: Mapping[type, Kind] = {bool: "boolean", str: "string", dict: "json", list: "json"}

_NUMBERS: dict[frozenset[Kind], Kind] = {
    frozenset({"integer", "long"}): "long",
    frozenset({"integer", "double"}): "double",
}


def wider(one: Kind, other: Kind) -> Kind:
    """Return the narrowest kind that holds the values of both."""
    if other in (one, "null"):
        return one
    if one == "null":
        return other
    # No type holds both a long and a double exactly.
    return _NUMBERS.get(frozenset({one, other}), "json")


def kind_of(cells: Collection[Any]) -> Kind:
    """Return the narrowest kind that holds these values."""
    kind: Kind = "null"
    for value_type in set(map(type, cells)):
        if value_type is int:
            whole = [value for value in cells if type(value) is int]
            least, most = min(whole), max(whole)
            is_long = -_LONG <= least <= most < _LONG
            is_exact = -EXACT <= least <= most <= EXACT
            kind = wider(kind, "integer" if is_exact else "long" if is_long else "json")
        elif value_type is float:
            is_finite = all(math.isfinite(value) for value in cells if type(value) is float)
            kind = wider(kind, "double" if is_finite else "json")
        elif value_type is not type(None):
            kind = wider(kind, _KIND_OF_TYPE[value_type])
    return kind


@frozen
class Column:
    """The column of one property.

    Attributes:
        name: the column's name, unique even when case is ignored. It never contains NUL, where other software
            would cut it off.
        property: the property's name.
    """

    name: str
    property: str
    kind: Kind


@frozen
class Columns:
    """The columns of all known properties: the pinned ones, then the others sorted by property.

    Attributes:
        reserved: more names that no column may take.
        naming: the way to name columns; see `_formats.ColumnNames`.
        recorded: properties whose columns keep their names, because a manifest has recorded them.
        others: the name of the column of all other properties; empty if there are none.
    """

    columns: tuple[Column, ...] = tuple(Column(name, prop, "null") for prop, name in _PINNED.items())
    reserved: tuple[str, ...] = field(default=(), eq=False)
    recorded: frozenset[str] = field(default=frozenset(), eq=False)
    others: str = ""
    naming: ColumnNames = field(default="exact", eq=False)

    @property
    def room(self) -> int:
        """The number of properties that may get a column yet."""
        return max(0, MAX_COLUMNS - len(self.columns))

    def with_others(self) -> Columns:
        """Return columns with one for all other properties; no further property gets a column."""
        if self.others:
            return self
        # An older manifest may have recorded a property under this name.
        return evolve(self, others=unique_name(OTHERS, {column.name.casefold() for column in self.columns}))

    def widened(self, seen: Mapping[str, Kind]) -> Columns:
        """Return columns that also hold values of these kinds; the same object when nothing changes.

        A column is named after its property, with a number appended when that name is taken. The properties alone
        decide which of them gets a number, not the order they were found in: a new property can take over
        another's name, unless that one is recorded.
        """
        before: dict[str, Kind] = {column.property: column.kind for column in self.columns}
        kinds = dict(before)
        for name, kind in seen.items():
            kinds[name] = wider(kinds.get(name, "null"), kind)
        if kinds == before:
            return self
        new = [name for name in kinds if name not in before]
        names = self._named(new, {column.property: column.name for column in self.columns})
        others = sorted(kinds.keys() - _PINNED.keys())
        columns = [Column(names[name], name, kinds[name]) for name in (*_PINNED, *others)]
        return evolve(self, columns=tuple(columns))

    def _named(self, new: Collection[str], names: Mapping[str, str]) -> Mapping[str, str]:
        """Return the names of all columns by property, new ones included."""
        taken = self._folded(names.values())
        plain = {name: self._plain(name) for name in new}
        folded = {name.casefold() for name in plain.values()}
        if len(folded) == len(plain) and folded.isdisjoint(taken):
            return {**names, **plain}
        fixed = self.recorded | _PINNED.keys()
        named = {name: column for name, column in names.items() if name in fixed}
        taken = self._folded(named.values())
        for name in sorted({*names, *new} - fixed):
            named[name] = unique_name(self._plain(name), taken)
            taken.add(named[name].casefold())
        return named

    def _plain(self, name: str) -> str:
        """Return the name that a property's column gets when it is free."""
        if self.naming == "safe":
            return _safe(name)
        # No format accepts an empty name. C strings end at NUL, and Arrow passes schemas on as C strings.
        return name.replace("\0", "\N{SYMBOL FOR NULL}") or "_"

    def _folded(self, names: Iterable[str]) -> set[str]:
        return {name.casefold() for name in (*FIXED, *self.reserved, *names)}

    def hold(self, other: Columns) -> bool:
        """Return True when these can hold all values of others: the same properties, as narrow or wider."""
        kinds: dict[str, Kind] = {column.property: column.kind for column in self.columns}
        return (self.others != "" or not other.others) and all(
            column.property in kinds and wider(kinds[column.property], column.kind) == kinds[column.property]
            for column in other.columns
        )

    def to_manifest(self) -> tuple[Mapping[str, str], ...]:
        """Return the columns in the form that a manifest records."""
        own = [
            {"name": column.name, "property": column.property, "kind": column.kind} for column in self.columns
        ]
        return (*own, {"name": self.others, "kind": OTHERS_KIND}) if self.others else tuple(own)

    @classmethod
    def from_manifest(
        cls,
        recorded: Iterable[Mapping[str, str]],
        reserved: tuple[str, ...] = (),
        naming: ColumnNames = "exact",
    ) -> Self:
        """Restore the columns that a manifest has recorded; without any, return the pinned ones.

        The manifest has checked the records; see `directory.validate`.
        """
        columns: list[Column] = []
        others = ""
        for record in recorded:
            if record["kind"] == OTHERS_KIND:
                others = record["name"]
            else:
                columns.append(Column(record["name"], record["property"], cast(Kind, record["kind"])))
        properties = frozenset(column.property for column in columns)
        if not columns:
            return cls(reserved=reserved, naming=naming)
        return cls(tuple(columns), reserved, properties, others, naming)


def fixed_columns(columns: Columns) -> Columns:
    """Return columns that never widen, with one for everything that does not fit."""
    fixed = tuple(evolve(column, kind=_fixed_kind(column)) for column in columns.columns)
    return evolve(columns, columns=fixed, others=OVERFLOW)


def _fixed_kind(column: Column) -> Kind:
    """Return the kind of a fixed column: all whole numbers of 64 bits are one, and nulls alone are none."""
    if column.kind == "null":
        return "string" if column.name in FIXED else "json"
    return "long" if column.kind == "integer" else column.kind


def _safe(name: str) -> str:
    """Return a name of ASCII letters, digits and underscores, short enough for a number to be appended."""
    letters = unicodedata.normalize("NFKD", name.removeprefix("$")).encode("ascii", "ignore").decode()
    safe = _UNSAFE.sub("_", letters)[:_MAX_SAFE]
    if not safe or safe[0].isdigit():
        return f"_{safe}"
    return f"p_{safe}"[:_MAX_SAFE] if _RESERVED.match(safe) else safe


def is_safe(name: str) -> bool:
    """Return whether all warehouses take a name: letters, digits and underscores, no digit first, not reserved."""
    return bool(name) and not (_UNSAFE.search(name) or name[0].isdigit() or _RESERVED.match(name))


def unique_name(name: str, taken: Collection[str]) -> str:
    """Return the name, with a number appended if it is taken in whatever case; `taken` are case-folded names."""
    candidate, number = name, 1
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{name}_{number}"
    return candidate

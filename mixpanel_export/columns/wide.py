"""The layout `wide`: read a block of usual lines straight into the types of its columns.

The native decoder makes a struct of each line, with a typed slot for every known property. It refuses a property
that is not known and a value of another type, so nothing is lost or converted on the way. `infer` reads what it
refuses, more slowly.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

import msgspec
import pyarrow as pa
from msgspec import UNSET

from mixpanel_export.columns.arrays import columns_of_structs, join_texts
from mixpanel_export.columns.blocks import ParsedBlock, PropertyValues
from mixpanel_export.columns.compute import pc
from mixpanel_export.columns.schemas import AnyArray, type_of
from mixpanel_export.schema.kinds import EXACT, Columns, Kind

__all__ = ["LineReader"]

_READ_AS: Mapping[Kind, Any] = {
    "null": type(None),
    "boolean": bool,
    "integer": int,
    "long": int,
    "double": int | float,
    "string": str,
    "json": msgspec.Raw,
}
# The native decoder cannot have fields with these characters in their names.
_NOT_A_FIELD = re.compile(r'["\\\x00-\x1f]')


class LineReader:
    """Reads lines whose properties are all known, and whose values are all of the known kinds.

    Args:
        known: the known columns.
        nullable: the properties that may be null.
    """

    def __init__(self, known: Columns, nullable: Collection[str]) -> None:
        kinds: dict[str, Kind] = {"time": "integer"}
        kinds.update((column.property, column.kind) for column in known.columns)
        self._kinds: dict[str, Kind] = {
            name: kind for name, kind in kinds.items() if not _NOT_A_FIELD.search(name)
        }
        self._nullable = {name for name, kind in self._kinds.items() if kind == "null" or name in nullable}
        fields = [self._field(number, name) for number, name in enumerate(self._kinds)]
        properties = msgspec.defstruct("Properties", fields, gc=False, forbid_unknown_fields=True)
        line = msgspec.defstruct("Line", [("event", str), ("properties", properties)], gc=False)
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(line)

    def _field(self, number: int, name: str) -> tuple[str, Any, Any]:
        kind = self._kinds[name]
        read_as = _READ_AS[kind]
        if kind == "json":
            # Raw text may be null, too.
            return f"p{number}", read_as, msgspec.field(name=name, default=UNSET)
        if name in self._nullable:
            nullable = read_as | None | msgspec.UnsetType
            return f"p{number}", nullable, msgspec.field(name=name, default=UNSET)
        return f"p{number}", read_as, msgspec.field(name=name, default=None)

    def read(self, block: bytes) -> ParsedBlock | None:
        """Read whole lines; return None when anything in them is not as known, or is no event."""
        try:
            lines = self._decoder.decode_lines(block)
            return self._parsed(lines) if lines else ParsedBlock.of_events([], {})
        except (msgspec.DecodeError, UnicodeError, OverflowError, RecursionError, pa.ArrowInvalid):
            return None

    def _parsed(self, lines: Sequence[Any]) -> ParsedBlock:
        columns = columns_of_structs([line.properties for line in lines], len(self._kinds))
        cells: dict[str, Sequence[Any]] = dict(zip(self._kinds, columns, strict=True))
        nullable = {name: cells[name] for name in self._nullable}
        arrays: dict[str, AnyArray | None] = {}
        for name, kind in self._kinds.items():
            if kind == "json":
                arrays[name] = _array_of_raw(cells[name])
                if arrays[name] is None:
                    cells[name] = nullable[name] = tuple(map(_text_of_raw, cells[name]))
        parsed = ParsedBlock.of_events([line.event for line in lines], nullable)
        for name, values in cells.items():
            kind = self._kinds[name]
            column = arrays.get(name)
            if column is None and kind != "null":
                column = _array(kind, values, name in nullable)
            if column is not None:
                parsed.values[name] = PropertyValues(_narrowed(kind, column), column)
        return parsed


def _array_of_raw(texts: Sequence[Any]) -> AnyArray | None:
    """Return raw texts as an array; None when one is absent or may be null."""
    if UNSET in texts or len(b"null") in set(map(len, texts)):
        return None
    return join_texts(texts)


def _text_of_raw(value: msgspec.Raw | msgspec.UnsetType) -> bytes | msgspec.UnsetType | None:
    if value is UNSET:
        return value
    text = bytes(value)
    return text if text != b"null" else None


def _array(kind: Kind, cells: Sequence[Any], may_be_unset: bool) -> AnyArray | None:
    """Return values as an array in which absent ones are null; None when all are."""
    if may_be_unset:
        cells = [None if value is UNSET else value for value in cells]
    if cells[0] is None and cells.count(None) == len(cells):
        return None
    return pa.array(cells, type_of(kind))


def _narrowed(kind: Kind, column: AnyArray) -> Kind:
    """Tell integers from longs, which are read alike."""
    if kind != "integer":
        return kind
    ends = cast("dict[str, int]", pc.min_max(column).as_py())
    return kind if -EXACT <= ends["min"] <= ends["max"] <= EXACT else "long"

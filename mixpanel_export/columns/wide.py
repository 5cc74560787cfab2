"""The layout `wide`: the values of each property in some lines as a column, read by the types of the columns.

`LineReader` has the native decoder make a struct of each line, with a slot for every known property, of the type
that its column has. A property that is not known, or a value of another type, is refused there; so what comes
through is all that the lines hold, as it is. `look` reads any events, whatever is in them, and takes longer for it.
"""

from __future__ import annotations

import array
import itertools
import json
import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from attrs import define, field
from msgspec import UNSET

from mixpanel_export.columns.kinds import Columns, Kind, wider
from mixpanel_export.columns.native import load
from mixpanel_export.columns.tables import TYPES, names_type
from mixpanel_export.records.event import Event

__all__ = [
    "LONE_SURROGATE",
    "TOO_LARGE",
    "LineReader",
    "ParsedBlock",
    "RefusedError",
    "Values",
    "columns_of_structs",
    "each_of",
    "infer_columns",
    "joined",
    "json_text",
]

LONE_SURROGATE = "a lone surrogate, which is half of a character"
TOO_LARGE = "a number beyond all doubles"
TOO_DEEP = "too many objects and lists in one another"
_EXACT = 1 << 53  # up to here, every whole number is a double
_LONG = 1 << 63
_READ_AS: Mapping[Kind, Any] = {
    "null": type(None),
    "boolean": bool,
    "integer": int,
    "long": int,
    "double": int | float,
    "string": str,
    "json": msgspec.Raw,
}
# So many at a time do not make the garbage collector look at them; it took twice as long as all the rest.
_TUPLES = 256
# The native decoder knows no fields of such names.
_UNKNOWABLE = re.compile(r'["\\\x00-\x1f]')


class RefusedError(Exception):
    """A value that no column can hold.

    Attributes:
        row: which of the events it is in.
    """

    def __init__(self, row: int, property: str, why: str) -> None:
        super().__init__(why)
        self.row: int = row
        self.property: str = property
        self.why: str = why


@define
class Values:
    """The values of one property in some lines.

    Attributes:
        column: an array of them; None when they are all null.
    """

    kind: Kind = "null"
    column: Any = None


@define
class ParsedBlock:
    """What is in some lines.

    Attributes:
        event: an array of the events' names.
        nulls: for each line, the names of the properties that are null in it: an array of lists.
        nullable: the properties among these names.
    """

    event: Any
    nulls: Any
    nullable: Collection[str]
    values: dict[str, Values] = field(factory=dict[str, Values])


class LineReader:
    """Reads lines in which every property is known, and every value of a known kind.

    Args:
        known: the columns that there are.
        nullable: the properties that may be null.
    """

    def __init__(self, known: Columns, nullable: Collection[str]) -> None:
        kinds: dict[str, Kind] = {"time": "integer"}
        kinds.update((each.property, each.kind) for each in known.columns)
        self._kinds: dict[str, Kind] = {
            name: kind for name, kind in kinds.items() if not _UNKNOWABLE.search(name)
        }
        self._nullable = {name for name, kind in self._kinds.items() if kind == "null" or name in nullable}
        fields = [self._field(number, name) for number, name in enumerate(self._kinds)]
        properties = msgspec.defstruct("Properties", fields, gc=False, forbid_unknown_fields=True)
        line = msgspec.defstruct("Line", [("event", str), ("properties", properties)], gc=False)
        self._decoder: Any = msgspec.json.Decoder(line)

    def _field(self, number: int, name: str) -> tuple[str, Any, Any]:
        kind = self._kinds[name]
        read_as = _READ_AS[kind]
        if kind == "json":
            # Takes null, too.
            return f"p{number}", read_as, msgspec.field(name=name, default=UNSET)
        if name in self._nullable:
            return (
                f"p{number}",
                read_as | None | msgspec.UnsetType,
                msgspec.field(name=name, default=UNSET),
            )
        return f"p{number}", read_as, msgspec.field(name=name, default=None)

    def read(self, block: bytes) -> ParsedBlock | None:
        """What is in whole lines; None when there is anything else in them, or they are no events."""
        pa = load("pyarrow")
        try:
            lines = self._decoder.decode_lines(block)
            if not lines:
                return _found([], {})
            columns = columns_of_structs([line.properties for line in lines], len(self._kinds))
            cells: dict[str, Sequence[Any]] = dict(zip(self._kinds, columns, strict=True))
            nullable = {name: cells[name] for name in self._nullable}
            arrays: dict[str, Any] = {}
            for name, kind in self._kinds.items():
                if kind == "json":
                    arrays[name] = _array_of_raw(cells[name])
                    if arrays[name] is None:
                        cells[name] = nullable[name] = tuple(map(_of_raw, cells[name]))
            found = _found([line.event for line in lines], nullable)
            for name, of_name in cells.items():
                kind = self._kinds[name]
                column = arrays.get(name)
                if column is None and kind != "null":
                    column = _column(kind, of_name, name in nullable)
                if column is not None:
                    found.values[name] = Values(_narrowed(kind, column), column)
        except (msgspec.DecodeError, UnicodeError, OverflowError, RecursionError, pa.ArrowInvalid):
            return None
        return found


def columns_of_structs(structs: Sequence[msgspec.Struct], width: int) -> list[list[Any]]:
    """The fields of structs, of which each has so many: a list for each field."""
    columns: list[list[Any]] = [[] for _ in range(width)]
    for start in range(0, len(structs), _TUPLES):
        rows = map(msgspec.structs.astuple, structs[start : start + _TUPLES])
        for column, cells in zip(columns, zip(*rows, strict=True), strict=True):
            column.extend(cells)
    return columns


def infer_columns(events: Sequence[Event], known: Columns) -> ParsedBlock:
    """What is in any events; of properties that have a column, as values that it can hold.

    Raises:
        RefusedError: for a value that no column can hold.
    """
    pa = load("pyarrow")
    kinds: dict[str, Kind] = {each.property: each.kind for each in known.columns}
    # Of thousands of properties, an event has a few.
    columns: dict[str, tuple[list[int], list[Any]]] = {}
    for row, event in enumerate(events):
        for name, value in event.properties.items():
            if name not in columns:
                each_of([name], name, str.encode, [row])
                columns[name] = [], []
            rows, cells = columns[name]
            rows.append(row)
            cells.append(value)
    nullable = {
        name: _spread(rows, cells, len(events), UNSET)
        for name, (rows, cells) in columns.items()
        if None in cells
    }
    found = _found([event.name for event in events], nullable)
    for name, (rows, cells) in columns.items():
        kind = _kind_of(cells)
        if kind == "null":
            found.values[name] = Values()
            continue
        kind = wider(kinds.get(name) or "null", kind)
        made: Sequence[Any] = cells
        if kind == "json":
            made = each_of(cells, name, lambda value: json_text(value).encode(), rows)
        elif kind == "string":
            each_of(cells, name, str.encode, rows)
        column = pa.array(_spread(rows, made, len(events), None), pa.type_for_alias(TYPES[kind]))
        found.values[name] = Values(kind, column)
    return found


def _spread(rows: Sequence[int], cells: Sequence[Any], length: int, empty: Any) -> list[Any]:
    """A cell for each row, of which these rows have these."""
    spread = [empty] * length
    for row, cell in zip(rows, cells, strict=True):
        spread[row] = cell
    return spread


def json_text(value: Any) -> str:
    """A value as JSON.

    Raises:
        ValueError: for a number that JSON has none for.
    """
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def each_of(
    cells: Iterable[Any], name: str, make: Callable[[Any], Any], rows: Iterable[int] | None = None
) -> list[Any]:
    """What is made of each value that is there.

    Args:
        name: the property's, for the error.
        rows: the values' rows; by default all.

    Raises:
        RefusedError: when it cannot be made.
    """
    made: list[Any] = []
    for row, value in zip(rows if rows is not None else itertools.count(), cells, strict=False):
        try:
            made.append(value if value is None else make(value))
        except UnicodeEncodeError as error:
            raise RefusedError(row, name, LONE_SURROGATE) from error
        except ValueError as error:
            raise RefusedError(row, name, TOO_LARGE) from error
        except RecursionError as error:
            raise RefusedError(row, name, TOO_DEEP) from error
    return made


def _found(names: Sequence[str], nullable: Mapping[str, Sequence[Any]]) -> ParsedBlock:
    """What is known of lines of which these cells are all that may be null."""
    pa = load("pyarrow")
    nulls = {name: cells for name, cells in sorted(nullable.items()) if None in cells}
    which: dict[tuple[bool, ...], int]
    if nulls:
        flags = [[value is None for value in cells] for cells in nulls.values()]
        which = {row: number for number, row in enumerate(dict.fromkeys(zip(*flags, strict=True)))}
        picks = [*map(which.__getitem__, zip(*flags, strict=True))]
    else:
        which, picks = {(): 0}, [0] * len(names)
    lists = [list(itertools.compress(nulls, row)) for row in which]
    taken = pa.array(lists, names_type()).take(pa.array(picks, pa.int32()))
    return ParsedBlock(pa.array(names, pa.string()), taken, nulls.keys())


def joined(texts: Sequence[msgspec.Raw]) -> Any:
    """An array of these texts.

    Raises:
        pyarrow.ArrowInvalid: when they are no UTF-8, for which the native decoder does not look.
    """
    pa = load("pyarrow")
    offsets = array.array("i", itertools.accumulate(map(len, texts), initial=0))
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(texts))]
    made = pa.Array.from_buffers(pa.string(), len(texts), buffers)
    made.validate(full=True)
    return made


def _array_of_raw(values: Sequence[Any]) -> Any:
    """An array of them; None when one is not set, or may be null."""
    if UNSET in values or len(b"null") in set(map(len, values)):
        return None
    return joined(values)


def _of_raw(value: Any) -> Any:
    if value is UNSET:
        return value
    text = bytes(value)
    return text if text != b"null" else None


def _column(kind: Kind, cells: Sequence[Any], maybe_unset: bool) -> Any:
    """A column of cells, of which those that are not set are null; None when all are."""
    if maybe_unset:
        cells = [None if value is UNSET else value for value in cells]
    if cells[0] is None and cells.count(None) == len(cells):
        return None
    pa = load("pyarrow")
    return pa.array(cells, pa.type_for_alias(TYPES[kind]))


def _narrowed(kind: Kind, column: Any) -> Kind:
    """What whole numbers are, which are read alike."""
    if kind != "integer":
        return kind
    ends = load("pyarrow.compute").min_max(column).as_py()
    return kind if -_EXACT <= ends["min"] <= ends["max"] <= _EXACT else "long"


def _kind_of(cells: Collection[Any]) -> Kind:
    """The narrowest kind that holds these values."""
    kind: Kind = "null"
    for each in set(map(type, cells)):
        if each is int:
            whole = [value for value in cells if type(value) is int]
            least, most = min(whole), max(whole)
            is_long = -_LONG <= least <= most < _LONG
            is_exact = -_EXACT <= least <= most <= _EXACT
            kind = wider(kind, "integer" if is_exact else "long" if is_long else "json")
        elif each is float:
            is_finite = all(math.isfinite(value) for value in cells if type(value) is float)
            kind = wider(kind, "double" if is_finite else "json")
        elif each is not type(None):
            kind = wider(kind, _OF_TYPE[each])
    return kind


_OF_TYPE: Mapping[type, Kind] = {bool: "boolean", str: "string", dict: "json", list: "json"}

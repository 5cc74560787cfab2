"""The layout `wide`: the values of each property in some lines as a column, and the proof that these are all.

DuckDB makes a value what it is told to make, silently. So what is in the lines is known first: which properties
there are, and of which types their values. For properties that were there before, counts of types tell the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from attrs import define, field, frozen

from mixpanel_export.columns.arrays import OddError, fetched, fields_of, quoted, transform, whole
from mixpanel_export.columns.kinds import Columns, Kind, wider
from mixpanel_export.columns.native import load

__all__ = ["Found", "Values", "look", "read", "read_known"]

_EXACT = 1 << 53  # up to here, every whole number is a double
_DIGITS = 15  # and every one of so many digits
# More known properties than these are looked for: in each line there may be few of them.
_MOST_KNOWN = 256
_MOST_NULLS = 8

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
_TYPES = "json_type(line, '$.properties.*')"


@define
class Values:
    """The values of one property in some lines.

    Attributes:
        count: how many there are that are not null.
        column: an array of them.
    """

    kind: Kind = "null"
    count: int = 0
    column: Any = None


@define
class Found:
    """What is in some lines.

    Attributes:
        event: an array of the events' names.
        nulls: for each line, the names of the properties that are null in it: an array of lists.
    """

    nulls: Any
    values: dict[str, Values] = field(factory=dict[str, Values])
    event: Any = None


@frozen
class _Lists:
    """An array of lists, taken apart.

    Attributes:
        offsets: where each list begins, and where the last one ends.
        codes: which of `texts` each element is.
        texts: the elements that there are.
    """

    offsets: Any
    codes: Any
    texts: Any

    @classmethod
    def of(cls, array: Any) -> _Lists:
        if array.null_count:
            raise OddError
        elements = whole(array.flatten()).dictionary_encode()
        return cls(array.offsets.to_numpy(), elements.indices.to_numpy(), elements.dictionary)


def look(cursor: Any, known: Columns) -> Found:
    """Which properties there are in lines, and of which kinds they are; the columns are not made.

    Args:
        cursor: one of a database that knows the lines as `lines`; they are events.

    Raises:
        OddError: when a line has a property twice.
    """
    np = load("numpy")
    keys, types = map(
        _Lists.of, fetched(cursor, f"select json_keys(line, '$.properties'), {_TYPES} from lines")
    )
    names, type_names = keys.texts.to_pylist(), types.texts.to_pylist()
    if not np.array_equal(keys.offsets, types.offsets):
        raise OddError
    rows = len(keys.offsets) - 1
    row_of = np.repeat(np.arange(rows), np.diff(keys.offsets))
    if _is_any_twice(row_of * len(names) + keys.codes, rows * len(names)):
        raise OddError
    shape = len(names), len(type_names)
    counts = np.bincount(keys.codes * shape[1] + types.codes, minlength=shape[0] * shape[1]).reshape(shape)
    kinds = {each.property: each.kind for each in known.columns}
    values: dict[str, Values] = {}
    for name, of_type in zip(names, counts.tolist(), strict=True):
        values[name] = found = Values()
        for type_name, count in zip(type_names, of_type, strict=True):
            if count:
                found.kind = wider(found.kind, _KINDS[type_name])
                found.count += count if type_name != "NULL" else 0
        if found.count and kinds.get(name) == "json":
            found.kind = "json"
    is_null = types.codes == (type_names.index("NULL") if "NULL" in type_names else -1)
    return Found(_lists_of(keys.texts, row_of[is_null], keys.codes[is_null], rows), values)


def read(cursor: Any, found: Found) -> Found:
    """Make the columns of what was found.

    Raises:
        OddError: when a column has not as many values as were found.
    """
    values = found.values
    wanted = {name: _SQL[each.kind] for name, each in values.items() if each.count}
    found.event, columns, _ = _transformed(cursor, wanted)
    again: dict[str, str] = {}
    for name, column in columns.items():
        made = values[name]
        made.column = column
        if made.kind == "integer" and len(column) - column.null_count != made.count:
            # Beyond 64 bits.
            made.kind = "json"
            again[name] = "JSON"
        elif made.kind == "integer":
            made.kind = _kind_of_integers(column)
        elif made.kind == "double":
            made.column, made.kind = _doubles(column)
    if again:
        for name, column in _transformed(cursor, again)[1].items():
            values[name].column = column
    if any(
        each.count and len(each.column) - each.column.null_count != each.count for each in values.values()
    ):
        raise OddError
    if found.event.null_count:
        raise OddError
    return found


def read_known(cursor: Any, known: Columns, nullable: Collection[str]) -> Found | None:
    """What is in lines whose properties are all known and of the known kinds; None when there is anything else.

    Each column is read so that it has a value wherever the property is there and not null. When there are as many
    values as that in all, there is no other property, and none twice. When there are as many texts among them as
    the lines have, what was read as text is text, for nothing else lets a text pass.

    Args:
        nullable: the properties that may be null.
    """
    kinds: dict[str, Kind] = {"time": "integer"}
    kinds.update((each.property, each.kind) for each in known.columns)
    if (
        len(known.columns) <= 2
        or len(kinds) > _MOST_KNOWN
        or len(nullable) > _MOST_NULLS
        or kinds["time"] != "integer"
        or _apart(kinds)
    ):
        return None
    pc = load("pyarrow.compute")
    also = [_TYPES]
    names = sorted(nullable)
    if names:
        also.append(f"json_type(line, [{', '.join(map(_pointer, names))}])")
    wanted = {name: "VARCHAR" if kind == "string" else "JSON" for name, kind in kinds.items()}
    event, columns, others = _transformed(cursor, wanted, also)
    types = whole(others[0].flatten())
    found = Found(_nulls_of(names, others[1], len(event)) if names else _no_nulls(len(event)))
    texts = 0
    for name, column in columns.items():
        count = len(column) - column.null_count
        if not count:
            continue
        made = _of_kind(column, kinds[name])
        if made is None:
            return None
        if made.kind == "string":
            texts += count
        elif made.kind == "json":
            texts += pc.sum(pc.starts_with(column, '"')).as_py() or 0
        made.count = count
        found.values[name] = made
    for name in names:
        found.values.setdefault(name, Values())
    nulls = len(found.nulls.values)
    total = sum(each.count for each in found.values.values()) + nulls
    counts = {each["values"]: each["counts"] for each in pc.value_counts(types).to_pylist()}
    is_all = (
        not others[0].null_count
        and not event.null_count
        and (len(types), counts.get("NULL", 0), counts.get("VARCHAR", 0)) == (total, nulls, texts)
    )
    found.event = event
    return found if is_all else None


def _of_kind(column: Any, kind: Kind) -> Values | None:
    """Values of a kind, from text where it is `string` and else from JSON; None when one is of no such kind."""
    pa, pc = load("pyarrow", "pyarrow.compute")
    match kind:
        case "string" | "json":
            return Values(kind, column=column)
        case "integer" | "long":
            try:
                numbers = pc.cast(column, pa.int64())
            except pa.ArrowInvalid:
                return None
            return Values(_kind_of_integers(numbers), column=numbers)
        case "double":
            try:
                numbers, made = _doubles(column)
            except pa.ArrowInvalid:
                return None
            return Values(made, column=numbers) if made == kind else None
        case "boolean":
            true = pc.equal(column, "true")
            is_boolean = pc.all(pc.or_(true, pc.equal(column, "false"))).as_py()
            return Values(kind, column=true) if is_boolean else None
        case "null":
            return None


def _transformed(
    cursor: Any, wanted: Mapping[str, str], also: Iterable[str] = ()
) -> tuple[Any, dict[str, Any], list[Any]]:
    """The names of the events, columns of properties in these SQL types, and what else is selected."""
    apart = _apart(wanted)
    together = [name for name in wanted if name not in apart]
    structure: dict[str, Any] = {
        "event": "VARCHAR",
        "properties": {name: wanted[name] for name in together} if together else "JSON",
    }
    query = [
        transform("line", structure),
        *(transform(f"json_extract(line, {_pointer(name)})", wanted[name]) for name in apart),
        *also,
    ]
    first, *rest = fetched(cursor, f"select {', '.join(query)} from lines")
    event, properties = first.flatten()
    columns = dict(zip(together, fields_of(properties), strict=True)) if together else {}
    columns.update(zip(apart, map(whole, rest), strict=False))
    return whole(event), columns, rest[len(apart) :]


def _apart(names: Iterable[str]) -> dict[str, None]:
    """Those that cannot be fields of one structure: to DuckDB, upper and lower case are the same there."""
    by_fold: dict[str, list[str]] = {}
    for name in names:
        by_fold.setdefault(name.casefold(), []).append(name)
    return dict.fromkeys(name for alike in by_fold.values() for name in alike if len(alike) > 1 or not name)


def _pointer(name: str) -> str:
    return quoted("/properties/" + name.replace("~", "~0").replace("/", "~1"))


def _is_any_twice(numbers: Any, below: int) -> bool:
    np = load("numpy")
    if below > 1 << 24:
        return len(np.unique(numbers)) != len(numbers)
    seen = np.zeros(below, bool)
    seen[numbers] = True
    return bool(np.count_nonzero(seen) != len(numbers))


def _lists_of(names: Any, rows: Any, codes: Any, length: int) -> Any:
    """For each row the names that stand for it, by alphabet."""
    pa, pc, np = load("pyarrow", "pyarrow.compute", "numpy")
    rank = np.empty(len(names), np.int64)
    rank[pc.sort_indices(names).to_numpy()] = np.arange(len(names))
    order = np.lexsort((rank[codes], rows))
    offsets = np.zeros(length + 1, np.int32)
    np.cumsum(np.bincount(rows, minlength=length), out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), names.take(pa.array(codes[order])))


def _nulls_of(names: Sequence[str], types: Any, length: int) -> Any:
    pa, pc, np = load("pyarrow", "pyarrow.compute", "numpy")
    is_null = pc.fill_null(pc.equal(whole(types.flatten()), "NULL"), False)
    rows, codes = np.divmod(np.flatnonzero(is_null.to_numpy(zero_copy_only=False)), len(names))
    return _lists_of(pa.array(names, pa.string()), rows, codes, length)


def _no_nulls(length: int) -> Any:
    pa, np = load("pyarrow", "numpy")
    return pa.ListArray.from_arrays(pa.array(np.zeros(length + 1, np.int32)), pa.array([], pa.string()))


def _kind_of_integers(column: Any) -> Kind:
    pc = load("pyarrow.compute")
    ends = pc.min_max(column).as_py()
    return "integer" if ends["min"] is None or -_EXACT <= ends["min"] <= ends["max"] <= _EXACT else "long"


def _doubles(texts: Any) -> tuple[Any, Kind]:
    """The column of JSON numbers, as doubles where that is exact."""
    pa, pc = load("pyarrow", "pyarrow.compute")
    long = pc.filter(texts, pc.greater(pc.binary_length(texts), _DIGITS))
    is_whole = pc.match_substring_regex(long, rf"^-?\d{{{_DIGITS + 1},}}$")
    numbers = pc.cast(texts, pa.float64())
    if pc.any(is_whole).as_py() or not pc.all(pc.is_finite(numbers)).as_py():
        return texts, "json"
    return numbers, "double"

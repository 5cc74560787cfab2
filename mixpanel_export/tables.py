"""From nested answers to tidy tables: rows, and data frames of three libraries.

Pure. Where the nesting is and what its levels are called is the contract's word (`x-table`), so no operation has
code of its own here. The libraries are optional, and imported where they are used.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from mixpanel_export.errors import MissingExtraError

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["rows", "to_arrow", "to_pandas", "to_polars", "types_of"]

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

Row = dict[str, Any]


def rows(layout: Mapping[str, Any], answer: Mapping[str, Any]) -> list[Row]:
    """The rows of an answer, in its own order, `date` first.

    Args:
        layout: how the contract says that it is nested.
        answer: the answer as plain dictionaries.
    """
    node: Any = answer
    for name in layout["at"]:
        node = node[name]
    return [_date_first(row) for row in _levels(layout, node, layout["keys"], {})]


def to_pandas(table: list[Row], layout: Mapping[str, Any] | None = None) -> pandas.DataFrame:
    """A pandas data frame, `date` as a timestamp.

    Args:
        layout: what an empty table has its columns from.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingExtraError("A pandas data frame", "pandas") from error
    frame = pd.DataFrame(table) if table else pd.DataFrame(columns=[*types_of(layout)])
    if "date" in frame:
        frame["date"] = pd.to_datetime(frame["date"])
    return frame


def to_polars(table: list[Row], layout: Mapping[str, Any] | None = None) -> polars.DataFrame:
    """A Polars data frame, `date` as a date or a datetime; an empty one has its columns from the layout."""
    try:
        import polars as pl
    except ImportError as error:
        raise MissingExtraError("A Polars data frame", "polars") from error
    if not table:
        return pl.DataFrame(schema=types_of(layout))
    return pl.DataFrame(table, infer_schema_length=None)


def to_arrow(table: list[Row], layout: Mapping[str, Any] | None = None) -> pyarrow.Table:
    """An Arrow table, `date` as a date or a timestamp; an empty one has its columns from the layout."""
    try:
        import pyarrow as pa
    except ImportError as error:
        raise MissingExtraError("An Arrow table", "arrow") from error
    if not table:
        types: dict[type, pyarrow.DataType] = {
            datetime.date: pa.date32(),
            str: pa.string(),
            int: pa.int64(),
            float: pa.float64(),
        }
        return pa.schema({name: types[each] for name, each in types_of(layout).items()}).empty_table()
    # Arrow itself takes the columns of the first row for all.
    names = dict.fromkeys(name for row in table for name in row)
    return pa.table({name: [row.get(name) for row in table] for name in names})


def types_of(layout: Mapping[str, Any] | None) -> dict[str, type]:
    """The columns that a layout has in any case, and what is in them."""
    if layout is None:
        return {}
    types: dict[str, type] = {**dict.fromkeys(["date", *layout["keys"]], str), "date": datetime.date}
    if "index" in layout:
        types[layout["index"]] = int
    if "list" not in layout or "value" in layout:
        # People are counted; any other number may have a fraction.
        value = layout.get("value", "value")
        types[value] = int if value == "users" else float
    return types


def _levels(layout: Mapping[str, Any], node: Any, keys: list[str], row: Row) -> Iterator[Row]:
    if not keys:
        yield from _leaf(layout, node, row)
        return
    for key, inner in node.items():
        if keys == ["date"] and isinstance(inner, dict) and "index" not in layout:
            # Dates are the innermost level: this one is of segments, which the report has a breakdown by.
            segment = "segment" if "segment" not in row else f"segment_{len(row)}"
            yield from _levels(layout, inner, keys, {**row, segment: key})
        else:
            yield from _levels(layout, inner, keys[1:], {**row, keys[0]: _value_of(keys[0], key)})


def _leaf(layout: Mapping[str, Any], node: Any, row: Row) -> Iterator[Row]:
    if isinstance(node, dict):
        inner = cast(Row, node)
        # A segment may have the name of the list, and is an object then.
        if isinstance(inner.get(layout.get("list", "")), list):
            shared = {key: value for key, value in inner.items() if not isinstance(value, list | dict)}
            yield from _items(layout, inner[layout["list"]], {**row, **shared})
        else:
            for segment, below in inner.items():
                yield from _leaf(layout, below, {**row, "segment": segment})
    elif isinstance(node, list):
        yield from _items(layout, cast(list[Any], node), row)
    else:
        yield {**row, layout.get("value", "value"): node}


def _items(layout: Mapping[str, Any], items: list[Any], row: Row) -> Iterator[Row]:
    first = 1 if layout["index"] == "times" else 0
    for place, item in enumerate(items, first):
        own = cast(Row, item) if isinstance(item, dict) else {layout.get("value", "value"): item}
        yield {**row, layout["index"]: place, **own}


def _value_of(name: str, key: str) -> Any:
    if name != "date":
        return key
    if _DAY.fullmatch(key):
        return datetime.date.fromisoformat(key)
    # Hours and minutes are in the project's time zone, which an answer does not name.
    return datetime.datetime.fromisoformat(key).replace(tzinfo=None) if _MOMENT.match(key) else key


def _date_first(row: Row) -> Row:
    return {"date": row["date"], **row} if "date" in row else row

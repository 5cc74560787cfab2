"""Tidy rows from nested answers. The contract describes the nesting (`x-table`); no operation needs code here."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, cast

from . import frames

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

Row = dict[str, Any]


class Table:
    """A model that can be flattened into tidy rows, one number or one step in each."""

    __slots__ = ()

    layout: ClassVar[Mapping[str, Any]]

    def to_rows(self) -> list[dict[str, Any]]:
        """Return the rows; `date` is a `datetime.date`, or a `datetime.datetime` for hours and minutes."""
        return rows(self.layout, self.to_dict())  # type: ignore[attr-defined]

    def to_pandas(self) -> pandas.DataFrame:
        """Return the rows as a pandas data frame; needs the extra `pandas`."""
        return frames.to_pandas(self.to_rows(), self.layout)

    def to_polars(self) -> polars.DataFrame:
        """Return the rows as a Polars data frame; needs the extra `polars`."""
        return frames.to_polars(self.to_rows(), self.layout)

    def to_arrow(self) -> pyarrow.Table:
        """Return the rows as an Arrow table; needs the extra `arrow`."""
        return frames.to_arrow(self.to_rows(), self.layout)


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

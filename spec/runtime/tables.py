"""Tidy rows from nested answers. The contract describes the nesting (`x-table`); no operation needs code here.

See `insights` for reports whose nesting depends on the report, and `frames` for data frames.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, cast

from .frames import Frames
from .objects import OVERALL
from .values import date_key, number

Row = dict[str, Any]


class Table(Frames):
    """A model that can be flattened into tidy rows, one number or one step in each."""

    __slots__ = ()

    layout: ClassVar[Mapping[str, Any]]

    def to_rows(self) -> list[dict[str, Any]]:
        """Return the rows, `date` first: a date, a datetime for hours and minutes, or None for all dates together.

        A datetime has an offset if Mixpanel sent one, or else is in the project's time zone.
        """
        return rows(self.layout, cast("Mapping[str, Any]", self))

    def _frame_layout(self) -> Mapping[str, Any]:
        return self.layout


class Dates(dict[str, Any]):
    """The dates of the keys seen so far; a report repeats a few dates many times."""

    _keys: list[str]
    _values: list[Any]

    def __init__(self) -> None:
        super().__init__()
        self._keys = []
        self._values = []

    def of(self, keys: Iterable[str]) -> list[Any]:
        """Return the dates of keys; a report's series mostly have the same ones."""
        wanted = [*keys]
        if wanted != self._keys:
            self._keys, self._values = wanted, [self[key] for key in wanted]
        return self._values

    def __missing__(self, key: str) -> Any:
        found = self[key] = date_key(key)
        return found


def rows(layout: Mapping[str, Any], answer: Mapping[str, Any]) -> list[Row]:
    """Return the rows of an answer in the answer's order.

    Python's garbage collector pauses meanwhile: rows hold no cycles, and looking at all of them time and again
    takes twice as long for a million.

    Args:
        layout: The contract's description of the nesting.
        answer: The answer, a model or plain dictionaries.
    """
    is_collecting = gc.isenabled()
    gc.disable()
    try:
        return _rows(layout, answer)
    finally:
        if is_collecting:
            gc.enable()


def _rows(layout: Mapping[str, Any], answer: Mapping[str, Any]) -> list[Row]:
    node: Any = answer
    for name in layout["at"]:
        node = raw(node, name)
    if not isinstance(node, dict):
        return []
    if "headers" in layout:
        # Here, since it needs the same leaves.
        from .insights import report_rows

        return report_rows(cast(Row, node), raw(answer, layout["headers"]))
    found: list[Row] = []
    if "index" in layout:
        for key, inner in dict.items(cast(Row, node)):
            own: Row = {"date": None, "segment": key} if key.startswith("$") else {"date": date_key(key)}
            found.extend(_list_rows(layout, inner, own))
    else:
        _series(cast(Row, node), layout["keys"], {}, found, Dates())
    return found


def raw(node: Any, name: str) -> Any:
    """Return a field of a JSON object unchanged, or None."""
    return dict.get(node, name) if isinstance(node, dict) else None


def _series(node: Row, keys: list[str], row: Row, found: list[Row], dates: Dates) -> None:
    if keys == ["date"]:
        return add_numbers(node, row, found, dates)
    for key, inner in dict.items(node):
        if isinstance(inner, dict):
            _series(cast(Row, inner), keys[1:], {**row, keys[0]: key}, found, dates)
    return None


def add_numbers(node: Row, row: Row, found: list[Row], dates: Dates) -> None:
    """Append a row for each number of an innermost object, whose keys are dates."""
    values: Any = dict.values(node)
    if not {*map(type, values)} <= {int, float, type(None)}:
        if any(isinstance(value, dict) for value in values):
            return _nested(node, row, found, dates)
        values = map(number, values)
    elif row.keys() == {"segment"}:
        # Most reports have this shape; a literal with constant keys takes half the time of any other way.
        segment = row["segment"]
        found += [
            {"date": date, "segment": segment, "value": value}
            for date, value in zip(dates.of(dict.keys(node)), values, strict=True)
        ]
        return None
    pairs = zip(dates.of(dict.keys(node)), values, strict=True)
    if len(row) == 1:
        ((name, segment),) = row.items()
        found += [{"date": date, name: segment, "value": value} for date, value in pairs]
    else:
        found += [{"date": date, **row, "value": value} for date, value in pairs]
    return None


def _nested(node: Row, row: Row, found: list[Row], dates: Dates) -> None:
    for key, inner in dict.items(node):
        if isinstance(inner, dict):
            add_numbers(cast(Row, inner), {**row, free_name(row): key}, found, dates)
        else:
            found.append({"date": dates[key], **row, "value": number(inner)})


def free_name(row: Row) -> str:
    """Return the name of the next column for segments."""
    return "segment" if "segment" not in row else f"segment_{len(row)}"


def _list_rows(layout: Mapping[str, Any], node: Any, row: Row) -> Iterator[Row]:
    if isinstance(node, list):
        yield from _items(layout, cast(list[Any], node), row, {})
    elif isinstance(node, dict):
        inner = cast(Row, node)
        listed = raw(inner, layout.get("list", ""))
        # A segment can have the name of the list; its value is an object.
        if isinstance(listed, list) and OVERALL not in inner:
            beside = {column: raw(inner, name) for name, column in layout.get("beside", {}).items()}
            yield from _items(layout, cast(list[Any], listed), {**row, **_scalars(inner)}, beside)
        else:
            for segment, below in dict.items(inner):
                yield from _list_rows(layout, below, {**row, free_name(row): segment})


def _items(layout: Mapping[str, Any], items: list[Any], row: Row, beside: Mapping[str, Any]) -> Iterator[Row]:
    index, value = layout["index"], layout.get("value", "value")
    others = {name: values for name, values in beside.items() if isinstance(values, list)}
    for place, item in enumerate(items):
        own = _scalars(cast(Row, item)) if isinstance(item, dict) else {value: number(item)}
        for name, values in others.items():
            own[name] = values[place] if place < len(values) else None
        # Numbers of times start at 1, places in a list at 0.
        yield {**row, index: place + (index == "times"), **own}


def _scalars(node: Row) -> Row:
    if {*map(type, dict.values(node))} <= {int, float, str, bool, type(None)}:
        return dict(node)
    return {name: value for name, value in dict.items(node) if not isinstance(value, list | dict)}

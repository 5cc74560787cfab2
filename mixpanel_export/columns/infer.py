"""Infer the columns of any events, whatever their properties hold. See `wide` for the fast path."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import pyarrow as pa
from msgspec import UNSET

from mixpanel_export.columns.blocks import ParsedBlock, PropertyValues
from mixpanel_export.columns.schemas import type_of
from mixpanel_export.columns.values import check_text
from mixpanel_export.records.event import Event
from mixpanel_export.records.texts import LineTexts
from mixpanel_export.schema.kinds import Columns, Kind, kind_of, wider

__all__ = ["infer_columns"]


def infer_columns(
    events: Sequence[Event], texts: LineTexts, known: Columns, others: Collection[str] = ()
) -> ParsedBlock:
    """Return the properties of any events, each in a kind that fits its known column or widens it.

    Args:
        texts: their values as sent.
        others: the properties that get no column.

    Raises:
        RefusedError: for a property that no column can be named after.
    """
    kinds: dict[str, Kind] = {column.property: column.kind for column in known.columns}
    apart: list[str | None] = []
    if others:
        events, apart = _without(events, texts, frozenset(others))
    cells_by_name = _cells_of(events)
    nullable = {
        name: _spread(rows, cells, len(events), UNSET)
        for name, (rows, cells) in cells_by_name.items()
        if None in cells
    }
    parsed = ParsedBlock.of_events([event.name for event in events], nullable)
    for name, (rows, cells) in cells_by_name.items():
        kind = kind_of(cells)
        if kind == "null":
            parsed.values[name] = PropertyValues()
            continue
        kind = wider(kinds.get(name) or "null", kind)
        values: Sequence[Any] = cells
        if kind == "json":
            values = [
                None if cell is None else texts.text(row, name) for row, cell in zip(rows, cells, strict=True)
            ]
        column = pa.array(_spread(rows, values, len(events), None), type_of(kind))
        parsed.values[name] = PropertyValues(kind, column)
    if any(apart):
        parsed.others = pa.array(apart, pa.string())
    return parsed


def _without(
    events: Sequence[Event], texts: LineTexts, others: frozenset[str]
) -> tuple[list[Event], list[str | None]]:
    """Return the events without some properties, and these as a JSON object for each event that has any."""
    left: list[Event] = []
    apart: list[str | None] = []
    for row, event in enumerate(events):
        rest = [name for name in event.properties if name in others]
        apart.append(texts.object_text(row, rest) if rest else None)
        kept = {name: value for name, value in event.properties.items() if name not in others}
        left.append(Event(name=event.name, properties=kept))
    return left, apart


def _cells_of(events: Sequence[Event]) -> dict[str, tuple[list[int], list[Any]]]:
    """Return the values of each property, with their rows: an event has few of thousands of properties."""
    cells_by_name: dict[str, tuple[list[int], list[Any]]] = {}
    for row, event in enumerate(events):
        for name, value in event.properties.items():
            if name not in cells_by_name:
                check_text(name, name, row)
                cells_by_name[name] = [], []
            rows, cells = cells_by_name[name]
            rows.append(row)
            cells.append(value)
    return cells_by_name


def _spread(rows: Sequence[int], cells: Sequence[Any], length: int, empty: Any) -> list[Any]:
    """Return one cell for each of `length` rows, `empty` where there is none."""
    spread = [empty] * length
    for row, cell in zip(rows, cells, strict=True):
        spread[row] = cell
    return spread

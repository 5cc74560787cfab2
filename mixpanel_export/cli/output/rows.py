"""Rows of a response: the same list of records for tables, CSV, JSON Lines and Parquet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from mixpanel_export.tables import types_of
from mixpanel_export_api.api import CsvText, Map, Table

__all__ = ["Row", "cell_text", "columns_of", "json_text", "layout_of", "plain_data", "rows_of"]

Row = dict[str, Any]

# Keys that wrap the data of a response.
_ENVELOPES = ("results", "events", "annotations")


def rows_of(response: Any) -> list[Row]:
    """Return the rows of any response."""
    if isinstance(response, Table):
        return response.to_rows()
    if isinstance(response, CsvText):
        return cast(list[Row], response.rows())
    if isinstance(response, str):
        return [json.loads(line) for line in response.split("\n") if line]
    if isinstance(response, Map):
        return [_row(value, {"name": name}) for name, value in plain_data(response).items()]
    data = plain_data(response)
    while isinstance(data, dict) and (inner := [name for name in _ENVELOPES if name in data]):
        data = cast(Row, data)[inner[0]]
    items: list[Any] = cast(list[Any], data) if isinstance(data, list) else [data]
    return [_row(item, {}) for item in items]


def _row(value: Any, start: Row) -> Row:
    return {**start, **cast(Row, value)} if isinstance(value, dict) else {**start, "value": value}


def plain_data(response: Any) -> Any:
    """Return a response as lists and dictionaries."""
    if isinstance(response, list):
        return [plain_data(item) for item in cast(list[Any], response)]
    return response.to_dict() if hasattr(response, "to_dict") else response


def columns_of(rows: list[Row], response: Any) -> list[str]:
    """Return the keys of all rows; without rows, the columns that the contract names."""
    if rows:
        return list(dict.fromkeys(name for row in rows for name in row))
    return [*types_of(layout_of(response))]


def layout_of(response: Any) -> Mapping[str, Any] | None:
    """Return the nesting of a response that is a table."""
    return response.layout if isinstance(response, Table) else None


def cell_text(value: Any) -> str:
    """Return a value as the text of a cell."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json_text(value) if isinstance(value, dict | list) else str(value)


def json_text(value: Any, indent: int | None = None, *, strict: bool = False) -> str:
    """Return a value as JSON.

    Args:
        strict: raise ValueError for an infinite number, which JSON does not have.
    """
    return json.dumps(value, ensure_ascii=False, default=str, indent=indent, allow_nan=not strict)

"""Lines and answers of DuckDB as Arrow arrays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mixpanel_export.columns.native import load

__all__ = ["OddError", "fetched", "fields_of", "lines_of_block", "quoted", "transform", "whole"]

# Rows for which DuckDB makes room in each column of an answer.
_BATCH = 8192


class OddError(Exception):
    """A block that has to be read line by line."""


def lines_of_block(block: bytes) -> Any:
    """The lines of a block as an array, without copying them; each with its line end.

    Args:
        block: whole lines, the last one too.
    """
    pa, np = load("pyarrow", "numpy")
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n")) + 1
    offsets = np.zeros(len(ends) + 1, np.int64)
    offsets[1:] = ends
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(block)]
    return pa.Array.from_buffers(pa.large_string(), len(ends), buffers)


def fetched(cursor: Any, query: str) -> list[Any]:
    """The columns of a query's answer, each one array."""
    return [each.combine_chunks() for each in cursor.sql(query).to_arrow_table(_BATCH).columns]


def fields_of(structure: Any) -> list[Any]:
    """The fields of an array of DuckDB's structures, each one array of an ordinary type."""
    return [whole(each) for each in structure.flatten()]


def whole(array: Any) -> Any:
    """An array of an ordinary type."""
    pa, pc = load("pyarrow", "pyarrow.compute")
    # DuckDB's JSON has a type of its own in Arrow.
    if isinstance(array.type, pa.BaseExtensionType):
        array = array.storage
    return pc.cast(array, pa.string()) if pa.types.is_large_string(array.type) else array


def transform(what: str, structure: Mapping[str, Any] | str) -> str:
    """The SQL that takes JSON apart: DuckDB's `json_transform`."""
    return f"json_transform({what}, {quoted(json.dumps(structure, ensure_ascii=False))})"


def quoted(text: str) -> str:
    """A text in SQL."""
    return "'" + text.replace("'", "''") + "'"

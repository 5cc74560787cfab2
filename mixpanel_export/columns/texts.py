"""The layout `json`: who and when of each line, and its properties as the text that they came as."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from mixpanel_export.columns.arrays import OddError, fetched, fields_of, transform
from mixpanel_export.columns.clock import Clock
from mixpanel_export.columns.kinds import INSERT_ID
from mixpanel_export.columns.native import load

__all__ = ["text_columns"]

# Text is text as it is; of anything else, DuckDB makes its JSON.
_IDENTITY = {
    "event": "VARCHAR",
    "properties": {"time": "JSON", "distinct_id": "VARCHAR", INSERT_ID: "VARCHAR"},
}


def text_columns(cursor: Any, properties: Sequence[msgspec.Raw], clock: Clock) -> list[Any]:
    """The columns of the layout `json`.

    Args:
        cursor: one of a database that knows the lines as `lines`; they are events.
        properties: those of each line, as they stand in it.

    Raises:
        OddError: when the properties of a line are no object.
    """
    [answer] = fetched(cursor, f"select {transform('line', _IDENTITY)} from lines")
    name, identity = fields_of(answer)
    ticks, *ids = fields_of(identity)
    if name.null_count or len(name) != len(properties):
        raise OddError
    return [name, clock.of_texts(ticks), *ids, _joined(properties)]


def _joined(texts: Sequence[msgspec.Raw]) -> Any:
    """An array of these objects."""
    pa, np = load("pyarrow", "numpy")
    offsets = np.zeros(len(texts) + 1, np.int32)
    np.cumsum(np.fromiter(map(len, texts), np.int32, len(texts)), out=offsets[1:])
    joined = b"".join(texts)
    if not (np.frombuffer(joined, np.uint8)[offsets[:-1]] == ord("{")).all():
        raise OddError
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(joined)]
    return pa.Array.from_buffers(pa.string(), len(texts), buffers)

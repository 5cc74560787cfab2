"""Build Arrow arrays from the structs and raw texts that the native decoder returns."""

from __future__ import annotations

import array
import itertools
from collections.abc import Sequence

import msgspec
import pyarrow as pa

from mixpanel_export.columns.schemas import AnyArray

__all__ = ["columns_of_structs", "join_texts"]

# Few enough tuples at a time that the garbage collector never looks at them; it took twice as long as all the rest.
_TUPLES = 256


def columns_of_structs(structs: Sequence[msgspec.Struct], width: int) -> list[list[object]]:
    """Transpose structs of `width` fields: return one list for each field."""
    columns: list[list[object]] = [[] for _ in range(width)]
    for start in range(0, len(structs), _TUPLES):
        rows = map(msgspec.structs.astuple, structs[start : start + _TUPLES])
        for column, cells in zip(columns, zip(*rows, strict=True), strict=True):
            column.extend(cells)
    return columns


def join_texts(texts: Sequence[msgspec.Raw] | Sequence[bytes]) -> AnyArray:
    """Return UTF-8 texts as an array of strings.

    Raises:
        pyarrow.ArrowInvalid: when they are not UTF-8, which the native decoder does not check in raw texts.
    """
    offsets = array.array("i", itertools.accumulate(map(len, texts), initial=0))
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(texts))]
    joined = pa.Array.from_buffers(pa.string(), len(texts), buffers)
    joined.validate(full=True)
    return joined

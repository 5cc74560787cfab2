"""Arrow's compute functions, untyped: the stubs have an overload for each type of array, but none for any array."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute

from mixpanel_export.columns.schemas import AnyArray

__all__ = ["nulls", "pc"]

pc: Any = pyarrow.compute
_nulls: Any = pa.nulls


def nulls(rows: int, arrow_type: pa.DataType) -> AnyArray:
    """Return a column of nulls."""
    column: AnyArray = _nulls(rows, arrow_type)
    return column

"""Data frames from rows: pandas, Polars and Arrow. The libraries are optional and imported where they are used."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .extras import missing

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

Row = dict[str, Any]


def to_pandas(table: list[Row], layout: Mapping[str, Any] | None = None) -> pandas.DataFrame:
    """A pandas data frame, `date` as a timestamp.

    Args:
        layout: what an empty table has its columns from.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise missing("A pandas data frame", "pandas") from error
    frame = pd.DataFrame(table) if table else pd.DataFrame(columns=[*types_of(layout)])
    if "date" in frame:
        frame["date"] = pd.to_datetime(frame["date"])
    return frame


def to_polars(table: list[Row], layout: Mapping[str, Any] | None = None) -> polars.DataFrame:
    """A Polars data frame, `date` as a date or a datetime; an empty one has its columns from the layout."""
    try:
        import polars as pl
    except ImportError as error:
        raise missing("A Polars data frame", "polars") from error
    if not table:
        return pl.DataFrame(schema=types_of(layout))
    return pl.DataFrame(table, infer_schema_length=None)


def to_arrow(table: list[Row], layout: Mapping[str, Any] | None = None) -> pyarrow.Table:
    """An Arrow table, `date` as a date or a timestamp; an empty one has its columns from the layout."""
    try:
        import pyarrow as pa
    except ImportError as error:
        raise missing("An Arrow table", "arrow") from error
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

"""Data frames from rows: pandas, Polars and Arrow. The libraries are optional and imported where they are used."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .extras import missing

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

Row = dict[str, Any]

_INTEGERS = (-(1 << 63), (1 << 63) - 1)


class Frames:
    """The data frames of anything that has rows."""

    __slots__ = ()

    def to_rows(self) -> list[dict[str, Any]]:
        """Return the rows."""
        raise NotImplementedError

    def _frame_layout(self) -> Mapping[str, Any] | None:
        """Return what `types_of` takes, for the columns of an empty frame."""
        raise NotImplementedError

    def to_pandas(self) -> pandas.DataFrame:
        """Return the rows as a pandas data frame; needs the extra `pandas`."""
        return to_pandas(self.to_rows(), self._frame_layout())

    def to_polars(self) -> polars.DataFrame:
        """Return the rows as a Polars data frame; needs the extra `polars`."""
        return to_polars(self.to_rows(), self._frame_layout())

    def to_arrow(self) -> pyarrow.Table:
        """Return the rows as an Arrow table; needs the extra `arrow`."""
        return to_arrow(self.to_rows(), self._frame_layout())


def to_pandas(table: list[Row], layout: Mapping[str, Any] | None = None) -> pandas.DataFrame:
    """Return a pandas data frame with `date` as a timestamp.

    Args:
        layout: The columns of an empty table.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise missing("A pandas data frame", "pandas") from error
    frame = pd.DataFrame(_columns(table)) if table else pd.DataFrame(columns=[*types_of(layout)])
    if "date" in frame and not any(isinstance(date, str) for date in frame["date"]):
        frame["date"] = pd.to_datetime(frame["date"])
    return frame


def to_polars(table: list[Row], layout: Mapping[str, Any] | None = None) -> polars.DataFrame:
    """Return a Polars data frame with `date` as a date or a datetime; an empty one has the layout's columns."""
    try:
        import polars as pl
    except ImportError as error:
        raise missing("A Polars data frame", "polars") from error
    if not table:
        return pl.DataFrame(schema=types_of(layout))
    return pl.DataFrame(_columns(table), strict=False)


def to_arrow(table: list[Row], layout: Mapping[str, Any] | None = None) -> pyarrow.Table:
    """Return an Arrow table with `date` as a date or a timestamp; an empty one has the layout's columns."""
    try:
        import pyarrow as pa
    except ImportError as error:
        raise missing("An Arrow table", "arrow") from error
    if table:
        return pa.table(_columns(table))
    types: dict[type, pyarrow.DataType] = {
        datetime.date: pa.date32(),
        str: pa.string(),
        int: pa.int64(),
        float: pa.float64(),
    }
    return pa.schema({name: types[kind] for name, kind in types_of(layout).items()}).empty_table()


def types_of(layout: Mapping[str, Any] | None) -> dict[str, type]:
    """Return the columns that every table of a layout has, with their types."""
    if layout is None:
        return {}
    if "columns" in layout:
        return dict.fromkeys(layout["columns"], str)
    types: dict[str, type] = {**dict.fromkeys(["date", *layout["keys"]], str), "date": datetime.date}
    if "index" in layout:
        types[layout["index"]] = int
    if "list" not in layout or "value" in layout:
        # Users are whole; any other number can have a fraction.
        value = layout.get("value", "value")
        types[value] = int if value == "users" else float
    return types


def _columns(table: list[Row]) -> dict[str, list[Any]]:
    names = dict.fromkeys(name for row in table for name in row)
    return {name: _column(name, [row.get(name) for row in table]) for name in names}


def _column(name: str, values: list[Any]) -> list[Any]:
    """Return values that have one type: libraries refuse a column of several. Lists and objects become JSON."""
    kinds = {*map(type, values)} - {type(None)}
    if kinds and kinds <= {datetime.date, datetime.datetime}:
        return _dates(values, kinds)
    if kinds <= {int, float}:
        return values if int not in kinds or _fits(values) else [*map(_float, values)]
    if len(kinds) < 2 and kinds <= {str, bool}:
        return values
    return [None if value is None else _text(value) for value in values]


def _dates(values: list[Any], kinds: set[type]) -> list[Any]:
    if datetime.datetime not in kinds:
        return values
    times = [_midnight(value) if type(value) is datetime.date else value for value in values]
    aware = [time is not None and time.tzinfo is not None for time in times]
    if not any(aware):
        return times
    # One column has one time zone, and offsets differ where the clocks change.
    return [
        time
        if time is None
        else (time if has_offset else time.replace(tzinfo=datetime.UTC)).astimezone(datetime.UTC)
        for time, has_offset in zip(times, aware, strict=True)
    ]


def _fits(values: list[Any]) -> bool:
    integers = [value for value in values if type(value) is int]
    return _INTEGERS[0] <= min(integers) and max(integers) <= _INTEGERS[1]


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)


def _midnight(date: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(date, datetime.time())


def _text(value: Any) -> str:
    if isinstance(value, str | datetime.date):
        return str(value)
    return json.dumps(value, ensure_ascii=False, default=str)

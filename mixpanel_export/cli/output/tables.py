"""Writers of a response: an aligned table, JSON, JSON Lines, CSV and Parquet."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Mapping
from typing import IO, Any

from mixpanel_export.cli.output.rows import cell_text, columns_of, json_text, layout_of, plain_data, rows_of
from mixpanel_export.errors import MissingExtraError
from mixpanel_export.tables import to_arrow
from mixpanel_export_api.api import CsvText

__all__ = ["WRITERS"]

# Wide enough that the table of a file or a pipe is never cut.
_UNLIMITED_WIDTH = 10_000


def _write_table(response: Any, file: IO[bytes]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    rows = rows_of(response)
    in_terminal = sys.stdout.isatty() and file is sys.stdout.buffer
    grid = Grid(box=box.SIMPLE_HEAD if in_terminal else box.ASCII2, show_edge=False)
    columns = columns_of(rows, response)
    for name in columns:
        numbers = all(isinstance(row.get(name), int | float | None) for row in rows)
        grid.add_column(Text(name), justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(Text(cell_text(row.get(name))) for name in columns))
    if in_terminal:
        console = Console(force_terminal=True, no_color=Console().no_color)
    else:
        console = Console(width=_UNLIMITED_WIDTH, color_system=None)
    with console.capture() as captured:
        console.print(grid)
    # Not splitlines: it splits at more characters than line feeds. Trailing blanks pad to the console's width.
    lines = captured.get().removesuffix("\n").split("\n")
    file.writelines(f"{line.rstrip()}\n".encode() for line in lines)


def _write_json(response: Any, file: IO[bytes]) -> None:
    data = rows_of(response) if isinstance(response, str | CsvText) else plain_data(response)
    file.write(f"{json_text(data, indent=2)}\n".encode())


def _write_lines(response: Any, file: IO[bytes]) -> None:
    for row in rows_of(response):
        file.write(f"{json_text(row)}\n".encode())


def _write_csv(response: Any, file: IO[bytes]) -> None:
    rows = rows_of(response)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns_of(rows, response), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: cell_text(value) for name, value in row.items()} for row in rows)
    file.write(text.getvalue().encode())


def _write_parquet(response: Any, file: IO[bytes]) -> None:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtraError("A Parquet file", "arrow") from error
    parquet: Any = pyarrow.parquet
    rows = rows_of(response)
    try:
        table = to_arrow(rows, layout_of(response))
    except pyarrow.ArrowException:
        # The values of one column have no type in common.
        table = to_arrow([{name: cell_text(value) for name, value in row.items()} for row in rows])
    parquet.write_table(table, file)


WRITERS: Mapping[str, Callable[[Any, IO[bytes]], None]] = {
    "table": _write_table,
    "json": _write_json,
    "jsonl": _write_lines,
    "csv": _write_csv,
    "parquet": _write_parquet,
}
"""The writer of each format of `query --output`."""

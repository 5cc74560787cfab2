"""Writers of a response: an aligned table, JSON, JSON Lines, CSV and Parquet."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import sys
from collections.abc import Callable, Generator, Mapping
from typing import IO, Any, cast

from mixpanel_export._terminals import obeys_escapes
from mixpanel_export._text import visible
from mixpanel_export.cli.output.grid import flattened, format_grid, terminal_width
from mixpanel_export.cli.output.rows import cell_text, columns_of, json_text, layout_of, plain_data, rows_of
from mixpanel_export.errors import MissingExtraError, MixpanelError
from mixpanel_export.tables import to_arrow
from mixpanel_export_api.api import CsvText

__all__ = ["WRITERS"]


def _write_table(response: Any, file: IO[bytes]) -> str | None:
    on_stdout = _is_stdout(file)
    found = rows_of(response)
    rows = flattened(found)
    columns = columns_of(rows, response)
    if not columns:
        return "no rows"
    in_terminal = on_stdout and sys.stdout.isatty()
    text, note = format_grid(
        columns,
        rows,
        terminal_width() if on_stdout else None,
        bold=in_terminal and not os.environ.get("NO_COLOR") and obeys_escapes(sys.stdout),
    )
    file.write(text.encode(sys.stdout.encoding if in_terminal else "utf-8", "backslashreplace"))
    return note if rows else "no rows"


def _write_json(response: Any, file: IO[bytes]) -> None:
    data = rows_of(response) if isinstance(response, str | CsvText) else plain_data(response)
    _write_json_value(data, file, indent=2)


def _write_lines(response: Any, file: IO[bytes]) -> None:
    for row in rows_of(response):
        _write_json_value(row, file)


def _write_json_value(value: Any, file: IO[bytes], indent: int | None = None) -> None:
    try:
        text = json_text(value, indent, strict=True)
    except ValueError:
        raise MixpanelError(
            "the response holds a number too large for a double, which cannot be written as JSON; use table or csv"
        ) from None
    if _is_terminal(file):
        text = visible(text, keep="\n")
    # The escape of half a surrogate pair is JSON's, too.
    file.write(f"{text}\n".encode(errors="backslashreplace"))


def _write_csv(response: Any, file: IO[bytes]) -> None:
    rows = rows_of(response)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns_of(rows, response), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: cell_text(value) for name, value in row.items()} for row in rows)
    table = text.getvalue()
    if _is_terminal(file):
        table = visible(table, keep="\n")
    with _unicode_needed("CSV"):
        file.write(table.encode())


def _write_parquet(response: Any, file: IO[bytes]) -> None:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtraError("A Parquet file", "arrow") from error
    parquet: Any = pyarrow.parquet
    rows = rows_of(response)
    with _unicode_needed("Parquet"):
        try:
            table = to_arrow(rows, layout_of(response))
        except pyarrow.ArrowException:
            # The values of one column have no type in common.
            table = to_arrow([{name: cell_text(value) for name, value in row.items()} for row in rows])
    parquet.write_table(table, file)


def _is_stdout(file: IO[bytes]) -> bool:
    # None if it was closed before Python started.
    return cast("object", sys.stdout) is not None and file is sys.stdout.buffer


def _is_terminal(file: IO[bytes]) -> bool:
    return _is_stdout(file) and sys.stdout.isatty()


@contextlib.contextmanager
def _unicode_needed(format: str) -> Generator[None]:
    """Raise our exception for text that no encoding can hold."""
    try:
        yield
    except UnicodeEncodeError as error:
        found = ascii(error.object[max(error.start - 20, 0) : error.end])
        raise MixpanelError(
            f"the response holds text that is not valid Unicode ({found}), which {format} cannot hold; use json or "
            "jsonl"
        ) from None


WRITERS: Mapping[str, Callable[[Any, IO[bytes]], str | None]] = {
    "table": _write_table,
    "json": _write_json,
    "jsonl": _write_lines,
    "csv": _write_csv,
    "parquet": _write_parquet,
}
"""The writer of each format of `query --output`; each returns a note about what it does not show."""

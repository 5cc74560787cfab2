"""What a query's answer is printed or written to a file as: a table, JSON, JSON Lines, CSV, Parquet, a chart."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, Self, cast

from attrs import frozen

from mixpanel_export.cli.destinations import check_file, standard_output
from mixpanel_export.cli.report import Reporter
from mixpanel_export.errors import InvalidArgumentError, MissingExtraError
from mixpanel_export.tables import to_arrow, types_of
from mixpanel_export_api.api import CsvText, Map, Table

__all__ = ["Output", "rows_of"]

Row = dict[str, Any]

# What answers wrap what was asked for in.
_ENVELOPES = ("results", "events", "annotations")
# So wide that a file's or a pipe's table is never cut.
_WIDE = 10_000
_SUFFIXES = {".txt": "table", ".json": "json", ".jsonl": "jsonl", ".csv": "csv", ".parquet": "parquet"}
_CHARTS = (".png", ".svg", ".html")


@frozen
class Output:
    """Where an answer goes, and how.

    Attributes:
        format: None when only a chart is wanted.
        path: a file; None for standard output.
        plot: whether a chart is wanted.
        chart: its file; None for the terminal.
    """

    format: str | None
    path: Path | None
    plot: bool
    chart: Path | None

    @classmethod
    def make(cls, output: str | None, *, plot: bool = False, chart: str | None = None) -> Self:
        """Check the options.

        Raises:
            InvalidArgumentError: for a format that is not known, or a place that cannot be written to.
        """
        if chart is not None and not plot:
            raise InvalidArgumentError("CHART", chart, "it is where --plot draws to, which is not given")
        if chart is not None and Path(chart).suffix.lower() not in _CHARTS:
            raise InvalidArgumentError("CHART", chart, f"allowed is a file named {', '.join(_CHARTS)}")
        place = Path(chart) if chart is not None else None
        if place is not None:
            check_file("CHART", place)
        path = None
        if output is None or output == "-":
            format = None if plot else "table"
        elif output in _FORMATS:
            format = output
        else:
            path = Path(output)
            format = _SUFFIXES.get(path.suffix.lower())
            if format is None:
                raise InvalidArgumentError(
                    "--output",
                    output,
                    f"allowed are {', '.join(_FORMATS)}, or a file named {', '.join(_SUFFIXES)}",
                )
            check_file("--output", path)
        if (format is not None and path is None) or (plot and place is None):
            standard_output()
        if format == "parquet" and path is None and sys.stdout.isatty():
            raise InvalidArgumentError(
                "--output", "parquet", "it is not for a terminal; name a .parquet file"
            )
        return cls(format, path, plot, place)

    def write(self, answer: Any, name: str, reporter: Reporter) -> None:
        """Write an answer, and draw it where that is wanted."""
        if self.plot:
            from mixpanel_export.cli.output.charts import Chart, draw, save

            chart, left_out = Chart.of(answer, name)
            if left_out:
                reporter.note(
                    f"the chart has the {len(chart.series)} largest series; {left_out} are left out"
                )
            place = self.chart
            if place is None:
                draw(chart)
            else:
                _to_file(place, lambda file: save(chart, file, place.suffix.lower()))
                reporter.summary(f"drawn to {place}")
        if self.format is None:
            return
        write = _FORMATS[self.format]
        if self.path is not None:
            _to_file(self.path, lambda file: write(answer, file))
            reporter.summary(f"written to {self.path}")
        else:
            sys.stdout.flush()
            file = standard_output()
            write(answer, file)
            file.flush()


def rows_of(answer: Any) -> list[Row]:
    """The rows of any answer."""
    if isinstance(answer, Table):
        return answer.to_rows()
    if isinstance(answer, CsvText):
        return cast(list[Row], answer.rows())
    if isinstance(answer, str):
        return [json.loads(line) for line in answer.split("\n") if line]
    if isinstance(answer, Map):
        return [_row(value, {"name": name}) for name, value in _plain(answer).items()]
    data = _plain(answer)
    while isinstance(data, dict) and (inner := [name for name in _ENVELOPES if name in data]):
        data = cast(Row, data)[inner[0]]
    items: list[Any] = cast(list[Any], data) if isinstance(data, list) else [data]
    return [_row(each, {}) for each in items]


def _row(value: Any, before: Row) -> Row:
    return {**before, **cast(Row, value)} if isinstance(value, dict) else {**before, "value": value}


def _plain(answer: Any) -> Any:
    if isinstance(answer, list):
        return [_plain(each) for each in cast(list[Any], answer)]
    return answer.to_dict() if hasattr(answer, "to_dict") else answer


def _columns(rows: list[Row], answer: Any) -> list[str]:
    """All that a row has; without rows, what the contract says."""
    return list(dict.fromkeys(name for row in rows for name in row)) if rows else [*types_of(_layout(answer))]


def _layout(answer: Any) -> Mapping[str, Any] | None:
    return answer.layout if isinstance(answer, Table) else None


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else _json(value) if isinstance(value, dict | list) else str(value)


def _json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, default=str, indent=indent)


def _write_table(answer: Any, file: IO[bytes]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    rows = rows_of(answer)
    in_terminal = sys.stdout.isatty() and file is sys.stdout.buffer
    grid = Grid(box=box.SIMPLE_HEAD if in_terminal else box.ASCII2, show_edge=False)
    columns = _columns(rows, answer)
    for name in columns:
        numbers = all(isinstance(row.get(name), int | float | None) for row in rows)
        grid.add_column(Text(name), justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(Text(_cell(row.get(name))) for name in columns))
    if in_terminal:
        console = Console(force_terminal=True, no_color=Console().no_color)
    else:
        # The measure is the table's own; the rest of each line is blank.
        console = Console(width=_WIDE, color_system=None)
    with console.capture() as captured:
        console.print(grid)
    # Not splitlines, which finds more line ends than there are.
    lines = captured.get().removesuffix("\n").split("\n")
    file.writelines(f"{line.rstrip()}\n".encode() for line in lines)


def _write_json(answer: Any, file: IO[bytes]) -> None:
    is_lines = isinstance(answer, str) and not isinstance(answer, CsvText)
    data = rows_of(answer) if is_lines or isinstance(answer, CsvText) else _plain(answer)
    file.write(f"{_json(data, indent=2)}\n".encode())


def _write_lines(answer: Any, file: IO[bytes]) -> None:
    for row in rows_of(answer):
        file.write(f"{_json(row)}\n".encode())


def _write_csv(answer: Any, file: IO[bytes]) -> None:
    rows = rows_of(answer)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, _columns(rows, answer), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    file.write(text.getvalue().encode())


def _write_parquet(answer: Any, file: IO[bytes]) -> None:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtraError("A Parquet file", "arrow") from error
    parquet: Any = pyarrow.parquet
    rows = rows_of(answer)
    try:
        table = to_arrow(rows, _layout(answer))
    except pyarrow.ArrowException:
        # Values of one column that have no type in common.
        table = to_arrow([{name: _cell(value) for name, value in row.items()} for row in rows])
    parquet.write_table(table, file)


_FORMATS: Mapping[str, Callable[[Any, Any], None]] = {
    "table": _write_table,
    "json": _write_json,
    "jsonl": _write_lines,
    "csv": _write_csv,
    "parquet": _write_parquet,
}


def _to_file(path: Path, write: Callable[[Any], None]) -> None:
    from mixpanel_export._atomic import AtomicFile

    with AtomicFile(path) as target:
        write(target.file)
        target.complete()

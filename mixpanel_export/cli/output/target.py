"""The target of a query: `--output`, `--plot` and its file, checked before anything is sent."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Self

import click
from attrs import frozen

from mixpanel_export.cli.destinations import check_file, stdout_buffer
from mixpanel_export.cli.options import one_of
from mixpanel_export.cli.output.tables import WRITERS
from mixpanel_export.cli.report import Reporter

__all__ = ["QueryTarget", "write_text"]

_SUFFIXES = {".txt": "table", ".json": "json", ".jsonl": "jsonl", ".csv": "csv", ".parquet": "parquet"}
_CHARTS = (".png", ".svg", ".html")


@frozen
class QueryTarget:
    """The form and the place of a response.

    Attributes:
        format: None when only a chart was requested.
        path: a file; None for standard output.
        plot: whether to draw a chart.
        chart: the file of the chart; None for the terminal.
    """

    format: str | None
    path: Path | None
    plot: bool
    chart: Path | None

    @classmethod
    def from_options(cls, output: str | None, *, plot: bool = False, chart: str | None = None) -> Self:
        """Check the options.

        Raises:
            UsageError: for an unknown format, or a file that cannot be written to.
        """
        chart_path = _chart_path(chart, plot=plot)
        path = None
        if output is None or output == "-":
            format = None if plot else "table"
        elif output in WRITERS:
            format = output
        else:
            path = Path(output)
            format = _SUFFIXES.get(path.suffix.lower())
            if format is None:
                raise click.UsageError(
                    f"--output: expected {', '.join(WRITERS)}, or a file ending in {', '.join(_SUFFIXES)}, "
                    f"got {output!r}"
                )
            check_file("--output", path)
        if (format is not None and path is None) or (plot and chart_path is None):
            stdout_buffer()
        if format == "parquet" and path is None and sys.stdout.isatty():
            raise click.UsageError("--output: Parquet cannot be shown in a terminal; name a .parquet file")
        return cls(format, path, plot, chart_path)

    def write(self, response: Any, title: str, reporter: Reporter) -> None:
        """Draw the chart and write the response, as requested."""
        if self.plot:
            self._draw(response, title, reporter)
        if self.format is None:
            return
        write = WRITERS[self.format]
        if self.path is not None:
            _write_file(self.path, lambda file: write(response, file))
            reporter.summary(f"written to {self.path}")
        else:
            sys.stdout.flush()
            file = stdout_buffer()
            note = write(response, file)
            file.flush()
            if note:
                reporter.note(note)

    def _draw(self, response: Any, title: str, reporter: Reporter) -> None:
        from mixpanel_export.cli.output.charts import HeatMap, chart_of

        chart = chart_of(response, title)
        if chart.omitted:
            what = "rows" if isinstance(chart, HeatMap) else "series"
            reporter.note(f"the chart leaves out {chart.omitted} {what}; the table shows all")
        if self.chart is None:
            from mixpanel_export.cli.output.terminal_charts import draw

            if note := draw(chart):
                reporter.note(note)
            return
        from mixpanel_export.cli.output.chart_files import save

        suffix = self.chart.suffix.lower()
        notes: list[str | None] = []
        _write_file(self.chart, lambda file: notes.append(save(chart, file, suffix)))
        reporter.summary(f"chart written to {self.chart}")
        if notes[0]:
            reporter.note(notes[0])


def write_text(text: str, output: str | None, reporter: Reporter) -> None:
    """Write a text to standard output, or to the file that `--output` names."""
    if output is None or output == "-":
        click.echo(text, nl=False)
        return
    path = Path(output)
    check_file("--output", path)
    _write_file(path, lambda file: file.write(text.encode()))
    reporter.summary(f"written to {path}")


def _chart_path(chart: str | None, *, plot: bool) -> Path | None:
    if chart is None:
        return None
    if not plot:
        raise click.UsageError(f"CHART: {chart} is a file for --plot, which is not given")
    path = Path(chart)
    if path.suffix.lower() not in _CHARTS:
        raise click.UsageError(f"CHART: expected a file ending in {one_of(_CHARTS)}, got {chart!r}")
    check_file("CHART", path)
    return path


def _write_file(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    from mixpanel_export._atomic import AtomicFile

    with AtomicFile(path) as target:
        write(target.file)
        target.complete()

"""The options of every command that writes a response."""

from __future__ import annotations

import click

from mixpanel_export.cli.options import Option

__all__ = ["output_parameters"]

_OUTPUT = "Response"


def output_parameters(*, plots: bool) -> list[click.Parameter]:
    """Return the options of a command; `plots` if its response can be drawn."""
    output = Option(
        ["--output", "-o"],
        metavar="FORMAT|FILE",
        section=_OUTPUT,
        help="table (the default), json, jsonl, csv or parquet, or a file with one of those extensions, such as "
        "numbers.csv, which is replaced if it exists. json is the response as received; the others have its rows.",
    )
    if not plots:
        return [output]
    plot = Option(
        ["--plot"],
        is_flag=True,
        section=_OUTPUT,
        help="Draw a chart, in the terminal or to CHART: a file ending in .html, .svg or .png, which is replaced.",
    )
    # Its help is that of --plot.
    return [output, plot, click.Argument(["chart"], required=False, metavar="[CHART]")]

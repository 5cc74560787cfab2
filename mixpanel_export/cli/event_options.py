"""The options of `events` and `plan`: what to export, and how."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, get_args

import click

from mixpanel_export._formats import COLUMN_NAMES, FORMATS, ON_MALFORMED, Layout, PartitionBy
from mixpanel_export.cli.options import add_options, option, parse_size
from mixpanel_export.cli.suggestions import suggest_events

__all__ = ["event_options"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


def event_options(function: _Function) -> _Function:
    """Decorate a command with the options that say what to export, and how."""
    return add_options(function, _OPTIONS)


_OPTIONS = (
    option("--from", "from_date", metavar="DATE", help="First day, such as 2024-01-31."),
    option("--to", "to_date", metavar="DATE", help="Last day, included."),
    option(
        "--format",
        type=click.Choice(FORMATS),
        help="File format. Default: taken from the file name, otherwise jsonl.gz.",
    ),
    option(
        "--layout",
        type=click.Choice(get_args(Layout)),
        help="For parquet and csv: a column per property (wide), or all properties as one JSON text (json), which "
        "is the default for a directory of csv.",
    ),
    option(
        "--partition-by",
        type=click.Choice(get_args(PartitionBy)),
        help="For parquet and csv: a directory for each day, such as date=2024-01-01.",
    ),
    option(
        "--event",
        metavar="NAME",
        multiple=True,
        shell_complete=suggest_events,
        help="Only this event; can be repeated.",
    ),
    option(
        "--exclude",
        metavar="PROPERTY",
        multiple=True,
        help="Leave out this property, such as personal data; can be repeated.",
    ),
    option(
        "--columns",
        metavar="FILE",
        help="For the layout wide: fixed columns, from a file that ColumnSchema.save() wrote. Values that do not "
        "fit go to the column overflow.",
    ),
    option(
        "--column-names",
        type=click.Choice(COLUMN_NAMES),
        help="For the layout wide: the properties' own names (exact, the default), or letters, digits and "
        "underscores only (safe), as warehouses require.",
    ),
    option("--where", metavar="EXPR", help="Only events for which this expression is true."),
    option("--deduplicate", is_flag=True, help="Drop events that were sent twice, and report how many."),
    option(
        "--on-malformed",
        type=click.Choice(tuple(ON_MALFORMED)),
        help="Lines that are not events: fail after everything else is exported (raise, the default), set them "
        "aside in a .malformed.jsonl file and exit with 3 (quarantine), or repair invalid Unicode (replace).",
    ),
    option(
        "--malformed-path",
        metavar="FILE",
        help="File for the lines set aside. Default: beside the output file; a directory has one per slice.",
    ),
    option(
        "--max-line",
        type=parse_size,
        metavar="SIZE",
        help="Longest line to accept, such as 128MiB or a number of bytes. Default: 64MiB.",
    ),
    option(
        "--allow-unproved",
        is_flag=True,
        help="Accept responses without a length, chunks or gzip, as HTTP/1.0 proxies send them. "
        "They may be cut short.",
    ),
    option("--parallel", type=int, metavar="N", help="Slices downloaded at the same time. Default: 8."),
    option("--slice-days", type=int, metavar="N", help="Days per slice. Default: chosen from the budget."),
    option(
        "--memory",
        type=parse_size,
        metavar="SIZE",
        help="Approximate memory for the conversion to parquet or csv, such as 512MiB, or a number of bytes. "
        "Default: 256MiB.",
    ),
    option("--overwrite", is_flag=True, help="Replace an existing file, or the export in a directory."),
    option("--verify", is_flag=True, help="Verify the files of a directory, and fetch damaged ones again."),
    option(
        "--since-last",
        is_flag=True,
        help="Extend a directory up to --to (default: yesterday), and fetch its last days again.",
    ),
    option(
        "--look-back",
        type=int,
        metavar="N",
        help="How many of the most recent days --since-last fetches again, in whole slices. Default: 5.",
    ),
)

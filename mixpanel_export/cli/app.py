"""The commands and their options; what each does is in the module named after it.

Data goes to standard output, everything else to standard error. An error is one readable block; a traceback
is shown with `--debug` only.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import traceback
from collections.abc import Generator
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from mixpanel_export.errors import InvalidArgumentError, MixpanelError

__all__ = ["run"]

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130

app: typer.Typer = typer.Typer(
    name="mixpanel-export",
    help="Get data out of Mixpanel, exactly.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def options(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback when something fails.")] = False,
) -> None:
    """Get data out of Mixpanel, exactly.

    Credentials come from MIXPANEL_* environment variables; --sandbox needs none.
    """
    context.obj = debug


@app.command()
def events(
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", help="A folder, a .jsonl or .jsonl.gz file, or - for standard output."
        ),
    ],
    from_date: Annotated[
        str | None, typer.Option("--from", help="First day, YYYY-MM-DD.", metavar="DATE")
    ] = None,
    to_date: Annotated[str | None, typer.Option("--to", help="Last day, included.", metavar="DATE")] = None,
    format: Annotated[
        str | None,
        typer.Option("--format", help="jsonl or jsonl.gz. By default what the name says, else jsonl.gz."),
    ] = None,
    event: Annotated[
        list[str] | None, typer.Option("--event", help="Only this event; may be repeated.", metavar="NAME")
    ] = None,
    where: Annotated[
        str | None,
        typer.Option("--where", help="Only events for which this expression is true.", metavar="EXPR"),
    ] = None,
    deduplicate: Annotated[
        bool,
        typer.Option(
            "--deduplicate", help="Leave out events that were sent again; says how many those were."
        ),
    ] = False,
    parallel: Annotated[
        int | None, typer.Option("--parallel", help="Slices downloaded at a time; by default 8.", metavar="N")
    ] = None,
    slice_days: Annotated[
        int | None,
        typer.Option(
            "--slice-days", help="Days of a slice; by default what the budget suggests.", metavar="N"
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Begin anew in a folder that holds an export.")
    ] = False,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Read a folder's files again, and fetch damaged ones anew."),
    ] = False,
    since_last: Annotated[
        bool,
        typer.Option(
            "--since-last",
            help="Extend a folder to --to, by default yesterday, and fetch its last days again.",
        ),
    ] = False,
    look_back: Annotated[
        int | None,
        typer.Option(
            "--look-back", help="How many last days --since-last fetches again; by default 3.", metavar="N"
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print what would be asked for, and what is done.")
    ] = False,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="Export from the embedded sandbox's sample shop.")
    ] = False,
) -> None:
    """Export raw events of a range of days as JSON Lines.

    A file appears under its name only when it is complete. A folder gets a file for each slice, and a
    manifest.json that lists the complete ones; the same command again goes on where it stopped.
    """
    from mixpanel_export.cli.events import EventsCommand
    from mixpanel_export.export.job import ExportOptions

    # Only what was given: an update takes the rest from the folder's manifest.
    options = ExportOptions()
    if event:
        options["event"] = event
    if where is not None:
        options["where"] = where
    if deduplicate:
        options["deduplicate"] = True
    if parallel is not None:
        options["parallel"] = parallel
    if slice_days is not None:
        options["slice_days"] = slice_days
    EventsCommand(
        from_date=from_date,
        to_date=to_date,
        output=output,
        format=format,
        options=options,
        overwrite=overwrite,
        verify=verify,
        since_last=since_last,
        look_back=look_back,
        dry_run=dry_run,
        sandbox=sandbox,
    ).run()


@app.command()
def profiles(
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", help="A folder, a .jsonl or .jsonl.gz file, or - for standard output."
        ),
    ],
    format: Annotated[
        str | None,
        typer.Option("--format", help="jsonl or jsonl.gz. By default what the name says, else jsonl.gz."),
    ] = None,
    where: Annotated[
        str | None,
        typer.Option("--where", help="Only profiles for which this expression is true.", metavar="EXPR"),
    ] = None,
    cohort: Annotated[
        int | None, typer.Option("--cohort", help="Only members of the cohort with this id.", metavar="ID")
    ] = None,
    property: Annotated[
        list[str] | None,
        typer.Option("--property", help="Only this property of each; may be repeated.", metavar="NAME"),
    ] = None,
    distinct_id: Annotated[
        list[str] | None,
        typer.Option(
            "--distinct-id", help="Only the profile with this distinct id; may be repeated.", metavar="ID"
        ),
    ] = None,
    group: Annotated[
        str | None,
        typer.Option("--group", help="Group profiles of the group key with this id.", metavar="ID"),
    ] = None,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="Export from the embedded sandbox's sample shop.")
    ] = False,
) -> None:
    """Export the profiles of users, or of groups, as JSON Lines.

    A folder gets a file profiles.jsonl.gz. A file appears under its name only when it is complete; within some
    minutes, for as long as Mixpanel keeps the query, the same command again goes on where it stopped.
    """
    from mixpanel_export.cli.profiles import ProfilesCommand
    from mixpanel_export.profiles.query import ProfileFilters

    filters = ProfileFilters(
        where=where,
        cohort=cohort,
        output_properties=property or None,
        distinct_ids=distinct_id or None,
        group=group,
    )
    ProfilesCommand(output=output, format=format, filters=filters, sandbox=sandbox).run()


@app.command()
def sandbox(
    port: Annotated[int, typer.Option("--port", help="The port; 0 takes a free one.", min=0, max=65535)] = 0,
    events: Annotated[
        str | None,
        typer.Option(
            "--events",
            help="Serve these events, not the sample: a .jsonl or .jsonl.gz file, or a folder of them.",
            metavar="PATH",
        ),
    ] = None,
    limits: Annotated[
        bool,
        typer.Option(
            " /--no-limits",
            help="Do not keep Mixpanel's limits of requests an hour and at once.",
            show_default=False,
        ),
    ] = True,
) -> None:
    """Run the embedded sandbox on loopback until interrupted, and print how to reach it."""
    from mixpanel_export.cli.sandbox import serve

    serve(port, events, limits)


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and answer its exit code."""
    debug = "--debug" in (sys.argv[1:] if arguments is None else arguments)
    try:
        with _terminable():
            app(args=arguments)
    except SystemExit as ended:
        if ended.code == INTERRUPTED:
            _say("interrupted; nothing half-written stands under a final name")
        return ended.code if isinstance(ended.code, int) else DONE
    except (MixpanelError, OSError) as error:
        if debug:
            traceback.print_exc()
        _say(f"[bold red]error:[/] {escape(str(error))}")
        return USAGE if isinstance(error, InvalidArgumentError) else FAILED
    return DONE


@contextlib.contextmanager
def _terminable() -> Generator[None]:
    """End on SIGTERM as on Ctrl-C: by unwinding, so that temporary files are removed."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _say(text: str) -> None:
    Console(stderr=True, soft_wrap=True, highlight=False).print(text)

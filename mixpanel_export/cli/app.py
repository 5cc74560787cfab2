"""The commands and their options; what each does is in the module named after it.

Data goes to standard output, everything else to standard error. An error is one readable block; a traceback
is shown with `--debug` only. What every command takes is in `common`.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import signal
import sys
import traceback
from types import FrameType
from typing import Annotated, Any, cast

import typer
from typer.exceptions import TyperException

from mixpanel_export.cli.commands.query import AnnotationsGroup, QueryGroup
from mixpanel_export.cli.options import Invocation, set_signature, with_common
from mixpanel_export.cli.sizes import bytes_of
from mixpanel_export.errors import InvalidArgumentError, MixpanelError

__all__ = ["Version", "app", "events", "profiles", "run"]

DONE, FAILED, USAGE, INTERRUPTED, TERMINATED = 0, 1, 2, 130, 143

_EXIT_CODES = """
Exit codes: 0 done; 1 failed (Mixpanel, the network, the disk, an incomplete or damaged export); 2 wrong usage or
configuration, and nothing was sent; 130 interrupted (Ctrl-C); 143 terminated.
"""

app: typer.Typer = typer.Typer(
    name="mixpanel-export",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    epilog=" ".join(_EXIT_CODES.split()),
)


def _print_version(wanted: bool) -> None:
    if wanted:
        import importlib.metadata

        print(f"mixpanel-export {importlib.metadata.version('mixpanel-export-sdk')}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
]


def options(invocation: Invocation, version: Version = False) -> None:
    """Get data out of Mixpanel, exactly.

    Credentials and project come from options, over MIXPANEL_* (or MP_*) environment variables, over a profile of
    the configuration file; --sandbox needs none. `auth check` tells which are found, and what they reach.
    The options for these may stand before a command or after it.
    """


app.callback()(with_common(options, is_root=True))


def events(
    invocation: Invocation,
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            help="A folder, also under s3://, gs:// or az://; a .jsonl, .jsonl.gz, .parquet or .csv file; or - for "
            "standard output.",
        ),
    ],
    from_date: Annotated[
        str | None, typer.Option("--from", help="First day, YYYY-MM-DD.", metavar="DATE")
    ] = None,
    to_date: Annotated[str | None, typer.Option("--to", help="Last day, included.", metavar="DATE")] = None,
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="jsonl, jsonl.gz, parquet or csv. By default what the name says, else jsonl.gz.",
        ),
    ] = None,
    layout: Annotated[
        str | None,
        typer.Option(
            "--layout",
            help="For parquet and csv: wide, each property a column; or json, all properties as one text, which is "
            "what a folder of csv has.",
        ),
    ] = None,
    partition_by: Annotated[
        str | None,
        typer.Option(
            "--partition-by", help="date: a folder for each day, date=2024-01-01. For parquet and csv."
        ),
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
    memory: Annotated[
        int | None,
        typer.Option(
            "--memory",
            help="About how much memory the conversion to parquet or csv may take: 512MiB, 1GB, or a number of "
            "bytes; by default 256MiB.",
            metavar="SIZE",
            parser=bytes_of,
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
) -> None:
    """Export raw events of a range of days: as JSON Lines, Parquet or CSV.

    A file appears under its name only when it is complete. A folder gets a file for each slice, and a
    manifest.json that lists the complete ones; the same command again goes on where it stopped.
    """
    from mixpanel_export.cli.commands.events import EventsCommand
    from mixpanel_export.download.job import ExportOptions

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
    if memory is not None:
        options["memory"] = memory
    EventsCommand(
        from_date=from_date,
        to_date=to_date,
        output=output,
        format=format,
        layout=layout,
        partition_by=partition_by,
        options=options,
        overwrite=overwrite,
        verify=verify,
        since_last=since_last,
        look_back=look_back,
        dry_run=dry_run,
    ).run(invocation)


app.command()(with_common(events))


def plan(invocation: Invocation, **options: Any) -> None:
    """Print what `events` with the same options would ask for: its requests, the budget, and what is done already.

    Nothing is sent, and nothing changed. Without --output it is the plan of a whole export.
    """
    events(invocation, **options, dry_run=True)


def _plan_parameters() -> list[inspect.Parameter]:
    """Those of `events`, of which --output need not be given."""
    parameters = dict(inspect.signature(events, eval_str=True).parameters)
    del parameters["dry_run"]
    parameters["output"] = parameters["output"].replace(default=None)
    return list(parameters.values())


set_signature(plan, _plan_parameters())
app.command()(with_common(plan))


@app.command()
@with_common
def profiles(
    invocation: Invocation,
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
) -> None:
    """Export the profiles of users, or of groups, as JSON Lines.

    A folder gets a file profiles.jsonl.gz. A file appears under its name only when it is complete; within some
    minutes, for as long as Mixpanel keeps the query, the same command again goes on where it stopped.
    """
    from mixpanel_export.cli.commands.profiles import ProfilesCommand
    from mixpanel_export.profiles.query import ProfileFilters

    filters = ProfileFilters(
        where=where,
        cohort=cohort,
        output_properties=property or None,
        distinct_ids=distinct_id or None,
        group=group,
    )
    ProfilesCommand(output=output, format=format, filters=filters).run(invocation)


@app.command()
@with_common
def verify(
    invocation: Invocation,
    directory: Annotated[
        str, typer.Argument(help="A folder that `events` has written.", metavar="DIRECTORY")
    ],
) -> None:
    """Check a folder's export: every day there, every file as long as it was and with its checksum.

    Nothing is fetched or changed; `events --verify` mends what is found. Exits with 1 when something is wrong.
    """
    from mixpanel_export.cli.commands.verify import verify_directory

    verify_directory(invocation.reporter, directory)


app.add_typer(
    typer.Typer(),
    name="query",
    cls=QueryGroup,
    help="Ask for any report or list, by the groups of the contract.",
)
app.add_typer(
    typer.Typer(), name="annotations", cls=AnnotationsGroup, help="List, make and change annotations."
)

auth: typer.Typer = typer.Typer(no_args_is_help=True, help="Look at credentials.")
app.add_typer(auth, name="auth")


@auth.command()
@with_common
def check(invocation: Invocation) -> None:
    """Tell which credentials are found where, whether they work, and what they reach.

    It asks for one event, one name and the annotations' tags: one request of the export's hourly budget, and
    one of the reports'. Exits with 1 when something that these credentials should reach is refused.
    """
    from mixpanel_export.cli.commands.auth import check_credentials

    check_credentials(invocation)


@app.command()
def sandbox(
    context: typer.Context,
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
    from mixpanel_export.cli.commands.sandbox import serve

    context.obj.begin(context.command)
    serve(port, events, limits)


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and answer its exit code."""
    invocation, signals = Invocation(), _Signals()
    command = typer.main.get_command(app)
    try:
        with signals:
            code = command.main(arguments, prog_name="mixpanel-export", standalone_mode=False, obj=invocation)
            # Before the end of the interpreter, which could only say that it failed.
            _flush_output()
    except SystemExit as ended:
        # Completion, and a reader that went away.
        return ended.code if isinstance(ended.code, int) else DONE
    except BrokenPipeError:
        return FAILED
    except Exception as error:
        return _failed(error, invocation)
    finally:
        _drop_output()
    if code == INTERRUPTED:
        word, code = ("terminated", TERMINATED) if signals.terminated else ("interrupted", INTERRUPTED)
        invocation.reporter.error(
            f"{word}; nothing half-written stands under a final name", {"exit_code": code}
        )
    return code if isinstance(code, int) else DONE


def _flush_output() -> None:
    # None when it was closed before Python began.
    if cast("object", sys.stdout) is not None:
        sys.stdout.flush()


def _drop_output() -> None:
    """What could not be written is not to be tried again at the end of the interpreter."""
    try:
        _flush_output()
    except OSError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _failed(error: Exception, invocation: Invocation) -> int:
    """Say what went wrong, and answer the exit code."""
    if isinstance(error, TyperException):
        return _refused(error, invocation)
    if isinstance(error, MixpanelError | OSError):
        from mixpanel_export.cli.errors import format_error

        text = format_error(error, invocation.names)
        code = USAGE if isinstance(error, InvalidArgumentError) else FAILED
    else:
        text = f"{type(error).__name__}: {error}. This is a mistake in mixpanel-export; --debug shows where it is"
        code = FAILED
    facts: dict[str, Any] = {"exit_code": code}
    if invocation.debug and invocation.as_json:
        facts["traceback"] = traceback.format_exc()
    elif invocation.debug:
        traceback.print_exc()
    invocation.reporter.error(text, facts)
    return code


def _refused(error: TyperException, invocation: Invocation) -> int:
    """What was typed is not understood."""
    if invocation.as_json:
        invocation.reporter.error(error.format_message(), {"exit_code": USAGE})
    else:
        from typer.rich_utils import rich_format_error

        # All that are raised are of this kind, which typer does not name.
        rich_format_error(cast(Any, error))
    return USAGE


class _Signals:
    """End on SIGTERM as on Ctrl-C: by unwinding, so that temporary files are removed.

    Attributes:
        terminated: whether it was SIGTERM.
    """

    terminated = False

    def __enter__(self) -> None:
        self._before = signal.signal(signal.SIGTERM, self._interrupt)

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGTERM, self._before)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self.terminated = True
        raise KeyboardInterrupt

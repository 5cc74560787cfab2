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

app = typer.Typer(
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
    from_date: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD.", metavar="DATE")],
    to_date: Annotated[str, typer.Option("--to", help="Last day, included.", metavar="DATE")],
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
    event: Annotated[
        list[str] | None, typer.Option("--event", help="Only this event; may be repeated.", metavar="NAME")
    ] = None,
    where: Annotated[
        str | None,
        typer.Option("--where", help="Only events for which this expression is true.", metavar="EXPR"),
    ] = None,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="Export from the embedded sandbox's sample shop.")
    ] = False,
) -> None:
    """Export raw events of a range of days as JSON Lines.

    A file appears under its name only when it is complete.
    """
    from mixpanel_export.cli.events import export_events

    export_events(from_date, to_date, output, format, event, where, sandbox)


@app.command()
def sandbox(
    port: Annotated[int, typer.Option("--port", help="The port; 0 takes a free one.", min=0, max=65535)] = 0,
) -> None:
    """Run the embedded sandbox on loopback until interrupted, and print how to reach it."""
    from mixpanel_export.cli.sandbox import serve

    serve(port)


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

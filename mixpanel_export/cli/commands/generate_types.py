"""`mixpanel-export generate-types`: write a module of typed events for the project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mixpanel_export.cli.base import Command
from mixpanel_export.cli.exit_codes import FAILED
from mixpanel_export.cli.invocation import Invocation, pass_invocation
from mixpanel_export.cli.options import option
from mixpanel_export.cli.schema_options import find_schema, schema_options

__all__ = ["generate_types"]


@click.command(
    "generate-types",
    cls=Command,
    short_help="Write a Python class for each event.",
    example="mixpanel-export generate-types --output shop_events.py --sandbox",
)
@option(
    "--output",
    "-o",
    required=True,
    metavar="FILE",
    help="The module to write, such as events.py; or - for standard output.",
)
@option(
    "--check",
    is_flag=True,
    help="Write nothing; print the difference, and exit with 1 if there is one.",
)
@schema_options
@pass_invocation
def generate_types(invocation: Invocation, /, output: str, check: bool, **options: Any) -> None:
    """Write a module with a class for each event of the project, for `client.export.events(into=…)`.

    Types and descriptions come from Lexicon and from a sample of the last 30 days, in two requests. An existing
    file is replaced, and the difference printed.
    """
    from mixpanel_export.cli.clients import client_for
    from mixpanel_export.cli.destinations import check_file, stdout_buffer
    from mixpanel_export.cli.output.summaries import pluralize
    from mixpanel_export.codegen import events

    path = None if output == "-" else Path(output)
    if path is None:
        if check:
            raise click.UsageError("--check: expected a file to compare with, not standard output")
        stdout_buffer()
    else:
        if path.suffix != ".py" or not path.stem.isidentifier():
            raise click.UsageError(f"--output: expected a module, such as events.py, got {output!r}")
        check_file("--output", path)
    with client_for(invocation, check=lambda client: find_schema(client, options)) as client:
        schema = find_schema(client, options)
    text = events.generate(schema)
    if path is None:
        click.echo(text, nl=False)
        return
    reporter = invocation.reporter
    is_new = not path.exists()
    changes = events.difference(path, text) if check else events.write(path, text)
    if changes and (check or not is_new):
        click.echo(changes, nl=False)
    properties = sum(len(event.properties) for event in schema)
    found = {"events": len(schema), "properties": properties, "changed": bool(changes)}
    counted = f"{pluralize(len(schema), 'event')} with {properties:,} properties"
    if check and changes:
        reporter.error(f"{path} is out of date", "run the same command without --check", found)
        raise click.exceptions.Exit(FAILED)
    if not changes:
        reporter.summary(f"{path} is up to date: {counted}", found)
    else:
        reporter.summary(f"{counted}, {'written to' if is_new else 'updated in'} {path}", found)

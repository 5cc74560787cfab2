"""`mixpanel-export schema`: print the events of a project and the types of their properties."""

from __future__ import annotations

from typing import Any

import click

from mixpanel_export._formats import DIALECTS, Dialect
from mixpanel_export.cli.base import Command
from mixpanel_export.cli.invocation import Invocation, pass_invocation
from mixpanel_export.cli.options import option
from mixpanel_export.cli.output_options import output_parameters
from mixpanel_export.cli.schema_options import find_schema, schema_options

__all__ = ["schema"]


@click.command(
    "schema",
    cls=Command,
    short_help="Print events, properties and their types.",
    params=output_parameters(plots=False),
    example="mixpanel-export schema --event Purchase --sandbox",
)
@option(
    "--sql",
    type=click.Choice(DIALECTS),
    help="Print the SQL that creates a table for the events, with the columns of a Parquet or CSV export.",
)
@option("--table", metavar="NAME", help="Name of the table, for --sql. Default: events.")
@schema_options
@pass_invocation
def schema(
    invocation: Invocation,
    /,
    output: str | None,
    sql: Dialect | None,
    table: str | None,
    **options: Any,
) -> None:
    """Print the events of a project with their properties: type, whether always present, description and examples.

    They come from Lexicon and from a sample of the last 30 days, in two requests.
    """
    from mixpanel_export.cli.clients import client_for
    from mixpanel_export.cli.output.target import QueryTarget, write_text

    if sql is None and table is not None:
        raise click.UsageError("--table: only --sql creates a table")
    target = None if sql is not None else QueryTarget.from_options(output)
    with client_for(invocation, check=lambda client: find_schema(client, options)) as client:
        found = find_schema(client, options)
    if sql is not None:
        write_text(found.to_sql(sql, table=table or "events"), output, invocation.reporter)
    elif target is not None:
        target.write(found if target.format == "json" else found.to_rows(), "Schema", invocation.reporter)

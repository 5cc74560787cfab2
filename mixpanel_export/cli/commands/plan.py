"""`mixpanel-export plan`: print what `events` would request, without sending anything."""

from __future__ import annotations

from typing import Any

import click

from mixpanel_export.cli.base import Command
from mixpanel_export.cli.commands.events import EventsCommand
from mixpanel_export.cli.event_options import event_options
from mixpanel_export.cli.invocation import Invocation, pass_invocation
from mixpanel_export.cli.options import option

__all__ = ["plan"]


@click.command(
    "plan",
    cls=Command,
    short_help="Print what `events` would request.",
    example="mixpanel-export plan --from 2023-01-01 --to 2023-12-31 --sandbox",
)
@option(
    "--output",
    "-o",
    metavar="PATH",
    also_sets=["path"],
    help="The destination of the export; without it, the plan is for a complete export.",
)
@event_options
@pass_invocation
def plan(invocation: Invocation, /, **options: Any) -> None:
    """Print the requests that `events` with the same options would send, the budget, and what is complete.

    Nothing is sent, and no file is changed.
    """
    EventsCommand(**options, dry_run=True).run(invocation)

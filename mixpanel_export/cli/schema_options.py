"""The options of `schema` and `generate-types`: the events and properties to look at, and where to look."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mixpanel_export.cli.options import Option
from mixpanel_export.cli.suggestions import suggest_events

if TYPE_CHECKING:
    from mixpanel_export import MixpanelClient, ProjectSchema

__all__ = ["find_schema", "schema_options"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--from",
        "from_date",
        cls=Option,
        metavar="DATE",
        help="First day of the sample. Default: 29 days before --to.",
    ),
    click.option(
        "--to", "to_date", cls=Option, metavar="DATE", help="Last day of the sample. Default: today."
    ),
    click.option(
        "--event",
        cls=Option,
        metavar="NAME",
        multiple=True,
        shell_complete=suggest_events,
        help="Only this event; can be repeated.",
    ),
    click.option(
        "--exclude",
        cls=Option,
        metavar="NAME",
        multiple=True,
        help="Leave this property out; can be repeated.",
    ),
    click.option(
        "--sample",
        cls=Option,
        type=int,
        metavar="N",
        help="Events to sample: up to 100000, or 0 for Lexicon alone. Default: 10000.",
    ),
    click.option(
        "--lexicon/--no-lexicon",
        cls=Option,
        default=None,
        help="Require Lexicon, or do without it. Default: use it if it can be read.",
    ),
)


def schema_options(function: _Function) -> _Function:
    """Decorate a command with these options."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def find_schema(client: MixpanelClient, options: dict[str, Any]) -> ProjectSchema:
    """Return the schema of a project, as the options say."""
    given = {name: value for name, value in options.items() if value is not None and value != ()}
    return client.export.schema(**given)

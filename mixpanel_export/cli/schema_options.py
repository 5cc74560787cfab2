"""The options of `schema` and `generate-types`: the events and properties to look at, and where to look."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from mixpanel_export.cli.options import add_options, option
from mixpanel_export.cli.suggestions import suggest_events

if TYPE_CHECKING:
    from mixpanel_export import MixpanelClient, ProjectSchema

__all__ = ["find_schema", "schema_options"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

_OPTIONS = (
    option(
        "--from",
        "from_date",
        metavar="DATE",
        help="First day of the sample. Default: 29 days before --to.",
    ),
    option("--to", "to_date", metavar="DATE", help="Last day of the sample. Default: today."),
    option(
        "--event",
        metavar="NAME",
        multiple=True,
        shell_complete=suggest_events,
        help="Only this event; can be repeated.",
    ),
    option(
        "--exclude",
        metavar="NAME",
        multiple=True,
        help="Leave this property out; can be repeated.",
    ),
    option(
        "--sample",
        type=int,
        metavar="N",
        help="Events to sample: up to 100000, or 0 for Lexicon alone. Default: 10000.",
    ),
    option(
        "--lexicon/--no-lexicon",
        default=None,
        help="Require Lexicon, or do without it. Default: use it if it can be read.",
    ),
)


def schema_options(function: _Function) -> _Function:
    """Decorate a command with these options."""
    return add_options(function, _OPTIONS)


def find_schema(client: MixpanelClient, options: dict[str, Any]) -> ProjectSchema:
    """Return the schema of a project, as the options say."""
    given = {name: value for name, value in options.items() if value is not None and value != ()}
    return client.export.schema(**given)

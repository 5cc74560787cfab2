"""`mixpanel-export query reports`: list the saved reports of a project, and run one whatever its kind."""

from __future__ import annotations

from typing import Any

import click

from mixpanel_export.cli.base import Command, Group
from mixpanel_export.cli.invocation import Invocation
from mixpanel_export.cli.options import Option
from mixpanel_export.cli.output_options import output_parameters

__all__ = ["reports"]

_TYPES = click.Choice(["insights", "funnels", "retention", "flows", "launch-analysis"])

reports: Group = Group(
    "reports",
    help="List the saved reports of a project, and run one by its id.",
    no_args_is_help=True,
    example="mixpanel-export query reports list --sandbox",
)


@click.pass_obj
def _list(invocation: Invocation, /, type: str | None, output: str | None) -> None:
    from mixpanel_export.cli.running import run_operation
    from mixpanel_export_api.api.bookmarks import BOOKMARKS_LIST

    given = {} if type is None else {"type": type}
    run_operation(invocation, BOOKMARKS_LIST, given, output=output, plot=False, chart=None)


@click.pass_obj
def _run(
    invocation: Invocation,
    /,
    bookmark_id: int,
    output: str | None,
    plot: bool,
    chart: str | None,
    **given: Any,
) -> None:
    from mixpanel_export.cli.clients import client_for
    from mixpanel_export.cli.output.target import QueryTarget

    target = QueryTarget.from_options(output, plot=plot, chart=chart)

    def send(client: Any) -> Any:
        return client.reports.run(bookmark_id, **given)

    with client_for(invocation, check=send) as client:
        report = send(client)
    target.write(report, f"Saved report {bookmark_id}", invocation.reporter)


reports.add_command(
    Command(
        "list",
        callback=_list,
        help="List the saved reports with their ids.",
        example="mixpanel-export query reports list --type funnels --sandbox",
        params=[
            Option(["--type"], type=_TYPES, help="Kind of report. All kinds by default."),
            *output_parameters(plots=False),
        ],
    )
)
reports.add_command(
    Command(
        "run",
        callback=_run,
        help="Run a saved report, whatever its kind. A funnel covers the last 30 days unless dates are given.",
        example="mixpanel-export query reports run --id 5100001 --sandbox",
        params=[
            Option(
                ["--bookmark-id", "--id", "bookmark_id"],
                type=int,
                required=True,
                metavar="ID",
                help="Id of the report, from the list or the end of its URL.",
            ),
            Option(
                ["--type"],
                type=_TYPES,
                help="Kind of report, if you know it: saves the request that looks it up.",
            ),
            Option(["--from-date", "--from", "from_date"], metavar="DATE", help="First day of a funnel."),
            Option(["--to-date", "--to", "to_date"], metavar="DATE", help="Last day of a funnel, included."),
            *output_parameters(plots=True),
        ],
    )
)

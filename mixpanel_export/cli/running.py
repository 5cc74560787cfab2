"""Run one operation of the contract: send it, write its response, and remember the events it shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from mixpanel_export.cli.clients import client_for
from mixpanel_export.cli.invocation import Invocation
from mixpanel_export.cli.output.target import QueryTarget
from mixpanel_export.cli.output.titles import title_of
from mixpanel_export.cli.suggestions import known_events, remember_events
from mixpanel_export.client import add_event_names
from mixpanel_export.http.event_names import EVENT_ARGUMENTS, has_counts
from mixpanel_export_api.api import Map, Operation, Table

__all__ = ["run_operation"]


def run_operation(
    invocation: Invocation,
    operation: Operation[Any],
    arguments: Mapping[str, Any],
    *,
    output: str | None,
    plot: bool,
    chart: str | None,
) -> None:
    """Send an operation and write its response as the options say."""
    target = QueryTarget.from_options(output, plot=plot, chart=chart)
    tag, _, method = operation.name.partition(".")

    def send(client: Any) -> Any:
        return getattr(getattr(client, tag), method)(**arguments)

    with client_for(invocation, check=send) as client:
        if any(arguments.get(name) for name in EVENT_ARGUMENTS):
            add_event_names(client, known_events(invocation))
        response = send(client)
    target.write(response, title_of(operation.name, arguments), invocation.reporter)
    remember_events(invocation, _events_in(operation, arguments, response))
    if operation.writes and invocation.sandbox:
        invocation.reporter.note(
            "the sandbox of this command is gone, and the change with it; `mixpanel-export sandbox` runs one that "
            "stays"
        )


def _events_in(operation: Operation[Any], arguments: Mapping[str, Any], response: Any) -> list[str]:
    """Return the names of the project's events that a call has shown."""
    if operation.name == "events.names":
        return cast(list[str], response)
    rows = response.to_rows() if isinstance(response, Table) else []
    named = [str(row["event"]) for row in rows if row.get("event") and has_counts([row])]
    if not named and (has_counts(rows) if isinstance(response, Table) else isinstance(response, Map)):
        for name in EVENT_ARGUMENTS:
            given = arguments.get(name, ())
            named += [given] if isinstance(given, str) else given
    return [*dict.fromkeys(named)]

"""An example of each operation's command, made from its required arguments, that runs on the sandbox."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mixpanel_export_api.api import Operation

__all__ = ["example_of"]

# Values that the sandbox knows, by argument.
_SAMPLES = {
    "event": "Purchase",
    "born_event": "Sign Up",
    "from_date": "2024-01-01",
    "to_date": "2024-01-31",
    "date": "2024-02-01 09:00:00",
    "funnel_id": "1001",
    "bookmark_id": "5100001",
    "annotation_id": "500001",
    "id": "1",
    "distinct_ids": "02037-f882a70ccf986b68",
    "description": "Release 2.0",
    "on": 'properties["revenue"]',
    "inner": 'properties["plan"]',
    "outer": 'properties["mp_country_code"]',
    "name": "plan",
    "entity_name": "Purchase",
    "script": "function main() { return People().reduce(mixpanel.reducer.count()) }",
}
_RANGE = {"from_date": "2024-01-01", "to_date": "2024-01-31"}
# Others for some operations, and optional arguments that make an example useful.
_SAMPLES_OF: Mapping[str, Mapping[str, str]] = {
    "annotations.create_tag": {"name": "release"},
    "annotations.update": {"description": "Release 2.0.1"},
    "schemas.get": {"name": "Purchase"},
    "schemas.upload": {
        "entries": '[{"entityType": "event", "name": "Purchase", "schemaJson": {"description": "An order."}}]'
    },
    "schemas.replace": {"name": "Purchase", "description": "An order."},
    "schemas.update": {"name": "Purchase", "description": "An order."},
    "schemas.delete": {"name": "Purchase"},
    "retention.saved": {"bookmark_id": "5200001"},
    "flows.query": {"bookmark_id": "5300001"},
    "profiles.stats": {"action": "count()"},
    "retention.query": {"born_event": "Sign Up"},
    "events.query": _RANGE,
    "events.properties": _RANGE,
    "profiles.query": {"where": 'properties["plan"] == "plus"'},
}
# Stands for a value that only the user knows.
_PLACEHOLDER = "…"
_FLAGS = {"from_date": "--from", "to_date": "--to", "annotation_id": "--id"}


def example_of(path: str, operation: Operation[Any], *, plots: bool) -> str:
    """Return a command line that runs an operation on the sandbox."""
    own = _SAMPLES_OF.get(operation.name, {})
    words = [path]
    for name in (*operation.required, *(name for name in own if name not in operation.required)):
        enum = operation.schemas[name].get("enum")
        value = own.get(name) or (_choice(enum) if enum else _SAMPLES.get(name, _PLACEHOLDER))
        words += [_FLAGS.get(name, f"--{name.replace('_', '-')}"), shlex.quote(value)]
    if plots:
        words.append("--plot")
    # The sandbox runs no JavaScript, and the command's has no OAuth token for privacy requests.
    runs = "script" not in operation.required and "serviceAccount" in operation.security
    return " ".join([*words, "--sandbox"] if runs and _PLACEHOLDER not in words else words)


def _choice(values: list[str]) -> str:
    return "day" if "day" in values else values[0]

"""Titles of charts: the event and the range, as in "Purchase by plan, 2024-01-01 to 2024-01-31"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["title_of"]

# The head of a report whose subject is more than an event, by operation or tag.
_HEADS = {
    "retention.query": "Retention: ",
    "retention.frequency": "Frequency: ",
    "funnels": "Funnel ",
    "insights": "Report ",
    "segmentation.sum": "Sum of ",
    "segmentation.average": "Average of ",
}
_PROPERTY = re.compile(r"""(?:properties|event|user)?\[["'](?P<name>[^"']+)["']\]""")


def title_of(operation: str, arguments: Mapping[str, Any]) -> str:
    """Return the title of a report.

    Args:
        operation: `<tag>.<operation>`.
        arguments: as they were given.
    """
    head = _HEADS.get(operation) or _HEADS.get(operation.partition(".")[0], "")
    subject = _subject(arguments) or ("all events" if head.endswith(": ") else "")
    split = [_property(arguments[name]) for name in ("on", "inner", "outer", "name") if name in arguments]
    if head.endswith(" of "):
        head, split = f"{head}{split[0]}: ", split[1:]
    title = f"{head}{subject}" if head or subject else operation
    if split:
        title += f" by {' and '.join(split)}"
    if "from_date" in arguments and "to_date" in arguments:
        title += f", {arguments['from_date']} to {arguments['to_date']}"
    return title


def _subject(arguments: Mapping[str, Any]) -> str:
    names: list[str] = []
    for argument in ("born_event", "event", "funnel_id", "bookmark_id"):
        value = arguments.get(argument, ())
        names += [str(value)] if isinstance(value, str | int) else map(str, value)
    return (" → " if "born_event" in arguments else ", ").join(names)


def _property(expression: str) -> str:
    """Return the name of the property, or the expression if it is more than one."""
    match = _PROPERTY.fullmatch(str(expression).strip())
    return match["name"] if match else str(expression)

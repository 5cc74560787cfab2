"""Building blocks of the variants: functions that return a changed copy of a part of a JSON body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, cast

__all__ = [
    "Change",
    "at",
    "bare_schema",
    "cells",
    "drop",
    "each",
    "enveloped",
    "error_message",
    "event_series",
    "first",
    "leaves",
    "one_or_each",
    "put",
    "replace",
    "rows",
    "steps",
]

Change: TypeAlias = Callable[[Any], Any]


def put(**fields: Any) -> Change:
    """Set fields of an object."""
    return lambda body: {**body, **fields}


def drop(*names: str) -> Change:
    """Remove fields of an object."""
    return lambda body: {name: value for name, value in body.items() if name not in names}


def replace(value: Any) -> Change:
    """Replace a value."""
    return lambda _: value


def at(name: str, change: Change) -> Change:
    """Change one field of an object, if it is there."""
    return lambda body: {**body, name: change(body[name])} if name in body else body


def each(change: Change) -> Change:
    """Change every item of a list."""
    return lambda items: [change(item) for item in items]


def first(change: Change) -> Change:
    """Change the first item of a list or the first value of an object."""

    def changed(body: Any) -> Any:
        if isinstance(body, dict):
            fields = cast("dict[str, Any]", body)
            return dict(zip(fields, first(change)(list(fields.values())), strict=True))
        return [change(body[0]), *body[1:]] if body else body

    return changed


def one_or_each(change: Change) -> Change:
    """Change an object, or every object of a list."""
    return lambda body: each(change)(body) if isinstance(body, list) else change(body)


def enveloped(body: Any) -> Any:
    """Wrap a body in `{status, results}`."""
    return {"status": "ok", "results": body}


def leaves(change: Change) -> Change:
    """Change the series `{date: number}` of a segmentation, however deeply they are nested."""

    def descend(body: Any) -> Any:
        if any(isinstance(value, dict) for value in body.values()):
            return {name: descend(value) for name, value in body.items()}
        return change(body)

    # Sums and averages have `results`, the others `data`.
    return lambda body: at("results", descend)(at("data", at("values", descend))(body))


def cells(change: Change) -> Change:
    """Change the objects `{counts, first}` of a retention report, with or without segments."""

    def day(body: Any) -> Any:
        return change(body) if "first" in body else {name: change(cell) for name, cell in body.items()}

    return lambda body: {date: day(value) for date, value in body.items()}


def rows(change: Change) -> Change:
    """Change the days of a funnel or retention report."""
    return lambda body: {date: change(value) for date, value in body.items()}


def steps(change: Change) -> Change:
    """Change the steps of a funnel report, with or without segments."""

    def day(body: Any) -> Any:
        if "steps" in body:
            return at("steps", each(change))(body)
        return {name: each(change)(listed) for name, listed in body.items()}

    return at("data", rows(day))


def event_series(make: Callable[[dict[str, Any]], Any]) -> Change:
    """Replace the series of every line of an Insights report, given its numbers by date."""
    return at("series", lambda lines: {name: make(numbers) for name, numbers in lines.items()})


def bare_schema(body: Any) -> Any:
    """Return the schema of a list with exactly one; leave other lists alone."""
    return body["results"][0]["schemaJson"] if len(body["results"]) == 1 else body


def error_message(body: Any) -> str:
    """Return the message of an ordinary error."""
    return str(body["error"])

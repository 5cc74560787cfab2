"""Names of events that a client has seen in answers, to suggest one where an event that was asked for has none."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from mixpanel_export._text import shortened
from mixpanel_export_api.api import Table

__all__ = ["EVENT_ARGUMENTS", "EventNames", "has_counts"]

_logger = logging.getLogger("mixpanel_export")

# Comparing a name with this many takes about 50 ms.
_MAX_NAMES = 5_000
# An answer without events is smaller, and a larger one is not searched for them.
_MAX_EMPTY_BYTES = 1 << 16
_COUNTS = {"value", "count", "users"}
_FILTERS = ("where", "on")
EVENT_ARGUMENTS = ("born_event", "event")
"""The arguments that name events; the first is the one that retention begins with."""


class EventNames:
    """The names of events that one client has seen; safe to share between threads."""

    def __init__(self) -> None:
        self._names: dict[str, None] = {}

    def add(self, names: Iterable[object]) -> None:
        """Keep names for suggestions."""
        for name in names:
            if isinstance(name, str) and len(self._names) < _MAX_NAMES:
                self._names[name] = None

    def observe(self, operation: str, arguments: Mapping[str, Any], answer: Any, size: int) -> None:
        """Take the names from an answer, and warn if it has nothing of the event that it was asked for.

        Args:
            size: the bytes of the answer.
        """
        if operation == "events.names" and isinstance(answer, list):
            self.add(cast("list[object]", answer))
            return
        names = [name for name in EVENT_ARGUMENTS if arguments.get(name) is not None]
        if not names and operation != "events.top":
            return
        if size > _MAX_EMPTY_BYTES or not isinstance(answer, Table):
            return
        rows = answer.to_rows()
        if not names:
            self.add(row.get("event") for row in rows)
        elif not has_counts(rows):
            # Of retention, the second event may be the one that nobody has had.
            began = len(names) > 1 and any(row.get("first") for row in rows)
            name = names[-1] if began else names[0]
            self.warn_of_none(arguments[name], arguments, name)

    def warn_of_none(
        self, wanted: str | Sequence[str], arguments: Mapping[str, Any], argument: str = "event"
    ) -> None:
        """Log that there are no events of these names, and similar names if any are known.

        A name that was seen before is right, so its event just did not happen; with a filter, the same may be true
        of any name, so there is a warning only if another one is similar.

        Args:
            arguments: the days and the filters that were asked for.
            argument: the argument of these names.
        """
        names = [wanted] if isinstance(wanted, str) else [*wanted]
        if not names or any(name in self._names for name in names):
            return
        similar = [*dict.fromkeys(match for name in names for match in self._similar(name))]
        if not similar and any(arguments.get(name) is not None for name in _FILTERS):
            return
        first, last = arguments.get("from_date"), arguments.get("to_date")
        days = f"from {first} to {last}" if first and last else "in the range"
        hint = f"; did you mean {_either(similar)}?" if similar else ""
        text = "%s %s: no events %s%s"
        _logger.warning(text, argument, _either(names), days, hint, extra={"argument": argument})

    def _similar(self, name: str) -> list[str]:
        import difflib  # few programs get here

        by_form = {known.casefold(): known for known in [*self._names]}
        forms = difflib.get_close_matches(name.casefold(), by_form, n=3, cutoff=0.6)
        return [by_form[form] for form in forms]


def has_counts(rows: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether any row of a report counts something."""
    return any(row[name] for row in rows for name in _COUNTS & row.keys())


def _either(names: Sequence[str]) -> str:
    shown = [shortened(repr(name)) for name in names[:3]]
    return f"{', '.join(shown[:-1])} or {shown[-1]}" if len(shown) > 1 else shown[0]

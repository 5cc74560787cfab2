"""Selecting the events of a report by name and condition, without duplicates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen

from mixpanel_export.sandbox.reports.identity import deduplicated
from mixpanel_export.sandbox.reports.where import Predicate

__all__ = ["Selection"]


@frozen
class Selection:
    """A filter on events.

    Attributes:
        names: the names of the events; None selects all.
        where: a predicate the events must match.
    """

    names: frozenset[str] | None = None
    where: Predicate | None = None

    def of(self, events: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        """Return the selected events in order; see `deduplicated`."""
        names = self.names
        if names is not None:
            events = (event for event in events if event["event"] in names)
        # Deduplicate first, then filter: the event that counts might not match.
        events = deduplicated(events)
        return iter(events) if self.where is None else filter(self.where, events)

"""Which events a report is about: those of some names that satisfy a condition, each counted once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen

from mixpanel_export.sandbox.reports.identity import deduplicated
from mixpanel_export.sandbox.reports.where import Predicate

__all__ = ["Selection"]


@frozen
class Selection:
    """A choice of events.

    Attributes:
        names: the names of the events; None is every name.
        where: what each must satisfy.
    """

    names: frozenset[str] | None = None
    where: Predicate | None = None

    def of(self, events: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        """Those of the events that are selected, in their order; see `deduplicated`."""
        names = self.names
        if names is not None:
            events = (event for event in events if event["event"] in names)
        # First which event counts, then whether that one is wanted.
        events = deduplicated(events)
        return iter(events) if self.where is None else filter(self.where, events)

"""Splitting a report by segment: which segments an event counts for, and which ones are answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from mixpanel_export.sandbox.reports.evaluation import Evaluate
from mixpanel_export.sandbox.reports.segments import segments_of

__all__ = ["Event", "Segments", "largest", "split_by"]

Event: TypeAlias = Mapping[str, Any]
Segments: TypeAlias = Callable[[Event], Sequence[str]]


def split_by(evaluate: Evaluate) -> Segments:
    """The segments of an event, by the value that `on` has for it."""
    return lambda event: segments_of(evaluate(event))


def largest(totals: Mapping[str, int], limit: int | None) -> list[str]:
    """The segments with the largest totals, descending, and by name where those are the same."""
    return sorted(totals, key=lambda segment: (-totals[segment], segment))[:limit]

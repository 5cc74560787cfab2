"""Splitting a report by segment, and ranking the segments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from mixpanel_export.sandbox.reports.evaluation import Evaluate
from mixpanel_export.sandbox.reports.segments import segments_of

__all__ = ["Event", "Segments", "largest", "split_by"]

Event: TypeAlias = Mapping[str, Any]
Segments: TypeAlias = Callable[[Event], Sequence[str]]


def split_by(evaluate: Evaluate) -> Segments:
    """Return a function that computes the segments of an event from its `on` value."""
    return lambda event: segments_of(evaluate(event))


def largest(totals: Mapping[str, int], limit: int | None) -> list[str]:
    """Return the segments with the largest totals, descending, then by name."""
    return sorted(totals, key=lambda segment: (-totals[segment], segment))[:limit]

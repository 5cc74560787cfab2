"""Counting by pairs of segments, one nested in the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from mixpanel_export.sandbox.reports.tally import CountType, Tally

__all__ = ["PairTally"]


class PairTally:
    """Counts by pair, and by each side alone.

    A user can be in several pairs, so the largest segments can't be derived from the pairs. The arguments are
    those of `Tally`.
    """

    def __init__(self, counted: CountType, length: int) -> None:
        self._outer, self._inner = Tally(counted, length), Tally(counted, length)
        self._pairs = defaultdict[str, Tally](lambda: Tally(counted, length))

    def add(self, outer: Sequence[str], inner: Sequence[str], period: int, user: str | None) -> None:
        """Count one event in each pair of its segments."""
        for segment in inner:
            self._inner.add(segment, period, user)
        for segment in outer:
            self._outer.add(segment, period, user)
            for within in inner:
                self._pairs[segment].add(within, period, user)

    def largest(self, limit: int) -> dict[str, list[str]]:
        """Return the largest outer segments, each with the largest inner segments that occur in it.

        Both are ordered as by `Tally.largest`, the inner segments by their counts within the outer one.
        """
        inner = frozenset(self._inner.largest(limit))
        return {
            outer: [segment for segment in self._pairs[outer].largest() if segment in inner]
            for outer in self._outer.largest(limit)
        }

    def within(self, outer: str) -> Tally:
        """Return the counts of the inner segments of one outer segment."""
        return self._pairs[outer]

"""Counting by two kinds of segments at once, one within the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from mixpanel_export.sandbox.reports.tally import CountType, Tally

__all__ = ["PairTally"]


class PairTally:
    """Counts of every pair, and of either kind by itself: users of two pairs may be the same ones, so that
    what is largest cannot be told from the pairs. The arguments are those of `Tally`.
    """

    def __init__(self, counted: CountType, length: int) -> None:
        self._outer, self._inner = Tally(counted, length), Tally(counted, length)
        self._pairs = defaultdict[str, Tally](lambda: Tally(counted, length))

    def add(self, outer: Sequence[str], inner: Sequence[str], period: int, user: str | None) -> None:
        """Count one event, which is in each of the segments."""
        for segment in inner:
            self._inner.add(segment, period, user)
        for segment in outer:
            self._outer.add(segment, period, user)
            for within in inner:
                self._pairs[segment].add(within, period, user)

    def largest(self, limit: int) -> dict[str, list[str]]:
        """The largest outer segments, each with those of the largest inner ones that occur in it.

        Both are ordered as `Tally.largest` does: the inner ones by what they are within the outer one.
        """
        inner = frozenset(self._inner.largest(limit))
        return {
            outer: [segment for segment in self._pairs[outer].largest() if segment in inner]
            for outer in self._outer.largest(limit)
        }

    def within(self, outer: str) -> Tally:
        """The counts of the inner segments of one outer segment."""
        return self._pairs[outer]

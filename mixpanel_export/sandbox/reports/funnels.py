"""Funnels: how many users went through a series of steps, and how long it took them.

The rules follow https://docs.mixpanel.com/docs/reports/funnels; where they leave something open:

- A user enters once a period, with the period's first event that completes the first step. Later steps are
  matched greedily: each takes the earliest event, not before the previous step's, that completes it.
- All steps must be completed within the window, counted from the entry; its last second counts.
- One event completes one step. Events of the same second are unordered and taken in the order of the steps.
- A user is in the segments of the entering event.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from attrs import define, frozen

from mixpanel_export.sandbox.reports.identity import user_of
from mixpanel_export.sandbox.reports.periods import period_index
from mixpanel_export.sandbox.reports.splitting import Event, Segments, largest
from mixpanel_export.sandbox.reports.where import Predicate

__all__ = ["OVERALL", "Funnel", "FunnelCounts", "Step", "count_passages", "largest_segments"]

OVERALL: Final = "$overall"
"""The segment of all users."""


@frozen
class Step:
    """One step: completed by an event of this name that passes the tests."""

    event: str
    tests: Sequence[Predicate] = ()


@frozen
class Funnel:
    """The parameters of a funnel report.

    Attributes:
        window: seconds from entering the funnel to its last step.
        starts: the start of each period in unix seconds, ascending.
        begin: the earliest time to enter; the first period may start before it.
        end: the time before which users must enter.
    """

    steps: Sequence[Step]
    window: int
    starts: Sequence[int]
    begin: int
    end: int


@define
class FunnelCounts:
    """The counts of one period and segment.

    Attributes:
        counts: the users who reached each step.
        since_previous: the total seconds they took from the previous step.
        since_start: the total seconds they took from the first step.
    """

    counts: list[int]
    since_previous: list[float]
    since_start: list[float]

    @classmethod
    def of_nobody(cls, steps: int) -> FunnelCounts:
        return cls([0] * steps, [0.0] * steps, [0.0] * steps)

    def add(self, times: Sequence[float]) -> None:
        """Count a user who reached the first steps at these times."""
        previous = times[0]
        for index, time in enumerate(times):
            self.counts[index] += 1
            self.since_previous[index] += time - previous
            self.since_start[index] += time - times[0]
            previous = time


@define
class _Candidate:
    """An event that completes some steps (as bits), and the segments it would enter with."""

    time: float
    first_step: int
    steps: int
    segments: Sequence[str]


def count_passages(
    events: Iterable[Event], funnel: Funnel, segments: Segments | None = None
) -> list[dict[str, FunnelCounts]]:
    """Return the counts of each period by segment: `$overall`, and those named by `segments`.

    Args:
        events: the events of the range and the window after it, without duplicates, in any order.
    """
    size = len(funnel.steps)
    answer: list[dict[str, FunnelCounts]] = [{OVERALL: FunnelCounts.of_nobody(size)} for _ in funnel.starts]
    for candidates in _candidates(events, funnel, segments).values():
        candidates.sort(key=lambda candidate: (candidate.time, candidate.first_step))
        entered = -1
        for index, candidate in enumerate(candidates):
            if not (candidate.steps & 1 and funnel.begin <= candidate.time < funnel.end):
                continue
            period = period_index(funnel.starts, candidate.time)
            if period == entered:
                continue
            entered = period
            times = _walk(candidates, index, size, funnel.window)
            for segment in {OVERALL, *candidate.segments}:
                answer[period].setdefault(segment, FunnelCounts.of_nobody(size)).add(times)
    return answer


def _candidates(
    events: Iterable[Event], funnel: Funnel, segments: Segments | None
) -> dict[str, list[_Candidate]]:
    """Return the events of each user that complete any step."""
    by_name: dict[str, list[tuple[int, Sequence[Predicate]]]] = {}
    for number, step in enumerate(funnel.steps):
        by_name.setdefault(step.event, []).append((number, step.tests))
    by_user: dict[str, list[_Candidate]] = {}
    for event in events:
        steps = by_name.get(event["event"])
        user = user_of(event) if steps else None
        if steps is None or user is None:
            continue
        completed = [number for number, tests in steps if all(test(event) for test in tests)]
        if not completed:
            continue
        entering = segments(event) if segments is not None and completed[0] == 0 else ()
        bits = sum(1 << number for number in completed)
        candidate = _Candidate(event["properties"]["time"], completed[0], bits, entering)
        by_user.setdefault(user, []).append(candidate)
    return by_user


def _walk(candidates: Sequence[_Candidate], entry: int, size: int, window: int) -> list[float]:
    """Return the times of the steps of a user who enters with the candidate at `entry`."""
    times = [candidates[entry].time]
    last = times[0] + window
    for index in range(entry + 1, len(candidates)):
        candidate = candidates[index]
        if len(times) == size or candidate.time > last:
            break
        if candidate.steps >> len(times) & 1:
            times.append(candidate.time)
    return times


def largest_segments(periods: Sequence[Mapping[str, FunnelCounts]], limit: int) -> list[str]:
    """Return the segments most users entered with, then by name, without `$overall`."""
    totals = Counter[str]()
    for period in periods:
        totals.update({segment: passage.counts[0] for segment, passage in period.items()})
    totals.pop(OVERALL, None)
    return largest(totals, limit)

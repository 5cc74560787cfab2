"""Count how far an export has come, and report it to one listener."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable

from attrs import define, field, frozen

from mixpanel_export.download.fetch import FetchObserver
from mixpanel_export.download.plan import DayDensity, Slice
from mixpanel_export.download.pool import Claim

__all__ = ["Progress", "ProgressListener", "Remaining", "Tracker"]


@frozen
class Progress:
    """A snapshot of how far an export has come.

    Attributes:
        slices: the number of slices that were started; an export cuts days into slices while it runs.
        slices_done: the number of complete slices.
        days: the number of days to fetch.
        days_done: the number of days in complete slices.
        events: events in complete slices, and those seen so far in the others.
        received: bytes received over the network, compressed as they arrived.
        lines: bytes of JSON Lines in complete slices, decompressed.
        retries: the number of repeated attempts.
        seconds: the time since the export started.
        waiting: the next step and its reason, as in `attempt 2 of 6: connection refused`, and the seconds until
            then, for the slice that waits longest; None when no slice waits.
        remaining: about how many seconds the rest takes, waits aside; None until the size of a day is known.
        dropped: duplicates left out, with `deduplicate=True`.
        malformed: lines left out because they are not events, with `on_malformed="quarantine"`.
    """

    slices: int = 0
    slices_done: int = 0
    days: int = 0
    days_done: int = 0
    events: int = 0
    received: int = 0
    lines: int = 0
    retries: int = 0
    seconds: float = 0.0
    waiting: tuple[str, float] | None = None
    remaining: float | None = None
    dropped: int = 0
    malformed: int = 0

    @property
    def rate(self) -> float:
        """Bytes received a second, on average."""
        return self.received / self.seconds if self.seconds else 0.0


ProgressListener = Callable[[Progress], object]


class Tracker:
    """Adds up the reports of a download's threads, and calls one listener, one call at a time.

    The listener is called in the threads that download or verify. An exception that it raises ends the export.
    """

    def __init__(
        self, days: int, listener: ProgressListener | None, known: Iterable[DayDensity] = ()
    ) -> None:
        self._lock = threading.Lock()
        self._listener = listener
        self._started = time.monotonic()
        self._days = days
        self._totals: Counter[str] = Counter()
        self._is_empty = True
        self._remaining = Remaining(days, known)
        self._waiting: dict[Slice, tuple[str, float]] = {}

    def totals(self) -> Progress:
        """Return the current totals."""
        with self._lock:
            return self._snapshot()

    def of(self, claim: Claim) -> _SliceTracker:
        """Make the observer of one slice."""
        return _SliceTracker(self, claim)

    def received(self, slice_: Slice, count: int | None) -> None:
        """Note how many bytes of a slice have come in this attempt; None when its days go to other slices."""
        with self._lock:
            self._remaining.received(slice_, count)

    def done(self, slice_: Slice, lines: int, malformed: int = 0) -> bool:
        """Count a slice with `lines` bytes of lines as complete, and its malformed lines.

        Returns:
            True for the last slice, if no slice has any lines.
        """
        with self._lock:
            self._remaining.done(slice_)
            self._is_empty &= not lines and not malformed
            is_empty = self._is_empty and not self._remaining.days_left
        self.change(None, slices_done=1, days_done=slice_.days, lines=lines, malformed=malformed)
        return is_empty

    def drop(self, duplicates: int) -> None:
        """Count events that were left out as duplicates."""
        self.change(None, dropped=duplicates)

    def wait(self, slice_: Slice, waiting: tuple[str, float]) -> None:
        """Record why, and how many seconds, a slice waits."""
        with self._lock:
            self._waiting[slice_] = waiting
            self._notify()

    def change(self, slice_: Slice | None, **changes: int) -> None:
        """Add to the totals; the slice that reports is no longer waiting."""
        with self._lock:
            if slice_ is not None:
                self._waiting.pop(slice_, None)
            for name, amount in changes.items():
                self._totals[name] += amount
            self._notify()

    def _notify(self) -> None:
        if self._listener is not None:
            self._listener(self._snapshot())

    def _snapshot(self) -> Progress:
        seconds = time.monotonic() - self._started
        rate = self._totals["received"] / seconds if seconds else 0.0
        return Progress(
            days=self._days,
            seconds=seconds,
            remaining=self._remaining.seconds(rate),
            waiting=max(self._waiting.values(), key=lambda waiting: waiting[1], default=None),
            **self._totals,
        )


class Remaining:
    """An estimate of the bytes that are left, by the mean size of the days that are complete."""

    def __init__(self, days: int, known: Iterable[DayDensity]) -> None:
        self.days_left: int = days
        self._received: dict[Slice, int] = {}
        self._bytes = self._days = 0.0
        for density in known:
            self._bytes += density.bytes
            self._days += density.slice_.days

    def received(self, slice_: Slice, count: int | None) -> None:
        """Note the bytes of a slice that is being received; None when its days go to other slices."""
        if count is None:
            self._received.pop(slice_, None)
        else:
            self._received[slice_] = count

    def done(self, slice_: Slice) -> None:
        """Note that a slice is complete."""
        self.days_left -= slice_.days
        self._bytes += self._received.pop(slice_, 0)
        self._days += slice_.days

    def seconds(self, rate: float) -> float | None:
        """Return the seconds left at this rate; None if there is no way to tell."""
        if not self._days or not rate:
            return None
        per_day = self._bytes / self._days
        waiting = self.days_left - sum(slice_.days for slice_ in self._received)
        running = sum(max(per_day * slice_.days - count, 0.0) for slice_, count in self._received.items())
        return (per_day * waiting + running) / rate


@define
class _SliceTracker(FetchObserver):
    """Reports one slice to the tracker and to the pool; takes back what a failed attempt had added."""

    tracker: Tracker
    claim: Claim
    attempts: int = field(default=0)
    events: int = field(default=0)
    received: int = field(default=0)

    def on_attempt(self) -> None:
        is_first = not self.attempts
        self.attempts += 1
        self.claim.on_attempt()
        self.received = 0
        self.tracker.received(self.claim.slice_, 0)
        self.tracker.change(
            self.claim.slice_, events=-self.events, slices=int(is_first), retries=int(not is_first)
        )
        self.events = 0

    def on_bytes(self, count: int, events: int) -> None:
        if count:
            self.claim.on_bytes(count)
            self.received += count
            self.tracker.received(self.claim.slice_, self.received)
        self.tracker.change(self.claim.slice_, received=count, events=events - self.events)
        self.events = events

    def on_limited(self) -> None:
        self.claim.on_limited()

    def on_wait(self, seconds: float, reason: str) -> None:
        self.tracker.wait(self.claim.slice_, (reason, seconds))

    def on_abandoned(self) -> None:
        """Take back what the slice had added: its days are fetched in other slices."""
        self.tracker.received(self.claim.slice_, None)
        self.tracker.change(self.claim.slice_, events=-self.events, slices=-1)
        self.events = 0

"""How far an export has come: plain numbers, and a callback that is told of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from attrs import define, evolve, field

from mixpanel_export.download.fetch import FetchObserver
from mixpanel_export.download.plan import Slice

__all__ = ["Progress", "ProgressListener", "Tracker"]


@define
class Progress:
    """How far an export has come.

    Attributes:
        slices: how many slices (requests) the plan has.
        slices_done: how many of them are complete.
        events: events in complete slices, and those of the others seen so far.
        received: bytes that came over the network, compressed as they came.
        lines: bytes of JSON Lines in complete slices, decompressed.
        retries: how many attempts were repeated.
        seconds: how long the export has been running.
        waiting: why slices wait, and how many seconds the longest of these waits is; None when none waits.
        dropped: duplicates left out, where that was asked for.
    """

    slices: int = 0
    slices_done: int = 0
    events: int = 0
    received: int = 0
    lines: int = 0
    retries: int = 0
    seconds: float = 0.0
    waiting: tuple[str, float] | None = None
    dropped: int = 0

    @property
    def rate(self) -> float:
        """Bytes received a second, on average."""
        return self.received / self.seconds if self.seconds else 0.0


ProgressListener = Callable[[Progress], object]


class Tracker:
    """Adds up what the threads of a download report, and tells one listener, one call at a time.

    The listener is called in the threads that download or prove. What it raises ends the export.
    """

    def __init__(self, slices: int, listener: ProgressListener | None) -> None:
        self._lock = threading.Lock()
        self._listener = listener
        self._began = time.monotonic()
        self._progress = Progress(slices=slices)
        self._waiting: dict[Slice, tuple[str, float]] = {}

    def totals(self) -> Progress:
        """The numbers as they are now."""
        with self._lock:
            return self._snapshot()

    def of(self, slice_: Slice) -> _SliceTracker:
        """What one slice reports to."""
        return _SliceTracker(self, slice_)

    def done(self, lines: int) -> None:
        """A slice is complete."""
        self.change(None, slices_done=1, lines=lines)

    def drop(self, duplicates: int) -> None:
        """So many events were left out as duplicates."""
        self.change(None, dropped=duplicates)

    def wait(self, slice_: Slice, waiting: tuple[str, float]) -> None:
        """A slice waits: why, and for how many seconds."""
        with self._lock:
            self._waiting[slice_] = waiting
            self._tell()

    def change(self, slice_: Slice | None, **changes: int) -> None:
        """Add to the numbers; the slice that reports is not waiting."""
        with self._lock:
            if slice_ is not None:
                self._waiting.pop(slice_, None)
            for name, amount in changes.items():
                setattr(self._progress, name, getattr(self._progress, name) + amount)
            self._tell()

    def _tell(self) -> None:
        if self._listener is not None:
            self._listener(self._snapshot())

    def _snapshot(self) -> Progress:
        longest = max(self._waiting.values(), key=lambda each: each[1], default=None)
        return evolve(self._progress, seconds=time.monotonic() - self._began, waiting=longest)


@define
class _SliceTracker(FetchObserver):
    """One slice's part of the numbers; takes back what a failed attempt had added."""

    tracker: Tracker
    slice_: Slice
    attempts: int = field(default=0)
    events: int = field(default=0)

    def on_attempt(self) -> None:
        retried = 1 if self.attempts else 0
        self.attempts += 1
        self.tracker.change(self.slice_, events=-self.events, retries=retried)
        self.events = 0

    def on_bytes(self, count: int, events: int) -> None:
        self.tracker.change(self.slice_, received=count, events=events - self.events)
        self.events = events

    def on_wait(self, seconds: float, reason: str) -> None:
        self.tracker.wait(self.slice_, (reason, seconds))

"""Decide which requests an export makes, from what its requests have shown so far.

Pure: the caller reports what happens and when, and asks what to start next. Requests are scarce (60 an hour and 3 a
second for each project), so a plan starts with one to three of them: the first day, the last day, and all that lies
between. If the range turns out to be small, that was all. If it is large, the long slice is abandoned and cut
again, so that each slice is worth its request. See `plan` for slices, and `pool` for the threads that fetch them.
"""

from __future__ import annotations

import datetime
import statistics
from collections.abc import Iterable, Iterator, Sequence
from typing import Self

from attrs import define, evolve, field, frozen

from mixpanel_export.download.plan import DayDensity, Plan, Slice
from mixpanel_export.http.limits import MIXPANEL_LIMITS, SECOND

__all__ = ["Pace", "SlicePlanner"]

# Ranges up to this many days start as one request, and up to this many without a look at their last day.
_WHOLE_DAYS = 2
_SHORT_DAYS = 62
# With so few requests left of the hour, none is spent on a look.
_LAST_REQUESTS = 15
# Assumed until measured: seconds to a first byte, and bytes a second of one connection, compressed.
_USUAL_LATENCY = 0.3
_USUAL_RATE = 4e6
# One process takes no more compressed bytes a second than this, however many connections bring them.
_PROCESS_RATE = 60e6
# A rate says something after this many bytes and seconds.
_RATE_BYTES = 1 << 16
_RATE_SECONDS = 0.2
# Days next to a slice that is still running are taken to be this many times as large as what has come of it.
_CAUTION = 4.0
# Before the rest is cut, the first complete day is waited for, for this part of the time that the rest takes.
_PATIENCE = 14.0
# A plan leaves a quarter of the hour's requests to retries and other programs.
_SHARE_OF_BUDGET = 0.75
# Seconds that an extra request must save to be worth its share of the hour.
_REQUEST_WORTH = 0.1
# Connections break: on average one in this many seconds, and its slice starts over.
_BREAKS_EVERY = 7200.0
# A slice is abandoned when cutting it again saves this many seconds, and this share of what is left.
_WORTH_SECONDS = 1.0
_WORTH_SHARE = 2.0
# Where nobody counts requests, slices are this small, in compressed bytes: their lines then fit in memory and need
# to be inflated only once.
_FREE_BYTES = 4 << 20
# Slices are not cut again unless they are this many times as large as they looked when they were cut.
_SURPRISE = 2.0
# A slice this many times as large as the days around it has one huge day, which cannot be cut.
_SPIKE = 10.0
# Abandoned slices are requests for nothing: this many, or a sixth of what the hour allows.
_FEW_ABANDONED = 3
_HOUR = 3600.0


@frozen
class Pace:
    """The rate at which requests may start.

    Attributes:
        per_second: requests that may start in a second; None for any number.
        per_hour: requests that may start in an hour; None for any number.
        left: requests that are left of this hour; None for any number.
    """

    per_second: int | None = None
    per_hour: int | None = None
    left: int | None = None

    @property
    def is_free(self) -> bool:
        """True if nobody counts requests."""
        return self.per_second is None and self.per_hour is None

    def start_of(self, number: int) -> float:
        """Return the seconds until request `number`, counted from 0, may start."""
        seconds = number / self.per_second if self.per_second is not None else 0.0
        if self.per_hour is not None and self.left is not None and number >= self.left:
            return seconds + _HOUR * (1 + (number - self.left) // self.per_hour)
        return seconds


_USUAL = MIXPANEL_LIMITS.export
_USUAL_PACE = Pace(_USUAL.per_second, _USUAL.per_hour, left=_USUAL.per_hour)


@define
class _Running:
    """A slice that is being received."""

    started: float
    expected: float | None
    first_byte: float | None = None
    received: int = 0

    def rate(self, now: float) -> float | None:
        """Bytes a second since the first one, or None while that says little."""
        if self.first_byte is None or self.received < _RATE_BYTES or now - self.first_byte < _RATE_SECONDS:
            return None
        return self.received / (now - self.first_byte)


def _slices(given: Iterable[Slice]) -> list[Slice]:
    return list(given)


def _densities(given: Iterable[DayDensity]) -> list[DayDensity]:
    return list(given)


@define
class SlicePlanner:
    """The days that an export still has to ask for, and the choice of the next request.

    Times are seconds of any clock that only goes forward. Not thread-safe.

    Args:
        ranges: the days to fetch, in order and without overlap.
        parallel: the most slices to fetch at a time.
        pace: how fast requests may start.
        known: the size of days that are already complete, as a manifest knows it.
        fixed: slices to fetch as they are, besides the ranges.
    """

    _ranges: list[Slice] = field(converter=_slices)
    parallel: int
    _pace: Pace = Pace()
    _known: list[DayDensity] = field(factory=list[DayDensity], converter=_densities)
    _fixed: list[Slice] = field(factory=list[Slice], converter=_slices)
    _kept: frozenset[Slice] = field(factory=frozenset[Slice], init=False)
    _queue: list[Slice] = field(factory=list[Slice], init=False)
    # The first day that is not asked for yet; not looked for again until one is taken.
    _first_day: datetime.date | None = field(default=None, init=False)
    _probes: set[Slice] = field(factory=set[Slice], init=False)
    _running: dict[Slice, _Running] = field(factory=dict[Slice, "_Running"], init=False)
    _nearest: dict[Slice, tuple[float | None, float | None]] = field(
        factory=dict[Slice, "tuple[float | None, float | None]"], init=False
    )
    _rate: float | None = field(default=None, init=False)
    _best_rate: float = field(default=0.0, init=False)
    _total_rate: float = field(default=_PROCESS_RATE, init=False)
    _starts: list[float] = field(factory=list[float], init=False)
    _latencies: list[float] = field(factory=list[float], init=False)
    _started: int = field(default=0, init=False)
    _abandoned: int = field(default=0, init=False)

    @classmethod
    def of(cls, plan: Plan, pace: Pace) -> Self:
        """Return a planner of these days."""
        return cls(plan.ranges, plan.parallel, pace, plan.known, plan.fixed)

    def __attrs_post_init__(self) -> None:
        first = list(self._first_slices())
        self._probes = {slice_ for slice_ in first if slice_.days == 1}
        for slice_ in first:
            self._take(slice_)
        self._kept = frozenset(self._fixed)
        self._queue = sorted(self._fixed) + first
        self._find_first_day()

    @property
    def is_done(self) -> bool:
        """True once every day has been handed out and is complete."""
        return not (self._ranges or self._queue or self._running)

    @property
    def first_day(self) -> datetime.date | None:
        """The first day that is not asked for yet."""
        return self._first_day

    def outline(self) -> list[Slice]:
        """Return the remaining days, cut as they would be now, in order."""
        slices = list(self._queue)
        if self._ranges:
            length = self._best_days(self._ranges)
            slices += [part for range_ in self._ranges for part in _split_evenly(range_, length)]
        return sorted(slices)

    @property
    def most_requests(self) -> int:
        """The most requests that the days left are worth, retries aside: one a day, and those given up."""
        waiting = [*self._queue, *self._ranges]
        fixed = sum(slice_ in self._kept for slice_ in waiting)
        cuttable = [slice_ for slice_ in waiting if slice_ not in self._kept]
        return fixed + sum(slice_.days + (slice_.days > 1) for slice_ in cuttable)

    @property
    def reason(self) -> str:
        """Why the days are requested in as many slices as they are, as a clause."""
        if not self._ranges and all(slice_ in self._kept for slice_ in self._queue):
            return "the slices are fixed"
        if self._known:
            return "the sizes of other days are known; days that turn out larger are cut again"
        return "the first requests show how large the days are; large ranges are then cut again"

    @property
    def requests(self) -> int:
        """The number of requests started."""
        return self._started

    def next(self, now: float) -> Slice | None:
        """Return the next slice to start, or None when nothing is left to start."""
        if len(self._running) >= self.parallel or not (self._queue or self._ranges):
            return None
        if not self._queue and self._is_early(now):
            return None
        if self._pace.per_second is not None:
            # Later slices are cut with more evidence, so none is cut before it may start.
            self._starts = [start for start in self._starts if now - start < SECOND]
            if len(self._starts) >= self._pace.per_second:
                return None
            self._starts.append(now)
        slice_ = self._queue.pop(0) if self._queue else self._cut()
        self._find_first_day()
        # Nobody asks about slices that are not cut again, and there may be thousands.
        expected = None if slice_ in self._kept else self._expected(slice_)
        self._running[slice_] = _Running(now, expected)
        self._started += 1
        return slice_

    def on_bytes(self, slice_: Slice, received: int, now: float) -> None:
        """Note how many bytes of a slice have come so far; none when its request is sent, or sent again."""
        running = self._running[slice_]
        if not received:
            running.started, running.first_byte = now, None
        elif running.first_byte is None:
            running.first_byte = now
            self._latencies.append(now - running.started)
        running.received = received
        self._measure(now)

    def on_limited(self) -> None:
        """Note that the server counts requests. If the client does not, plan for Mixpanel's usual limits."""
        if self._pace.is_free:
            self._pace = _USUAL_PACE

    def on_end(self, slice_: Slice, received: int, now: float, *, is_complete: bool = True) -> None:
        """Note that a slice has ended: complete, with this many bytes, or failed for good."""
        self._running[slice_].received = received
        self._measure(now)
        del self._running[slice_]
        if is_complete:
            self._learn(DayDensity(slice_, received))

    def abandon(self) -> Slice | None:
        """Take back a running slice that is worth cutting again; None when there is none."""
        if self._pace.left is not None and self._abandoned >= max(_FEW_ABANDONED, self._pace.left // 6):
            return None
        for slice_, running in self._running.items():
            if slice_.days == 1 or slice_ in self._kept or not self._is_worth_cutting(slice_, running):
                continue
            del self._running[slice_]
            self._abandoned += 1
            self._ranges = sorted([*self._ranges, slice_])
            self._find_first_day()
            self._remember(slice_, running)
            return slice_
        return None

    def _find_first_day(self) -> None:
        waiting = (slice_.from_date for slice_ in (*self._queue, *self._ranges))
        self._first_day = min(waiting, default=None)

    def _is_early(self, now: float) -> bool:
        """Return True if it pays to wait a little until the first days are complete, before the rest is cut."""
        probes = [running for slice_, running in self._running.items() if slice_ in self._probes]
        if self._known or not probes or self._pace.is_free:
            return False
        size = sum(filter(None, map(self._expected, self._ranges)))
        days = self._best_days(self._ranges)
        return (
            now - min(probe.started for probe in probes) < self._seconds(self._ranges, size, days) / _PATIENCE
        )

    def _first_slices(self) -> Iterator[Slice]:
        """Return the slices to start with when nothing is known."""
        few = self._pace.left is not None and self._pace.left <= max(_LAST_REQUESTS, len(self._ranges) + 2)
        if (
            self._known
            or few
            or self.parallel == 1
            or len(self._ranges) != 1
            or self._ranges[0].days <= _WHOLE_DAYS
        ):
            return
        whole = self._ranges[0]
        if whole.days <= _WHOLE_DAYS:
            return
        yield whole.part(0, 1)
        if whole.days > _SHORT_DAYS:
            yield whole.part(whole.days - 1, whole.days)
            yield whole.part(1, whole.days - 1)
        else:
            yield whole.part(1, whole.days)

    def _take(self, slice_: Slice) -> None:
        """Take a slice out of the range that holds it."""
        for at, range_ in enumerate(self._ranges):
            if range_.from_date <= slice_.from_date and slice_.to_date <= range_.to_date:
                start = (slice_.from_date - range_.from_date).days
                rest = [(0, start), (start + slice_.days, range_.days)]
                self._ranges[at : at + 1] = [range_.part(first, last) for first, last in rest if first < last]
                return

    def _cut(self) -> Slice:
        """Take the next slice off the days that are left."""
        slice_ = _split_evenly(self._ranges[0], self._best_days(self._ranges))[0]
        self._take(slice_)
        return slice_

    def _best_days(self, ranges: Sequence[Slice]) -> int:
        """Return the number of days to request at once."""
        longest = max(range_.days for range_ in ranges)
        sizes = [self._expected(range_) for range_ in ranges]
        if any(size is None for size in sizes):
            return longest
        size = sum(filter(None, sizes))
        return min(_lengths(longest), key=lambda days: (self._seconds(ranges, size, days), -days))

    def _seconds(self, ranges: Sequence[Slice], size: float, days: int) -> float:
        """About how long it takes to fetch ranges of this size in slices of this many days."""
        count = sum(-(-range_.days // days) for range_ in ranges)
        total = sum(range_.days for range_ in ranges)
        largest = size * min(days, total) / total
        if self._pace.is_free:
            # Requests cost nothing, but slices whose lines do not fit in memory are inflated twice.
            return max(largest, _FREE_BYTES) / _USUAL_RATE + count * 1e-3
        each = self._latency + largest / (self._rate or _USUAL_RATE)
        pace = self._pace
        if pace.left is not None:
            pace = evolve(pace, left=max(0, int(pace.left * _SHARE_OF_BUDGET) - self._started))
        seconds = max(_makespan(count, each, pace, self.parallel), size / self._total_rate)
        return seconds + count * _REQUEST_WORTH + each * each / (2 * _BREAKS_EVERY)

    def _is_worth_cutting(self, slice_: Slice, running: _Running) -> bool:
        size = self._size_of(slice_, running)
        if size is None or (running.expected is not None and size < running.expected * _SURPRISE):
            return False
        if running.expected and size > running.expected * _SPIKE and self._has_known_neighbours(slice_):
            return False
        if self._pace.is_free:
            return size > 1.5 * _FREE_BYTES and size - running.received > _FREE_BYTES
        if self._rate is None:
            return False
        left = max(0.0, size - running.received) / self._rate
        again = min(
            self._seconds([slice_], size, days) for days in _lengths(slice_.days) if days < slice_.days
        )
        return again * _WORTH_SHARE + _WORTH_SECONDS < left

    def _has_known_neighbours(self, slice_: Slice) -> bool:
        return any(day.slice_ < slice_ for day in self._known) and any(
            day.slice_ > slice_ for day in self._known
        )

    def _size_of(self, slice_: Slice, running: _Running) -> float | None:
        """About how many bytes a running slice has."""
        density = self._density(slice_, 2.0)
        expected = density * slice_.days if density is not None else 0.0
        if running.received <= expected * 1.2:
            return expected
        # More than expected: nobody knows how much more, so assume as much again.
        return 2.0 * running.received if running.received else None

    def _remember(self, slice_: Slice, running: _Running) -> None:
        """Keep what an abandoned slice has shown: its days hold at least what has come."""
        if (size := self._size_of(slice_, running)) is not None:
            known = self._expected(slice_)
            if known is None or size > known * _SURPRISE:
                self._learn(DayDensity(slice_, int(size)))

    def _expected(self, slice_: Slice) -> float | None:
        density = self._density(slice_, 2.0 if self._pace.is_free else _CAUTION)
        return density * slice_.days if density is not None else None

    def _density(self, slice_: Slice, unfinished: float) -> float | None:
        """Bytes a day, by the nearest days on either side that have shown something.

        Args:
            unfinished: how many times as large as what has come of it a running slice is taken to be.
        """
        if slice_ not in self._nearest:
            self._nearest[slice_] = self._nearest_known(slice_)
        before, after = self._nearest[slice_]
        if before is None or after is None:
            # Only slices that are still running can tell about that side, and at least what has come of them.
            least = max(
                (
                    running.received / other.days
                    for other, running in self._running.items()
                    if other != slice_
                ),
                default=0.0,
            )
            unknown = least * unfinished if least else None
            before = unknown if before is None else before
            after = max(filter(None, (unknown, before)), default=before) if after is None else after
        near = [per_day for per_day in (before, after) if per_day is not None]
        return sum(near) / len(near) if near else None

    def _nearest_known(self, slice_: Slice) -> tuple[float | None, float | None]:
        """Bytes a day of the nearest complete days before and after a slice, or of those within it."""
        inside = [day.per_day for day in self._known if _overlap(day.slice_, slice_)]
        if inside:
            return max(inside), max(inside)
        # Not by comparing slices, which takes ten times as long.
        first, last = slice_.from_date, slice_.to_date
        before = [day for day in self._known if day.slice_.to_date < first]
        after = [day for day in self._known if day.slice_.from_date > last]
        return (
            max(before, key=_last_day).per_day if before else None,
            min(after, key=_first_day).per_day if after else None,
        )

    def _learn(self, density: DayDensity) -> None:
        self._known.append(density)
        self._nearest.clear()

    def _measure(self, now: float) -> None:
        """Keep the rate of one connection, and that of all when more of them bring no more."""
        rates = [rate for running in self._running.values() if (rate := running.rate(now)) is not None]
        if not rates:
            return
        self._rate = statistics.median(rates)
        if len(rates) <= 2:
            self._best_rate = max(self._best_rate, *rates)
        elif sum(rates) < 1.5 * self._best_rate:
            self._total_rate = sum(rates)

    @property
    def _latency(self) -> float:
        return statistics.median(self._latencies[-8:]) if self._latencies else _USUAL_LATENCY


def _split_evenly(range_: Slice, days: int) -> list[Slice]:
    """Divide a range into nearly equal parts of at most this many days."""
    count = -(-range_.days // days)
    return range_.split(-(-range_.days // count))


def _overlap(one: Slice, other: Slice) -> bool:
    return one.from_date <= other.to_date and other.from_date <= one.to_date


def _first_day(day: DayDensity) -> datetime.date:
    return day.slice_.from_date


def _last_day(day: DayDensity) -> datetime.date:
    return day.slice_.to_date


def _lengths(longest: int) -> list[int]:
    """Return the lengths of slices to compare, in days."""
    counts = [count for count in range(1, longest + 1) if count <= 64 or count == longest]
    return sorted({-(-longest // count) for count in counts} | {1})


def _makespan(count: int, each: float, pace: Pace, parallel: int) -> float:
    """About when the last of `count` requests ends, each of which takes `each` seconds."""
    return max(pace.start_of(count - 1) + each, -(-count // parallel) * each)

"""Decide which requests an export makes, from what its requests have shown so far.

Pure: the caller reports what happens and when, and asks what to start next. Requests are scarce (60 an hour and 3 a
second for each project), so a plan starts with one for a short range, and otherwise with three: a day of the last
fortnight, the days after it, and all days before it. If the range turns out to be small, that was all. If it is
large, the long slices are abandoned and cut again, so that each slice is worth its request. See `plan` for slices,
and `pool` for the threads that fetch them.
"""

from __future__ import annotations

import datetime
import math
import statistics
from collections.abc import Iterable, Iterator, Sequence
from typing import Self

from attrs import define, field, frozen

from mixpanel_export.download.plan import DayDensity, Plan, Slice
from mixpanel_export.http.limits import MIXPANEL_LIMITS, SECOND

__all__ = ["Pace", "SlicePlanner"]

# Ranges up to this many days start as one request, and are cut into days if at all.
_SHORT_DAYS = 8
# Longer ones start with a look at one day, and a slice for at least this many days after it.
_LAST_DAYS = 7
_SATURDAY = 5
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
# A slice that shows more than expected is taken to be this many times as large as what has come of it, and more so
# each time that this was too small: cutting twice costs more than cutting a little too small.
_CAUTION = 4.0
_MORE_CAUTION = 1.2
# The same where nobody counts requests.
_FREE_CAUTION = 2.0
# Before the rest is cut, the first complete day is waited for, for this part of the time that the rest takes.
_PATIENCE = 14.0
# A plan leaves a quarter of the hour's requests to retries and other programs.
_SHARE_OF_BUDGET = 0.75
# Seconds that an extra request must save to be worth its share of the hour.
_REQUEST_WORTH = 0.1
# Connections break: on average one in this many seconds, and its slice starts over.
_BREAKS_EVERY = 7200.0
# A slice is abandoned when cutting it again saves this many seconds.
_WORTH_SECONDS = 0.3
# Where nobody counts requests, slices are this small, in compressed bytes: their lines then fit in memory and need
# to be inflated only once.
_FREE_BYTES = 4 << 20
# A slice shows more than expected once this many times as much has come, and is not cut again unless it seems to be
# this many times as large as it was when it was cut.
_OVERRUN = 1.4
_SURPRISE = 2.0
# Abandoned slices are requests for nothing: this many, or a sixth of what the hour allows.
_FEW_ABANDONED = 3
_HOUR = 3600.0

# The first of some days, and bytes a day.
_Side = tuple[datetime.date, float] | None


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
        """Return the seconds until request `number`, counted from 0, may start, within this hour."""
        return number / self.per_second * SECOND if self.per_second is not None else 0.0


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
    _nearest: dict[Slice, tuple[_Side, _Side]] = field(factory=dict[Slice, "tuple[_Side, _Side]"], init=False)
    _rate: float | None = field(default=None, init=False)
    _best_rate: float = field(default=0.0, init=False)
    _total_rate: float = field(default=_PROCESS_RATE, init=False)
    _starts: list[float] = field(factory=list[float], init=False)
    _latencies: list[float] = field(factory=list[float], init=False)
    _started: int = field(default=0, init=False)
    _abandoned: list[DayDensity] = field(factory=list[DayDensity], init=False)

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
        """The most requests that the days left can take, retries aside: one a day, and those given up."""
        fixed = sum(slice_ in self._kept for slice_ in self._queue)
        first = [slice_ for slice_ in self._queue if slice_ not in self._kept]
        days = sum(slice_.days for slice_ in (*first, *self._ranges))
        # Each slice is given up once at most, for at least two others, and a short one for single days.
        given_up = sum(range_.days - 1 for range_ in self._ranges)
        given_up += sum(slice_.days - 1 if slice_.days > _SHORT_DAYS else slice_.days > 1 for slice_ in first)
        most = self._most_abandoned
        return fixed + days + (given_up if most is None else min(given_up, most))

    @property
    def reason(self) -> str:
        """Why the days are requested in as many slices as they are, as a clause."""
        cuttable = [slice_ for slice_ in (*self._queue, *self._ranges) if slice_ not in self._kept]
        if all(slice_.days == 1 for slice_ in cuttable):
            return "the slices are fixed" if self._kept else "a single day is one request"
        if self.parallel == 1:
            return "slices are fetched one at a time; only a very large range is cut again"
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
        if self._most_abandoned is not None and len(self._abandoned) >= self._most_abandoned:
            return None
        for slice_, running in self._running.items():
            if slice_.days == 1 or slice_ in self._kept or not self._is_worth_cutting(slice_, running):
                continue
            self._abandoned.append(DayDensity(slice_, int(self._size_of(slice_, running))))
            del self._running[slice_]
            self._ranges = sorted([*self._ranges, slice_])
            self._find_first_day()
            return slice_
        return None

    @property
    def _most_abandoned(self) -> int | None:
        return max(_FEW_ABANDONED, self._pace.left // 6) if self._pace.left is not None else None

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
        if self._known or len(self._ranges) != 1:
            return
        whole = self._ranges[0]
        few = self._pace.left is not None and self._pace.left <= _LAST_REQUESTS
        if few or self.parallel == 1 or whole.days <= _SHORT_DAYS:
            yield whole
            return
        probe = _probe(whole)
        yield whole.part(probe, probe + 1)
        yield whole.part(probe + 1, whole.days)
        if probe:
            yield whole.part(0, probe)

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
        range_ = self._ranges[0]
        slice_ = _split_evenly(range_, self._best_days(self._ranges))[0]
        for day in self._abandoned:
            if _overlap(slice_, day.slice_):
                slice_ = slice_.part(0, min(slice_.days, _parts_of(day.slice_)))
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

    def _seconds(self, ranges: Sequence[Slice], size: float, days: int, *, gives_up: bool = False) -> float:
        """About how long it takes to fetch ranges of this size in slices of this many days.

        Args:
            gives_up: a running slice makes room for them, and nobody knows when the others do.
        """
        count = sum(-(-range_.days // days) for range_ in ranges)
        total = sum(range_.days for range_ in ranges)
        largest = size * min(days, total) / total
        if self._pace.is_free:
            # Requests cost nothing, but slices whose lines do not fit in memory are inflated twice.
            return max(largest, _FREE_BYTES) / _USUAL_RATE + count * 1e-3
        if gives_up:
            waves = -(-count // max(1, self.parallel - len(self._running) + 1))
        else:
            waves = math.ceil((count + self._busy(largest)) / self.parallel)
        each = self._latency + largest / (self._rate or _USUAL_RATE)
        seconds = max(self._pace.start_of(count - 1) + each, waves * each, size / self._total_rate)
        return seconds + self._wait(count) + count * _REQUEST_WORTH + each * each / (2 * _BREAKS_EVERY)

    def _busy(self, size: float) -> float:
        """Return the number of slices of this size that all running ones amount to, one each at most."""
        left = (
            1.0 if not (running.expected and size) else (running.expected - running.received) / size
            for running in self._running.values()
        )
        return sum(min(1.0, max(0.0, share)) for share in left)

    def _wait(self, count: int) -> float:
        """About how long this many further requests wait for the hourly budget, and others for them."""
        pace = self._pace
        if pace.left is None or pace.per_hour is None:
            return 0.0
        beyond = self._started + count - int(pace.left * _SHARE_OF_BUDGET)
        if beyond <= 0:
            return 0.0
        return _HOUR * -(-beyond // pace.per_hour) + min(beyond, count) * _HOUR / pace.per_hour

    def _is_worth_cutting(self, slice_: Slice, running: _Running) -> bool:
        size = self._size_of(slice_, running)
        if not size or (running.expected and size < running.expected * _SURPRISE):
            return False
        if self._pace.is_free:
            return size > 1.5 * _FREE_BYTES and size - running.received > _FREE_BYTES
        if self._rate is None:
            return False
        left = max(0.0, size - running.received) / self._rate
        # Its parts would share the pace of requests with all that waits.
        waiting = sum(filter(None, map(self._expected, self._ranges)))
        ranges = [*self._ranges, *slice_.split(_parts_of(slice_))]
        longest = max(range_.days for range_ in ranges)
        again = min(self._seconds(ranges, waiting + size, days, gives_up=True) for days in _lengths(longest))
        return again + _WORTH_SECONDS < left

    def _size_of(self, slice_: Slice, running: _Running) -> float:
        """About how many bytes a running slice has; 0 if unknown."""
        per_day = self._unfinished(slice_, running) or self._density(slice_) or 0.0
        return max(per_day * slice_.days, running.received)

    def _expected(self, slice_: Slice) -> float | None:
        density = self._density(slice_)
        return density * slice_.days if density is not None else None

    def _density(self, slice_: Slice) -> float | None:
        """Bytes a day, by the nearest days on either side that have shown something."""
        before, after = self._complete_sides(slice_)
        for other, running in self._running.items():
            if other == slice_ or (per_day := self._unfinished(other, running)) is None:
                continue
            if other < slice_ and (before is None or other.from_date > before[0]):
                before = other.from_date, per_day
            elif other > slice_ and (after is None or other.from_date < after[0]):
                after = other.from_date, per_day
        near, floor = _mean(before, after), self._floor(slice_)
        return max(near, floor) if near is not None else floor or None

    def _unfinished(self, slice_: Slice, running: _Running) -> float | None:
        """Bytes a day of a running slice that has shown more than the complete days around it; None if it has not.

        Nobody knows how much is still to come: the greater the surprise, the more.
        """
        if not running.received:
            return None
        caution = _FREE_CAUTION if self._pace.is_free else _CAUTION * _MORE_CAUTION ** len(self._abandoned)
        per_day, usual = running.received / slice_.days, _mean(*self._complete_sides(slice_))
        if usual is None:
            return per_day * caution
        if per_day <= usual * _OVERRUN:
            return None
        return per_day * min(caution, per_day / usual if usual else caution)

    def _complete_sides(self, slice_: Slice) -> tuple[_Side, _Side]:
        if slice_ not in self._nearest:
            self._nearest[slice_] = self._nearest_known(slice_)
        return self._nearest[slice_]

    def _nearest_known(self, slice_: Slice) -> tuple[_Side, _Side]:
        """Return the nearest complete days before and after a slice."""
        # Not by comparing slices, which takes ten times as long.
        first, last = slice_.from_date, slice_.to_date
        before = max((day for day in self._known if day.slice_.to_date < first), key=_last_day, default=None)
        after = min((day for day in self._known if day.slice_.from_date > last), key=_first_day, default=None)
        return (
            (before.slice_.from_date, before.per_day) if before is not None else None,
            (after.slice_.from_date, after.per_day) if after is not None else None,
        )

    def _floor(self, slice_: Slice) -> float:
        """Bytes a day that the abandoned slices around a slice are taken to have had."""
        around = (day for day in self._abandoned if _overlap(day.slice_, slice_))
        return max((day.per_day for day in around), default=0.0)

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


def _probe(whole: Slice) -> int:
    """Return the day to look at, counted from 0: the last working day before the last week.

    Weekends are often almost empty. Updates fetch the last week again, so it is a separate slice.
    """
    last = whole.days - _LAST_DAYS - 1
    days = range(last, max(last - 3, -1), -1)
    return next((day for day in days if whole.part(day, day + 1).from_date.weekday() < _SATURDAY), last)


def _parts_of(slice_: Slice) -> int:
    """Return the most days of the slices into which one is cut again: few days become single ones."""
    return 1 if slice_.days <= _SHORT_DAYS else -(-slice_.days // 2)


def _mean(before: _Side, after: _Side) -> float | None:
    near = [side[1] for side in (before, after) if side is not None]
    return sum(near) / len(near) if near else None


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

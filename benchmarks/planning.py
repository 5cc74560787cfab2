"""Simulate exports against a model of the server: requests and seconds of each way to cut a range of days.

    python -m benchmarks.planning

The model has a time to the first byte, a rate for each connection and for all of them, and Mixpanel's limits. Days
have sizes in compressed bytes. The table compares the plan that grows from evidence, one request, 16 equal slices,
and the best of all fixed plans.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from attrs import frozen

from mixpanel_export.download.plan import DayDensity, Slice
from mixpanel_export.download.planner import Pace, SlicePlanner
from mixpanel_export.http.limits import SECOND

FIRST = datetime.date(2024, 1, 1)
DAY = datetime.timedelta(days=1)
KB, MB, GB = 1e3, 1e6, 1e9
TICK = 0.05


@frozen
class Server:
    """A model of Mixpanel's export server.

    Attributes:
        latency: seconds to a first byte, and the seconds added by each gigabyte of an answer.
        rate: bytes a second of one connection.
        total: bytes a second of all connections together.
    """

    latency: float = 0.3
    latency_per_gb: float = 0.0
    rate: float = 20 * MB
    total: float = 200 * MB
    per_second: int | None = 3
    per_hour: int | None = 60


@frozen
class Outcome:
    """The cost of one export."""

    requests: int
    seconds: float
    wasted: float = 0.0
    slices: Sequence[Slice] = ()


class Simulation:
    """One export, in steps of time; `choose` is a planner or a fixed list of slices."""

    def __init__(self, server: Server, days: Sequence[float], parallel: int) -> None:
        self.server, self.days, self.parallel = server, days, parallel
        self.now = 0.0
        self.starts: list[float] = []
        self.running: dict[Slice, list[float]] = {}

    def size(self, slice_: Slice) -> float:
        first = (slice_.from_date - FIRST).days
        return sum(self.days[first : first + slice_.days])

    def may_start(self) -> bool:
        server = self.server
        recent = [start for start in self.starts[-3:] if start > self.now - SECOND]
        hour = [start for start in self.starts if start > self.now - 3600.0]
        return (server.per_second is None or len(recent) < server.per_second) and (
            server.per_hour is None or len(hour) < server.per_hour
        )

    def start(self, slice_: Slice) -> None:
        self.starts.append(self.now)
        size = self.size(slice_)
        first_byte = self.now + self.server.latency + self.server.latency_per_gb * size / GB
        self.running[slice_] = [first_byte, 0.0, size]

    def step(self, tick: float) -> None:
        self.now += tick
        streaming = [entry for entry in self.running.values() if entry[0] <= self.now]
        rate = min(self.server.rate, self.server.total / max(len(streaming), 1))
        for entry in streaming:
            entry[1] += rate * min(tick, self.now - entry[0])


def run_planner(
    server: Server, days: Sequence[float], known: Sequence[DayDensity] = (), ranges: Sequence[Slice] = ()
) -> Outcome:
    """Run the plan that grows from evidence."""
    simulation = Simulation(server, days, 32)
    whole = list(ranges) or [Slice(FIRST, FIRST + DAY * (len(days) - 1))]
    pace = Pace(server.per_second, server.per_hour, server.per_hour)
    planner = SlicePlanner(whole, 32, pace, known)
    done: list[Slice] = []
    wasted = 0.0
    tick = min(TICK, max(0.002, sum(days) / server.rate / 200))
    while not planner.is_done:
        while simulation.may_start() and (slice_ := planner.next(simulation.now)) is not None:
            simulation.start(slice_)
        simulation.step(tick)
        for slice_, (first_byte, received, size) in list(simulation.running.items()):
            if first_byte <= simulation.now:
                planner.on_bytes(slice_, int(min(received, size)), simulation.now)
                if received >= size:
                    planner.on_end(slice_, int(size), simulation.now)
                    del simulation.running[slice_]
                    done.append(slice_)
        while (slice_ := planner.abandon()) is not None:
            wasted += simulation.running.pop(slice_)[1]
        if simulation.now > 60 and tick < 1.0:
            tick = 1.0
    return Outcome(len(simulation.starts), simulation.now, wasted, sorted(done))


def run_fixed(server: Server, days: Sequence[float], slice_days: int, parallel: int) -> Outcome:
    """Run a fixed plan of slices of the same number of days."""
    simulation = Simulation(server, days, parallel)
    whole = Slice(FIRST, FIRST + DAY * (len(days) - 1))
    waiting = [whole.part(at, min(at + slice_days, len(days))) for at in range(0, len(days), slice_days)]
    tick = min(TICK, max(0.002, sum(days) / server.rate / 200))
    while waiting or simulation.running:
        while waiting and len(simulation.running) < parallel and simulation.may_start():
            simulation.start(waiting.pop(0))
        simulation.step(tick)
        for slice_, (first_byte, received, size) in list(simulation.running.items()):
            if first_byte <= simulation.now and received >= size:
                del simulation.running[slice_]
        if simulation.now > 60 and tick < 1.0:
            tick = 1.0
    return Outcome(len(simulation.starts), simulation.now)


def best_fixed(server: Server, days: Sequence[float]) -> Outcome:
    """Run all fixed plans, and keep the fastest."""
    lengths = {-(-len(days) // count) for count in range(1, min(len(days), 60) + 1)} | {1}
    return min(
        (run_fixed(server, days, length, 32) for length in sorted(lengths)),
        key=lambda outcome: outcome.seconds,
    )


def scenarios() -> Mapping[str, tuple[Server, Sequence[float]]]:
    """Return the ranges to compare, sizes in compressed bytes."""
    usual = Server()
    slow = Server(rate=2 * MB)
    weekend = [10 * KB if day % 7 < 2 else 20 * MB for day in range(31)]
    return {
        "1 day, small": (usual, [250 * KB]),
        "8 days, small": (usual, [250 * KB] * 8),
        "31 days, small": (usual, [250 * KB] * 31),
        "a year, small": (usual, [30 * KB] * 365),
        "2 days of 30 MB at 1.5 MB/s": (Server(rate=1.5 * MB), [30 * MB] * 2),
        "3 days of 30 MB at 1.5 MB/s": (Server(rate=1.5 * MB), [30 * MB] * 3),
        "8 days of 20 MB at 2 MB/s": (slow, [20 * MB] * 8),
        "30 days of 20 MB at 2 MB/s": (slow, [20 * MB] * 30),
        "30 days of 20 MB, 10 s to the first byte": (Server(rate=2 * MB, latency=10), [20 * MB] * 30),
        "31 days of 20 MB, weekends almost empty, from a Saturday": (slow, weekend),
        "31 days of 20 MB, first and last day almost empty": (slow, [KB] + [20 * MB] * 29 + [KB]),
        "31 days, only the last 7 of 40 MB": (slow, [0.0] * 24 + [40 * MB] * 7),
        "62 days of 8 MB at 2 MB/s": (slow, [8 * MB] * 62),
        "30 days of 1.3 MB at 2 MB/s": (slow, [1.3 * MB] * 30),
        "a year of 5 MB a day at 1 MB/s": (Server(rate=1 * MB), [5 * MB] * 365),
        "a year of 70 MB a day at 2 MB/s": (slow, [70 * MB] * 365),
        "a year of 1 GB a day": (usual, [1 * GB] * 365),
        "growth from nothing, 365 days": (slow, [day * 100 * KB for day in range(365)]),
        "90 days, 7% more each day, up to 60 MB": (slow, [60 * MB * 0.93 ** (89 - day) for day in range(90)]),
        "90 days, from 27 MB down to nothing": (slow, [(90 - day) * 0.3 * MB for day in range(90)]),
        "a week of 60 MB a day in a quiet year": (slow, [10 * KB] * 180 + [60 * MB] * 7 + [10 * KB] * 178),
        "one huge day in a quiet year": (slow, [30 * KB] * 200 + [400 * MB] + [30 * KB] * 164),
        "all on the last day, 31 days": (slow, [0.0] * 30 + [200 * MB]),
        "filter that leaves almost nothing, a year": (usual, [200.0] * 365),
        "30 days of 20 MB, 2 MB/s in all": (Server(rate=2 * MB, total=2 * MB), [20 * MB] * 30),
        "30 days of 0.85 MB, no limits, loopback": (
            Server(latency=0.005, rate=200 * MB, per_second=None, per_hour=None),
            [0.85 * MB] * 30,
        ),
        "8 days of 3.2 MB, no limits, loopback": (
            Server(latency=0.005, rate=200 * MB, per_second=None, per_hour=None),
            [3.2 * MB] * 8,
        ),
        "8 days of 3.2 MB, limits, loopback": (Server(latency=0.005, rate=200 * MB), [3.2 * MB] * 8),
    }


def main() -> None:
    """Print the table."""
    print("| | evidence | one request | 16 slices | best fixed |")
    print("|---|---|---|---|---|")
    for name, (server, days) in scenarios().items():
        sixteenth = -(-len(days) // 16)
        outcomes = (
            run_planner(server, days),
            run_fixed(server, days, len(days), 1),
            run_fixed(server, days, sixteenth, 8),
            best_fixed(server, days),
        )
        cells = [f"{outcome.requests} / {outcome.seconds:.1f} s" for outcome in outcomes]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()

"""Measure exports against other ways to get the same events: `python -m benchmarks.run --help`.

Every run is a new process, and the contenders take turns, so that other load on the machine affects all of them.
Compare the ratios; the seconds say more about the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from typing import Any

from attrs import asdict, evolve, frozen

from benchmarks.contenders import AVAILABLE, CONTENDERS, Measured, Settings
from benchmarks.data import Dataset, add_folder_options, dataset
from benchmarks.server import Server, serving

__all__ = ["main", "run_contender", "settings_of", "versions"]

# The contenders that all others are compared with.
YARDSTICKS = ("curl", "bare-loads", "plain-httpx", "whole-body", "pandas-route", "duckdb-file")
SPEED_UP = "speed-up"
MANY = 16
_WARM_UP = "curl"


@frozen
class Result:
    """The runs of one contender."""

    runs: Sequence[Measured]

    @property
    def seconds(self) -> float:
        """The time of the best run, since a disturbance can only slow a run down."""
        return min(run.seconds for run in self.runs)

    @property
    def median(self) -> float:
        return statistics.median(run.seconds for run in self.runs)

    @property
    def first(self) -> float | None:
        return min((run.first for run in self.runs if run.first is not None), default=None)

    @property
    def memory(self) -> int:
        return max(run.memory for run in self.runs)


@frozen
class SpeedUp:
    """The same export over slow connections, one slice at a time and many at once.

    Attributes:
        limits: whether Mixpanel's request limits applied.
        serial: the seconds with one slice at a time.
        parallel: the seconds with `MANY` slices at once.
        requests: the number of requests with many slices at once.
        violations: the number of requests that the server refused because of a limit, in both runs.
    """

    limits: bool
    serial: float
    parallel: float
    requests: int
    violations: int


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the results."""
    chosen = _parser().parse_args(arguments)
    unknown = [name for name in chosen.only or () if name not in (*CONTENDERS, SPEED_UP)]
    if unknown:
        sys.exit(f"--only: expected one of {', '.join((*CONTENDERS, SPEED_UP))}, got {', '.join(unknown)}")
    data = dataset(chosen.cache, chosen.events)
    print(
        f"{data.events:,} events over {data.days} days, {data.size / 1e6:.0f} MB of JSON Lines; {versions()}\n"
    )
    wanted = [name for name in CONTENDERS if name in (chosen.only or AVAILABLE)]
    results = _compare(wanted, data, chosen.rounds) if wanted else {}
    if results:
        print("\n".join(_table(results)), flush=True)
    speed_ups: list[SpeedUp] = []
    if SPEED_UP in (chosen.only or (SPEED_UP,)):
        for limits in (False, True):
            speed_ups.append(_speed_up(data, chosen.bandwidth, limits))
            print(f"\n{_sentence(speed_ups[-1], chosen.bandwidth)}", flush=True)
    if chosen.json is not None:
        chosen.json.write_text(json.dumps(_report(data, results, speed_ups), indent=1) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument(
        "--events", type=int, default=480_000, help="the number of events (default: %(default)s)"
    )
    parser.add_argument(
        "--rounds", type=int, default=5, help="the runs of each contender (default: %(default)s)"
    )
    parser.add_argument(
        "--only", action="append", metavar="NAME", help=f"a contender, or {SPEED_UP}; repeatable"
    )
    parser.add_argument(
        "--bandwidth",
        type=float,
        default=2e6,
        help="bytes per second of a slow connection (default: %(default).0f)",
    )
    add_folder_options(parser)
    return parser


def _compare(names: Sequence[str], data: Dataset, rounds: int) -> dict[str, Result]:
    runs: dict[str, list[Measured]] = {name: [] for name in names}
    with serving(data) as server:
        settings = settings_of(server, data)
        run_contender(_WARM_UP, settings)
        for _ in range(rounds):
            for name, so_far in runs.items():
                so_far.append(run_contender(name, settings))
    results = {name: Result(so_far) for name, so_far in runs.items()}
    for name, result in results.items():
        counts = {run.events for run in result.runs}
        if not counts <= {0, data.events}:
            sys.exit(f"{name}: expected {data.events} events, got {counts}")
    return results


def _speed_up(data: Dataset, bandwidth: float, limits: bool) -> SpeedUp:
    with serving(data, limits=limits) as server:
        settings = evolve(settings_of(server, data), limits=limits)
        run_contender(_WARM_UP, settings)
        server.set_bandwidth(bandwidth)
        server.reset()
        many = run_contender("directory", evolve(settings, parallel=MANY))
        requests, violations = server.requests, server.violations
        server.reset()
        one = run_contender("directory", evolve(settings, parallel=1))
        return SpeedUp(limits, one.seconds, many.seconds, requests, violations + server.violations)


def settings_of(server: Server, data: Dataset) -> Settings:
    """Return the settings of an export of all days."""
    return Settings(url=server.url, folder=str(data.folder), last_day=data.last_day.isoformat())


def run_contender(name: str, settings: Settings) -> Measured:
    """Run a contender in a new process."""
    command = [sys.executable, "-m", "benchmarks.contenders", name, json.dumps(asdict(settings))]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return Measured(**json.loads(done.stdout))


def _table(results: dict[str, Result]) -> Iterable[str]:
    """Yield the rows of a Markdown table, with the speed of each contender relative to each yardstick."""
    yardsticks = [name for name in YARDSTICKS if name in results]
    heads = ["", "best s", "median s", "first event s", "peak MiB", *(f"÷ {name}" for name in yardsticks)]
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for name, result in results.items():
        cells = [
            name,
            f"{result.seconds:.2f}",
            f"{result.median:.2f}",
            "" if result.first is None else f"{result.first:.2f}",
            f"{result.memory / 2**20:.0f}",
            *(f"{results[other].seconds / result.seconds:.2f}" for other in yardsticks),
        ]
        yield f"| {' | '.join(cells)} |"


def _sentence(done: SpeedUp, bandwidth: float) -> str:
    limits = "Mixpanel's request limits" if done.limits else "no request limits"
    return (
        f"{bandwidth / 1e6:g} MB/s a connection, {limits}: {done.serial:.1f} s one at a time, "
        f"{done.parallel:.1f} s with {MANY} at once and {done.requests} requests, "
        f"{done.serial / done.parallel:.1f} times as fast; {done.violations} requests over a limit"
    )


def _report(data: Dataset, results: dict[str, Result], speed_ups: Sequence[SpeedUp]) -> dict[str, Any]:
    return {
        "events": data.events,
        "bytes": data.size,
        "on": versions(),
        "contenders": {
            name: [
                asdict(run, filter=lambda attribute, _: not attribute.name.startswith("_"))
                for run in result.runs
            ]
            for name, result in results.items()
        },
        "speed_ups": [asdict(speed_up) for speed_up in speed_ups],
    }


def versions() -> str:
    """Describe the interpreter, the native packages and the machine."""
    native = ", ".join(f"{name} {version(name)}" for name in ("isal", "msgspec", "orjson"))
    return f"Python {platform.python_version()}, {native}, {os.cpu_count()} cores"


if __name__ == "__main__":
    main()

"""Measure exports against other ways to get the same events: `python -m benchmarks.run --help`.

Every run is a new process, and the contenders take turns, so that other load on the machine affects all of them.
Compare the ratios; the seconds say more about the machine. Prints the tables of `report`.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from attrs import frozen

from benchmarks import process
from benchmarks.data import FIRST_DAY, Dataset, add_cache_option, dataset
from benchmarks.others import OTHERS
from benchmarks.ours import OURS
from benchmarks.report import FREE, LARGE, LIMITED, SLOW, Measurement, Run, tables, write_chart
from benchmarks.server import Server, serving
from mixpanel_export.sandbox import SandboxCredentials

__all__ = ["main", "settings_of", "versions"]

# The sizes, as a share of `--events`.
SIZES: Mapping[str, float] = {"small": 0.01, "medium": 0.1, LARGE: 1, "largest": 10}


@frozen
class Scenario:
    """An export of one size, and the limits of the server.

    Attributes:
        bandwidth: bytes per second of each connection; None for no limit.
        rounds: the most runs of each contender, if they take long and vary little.
        only: the contenders; empty for all.
    """

    condition: str
    size: str
    limits: bool = False
    bandwidth: float | None = None
    rounds: int = 1000
    only: Collection[str] = ()


SCENARIOS = (
    *(Scenario(FREE, size) for size in ("small", "medium", LARGE)),
    Scenario(FREE, "largest", rounds=1, only=("events", "directory", "parquet")),
    *(Scenario(LIMITED, size, limits=True) for size in ("small", "medium", LARGE)),
    Scenario(SLOW, LARGE, limits=True, bandwidth=2e6, rounds=1),
)


@frozen
class Contender:
    """A contender, with the module and the Python that run it."""

    name: str
    module: str
    python: str

    def measure(self, settings: process.Settings) -> process.Measured:
        """Run it in a new process."""
        return process.measure(self.module, self.python, self.name, settings)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the tables."""
    chosen = _parser().parse_args(arguments)
    pythons = {"others": chosen.others, "ours": sys.executable}
    found = {module: process.available(module, python) for module, python in pythons.items()}
    contenders = [
        Contender(name, module, pythons[module]) for module, names in found.items() for name in names
    ]
    expected = chosen.only or (*OTHERS, *OURS)
    if missing := [name for name in expected if name not in found["others"] | found["ours"]]:
        print(f"not measured, since not installed here: {', '.join(missing)}", file=sys.stderr)
    sizes = {size: round(chosen.events * share) for size, share in SIZES.items()}
    measurement = Measurement(versions(), sizes, found["others"])
    for scenario in SCENARIOS:
        names = set(expected) & set(scenario.only or expected)
        wanted = [contender for contender in contenders if contender.name in names]
        is_chosen = scenario.size in (chosen.size or SIZES) and not (scenario.limits and chosen.no_limits)
        if wanted and is_chosen:
            print(f"{scenario.size}, {scenario.condition}", file=sys.stderr, flush=True)
            data = dataset(chosen.cache, sizes[scenario.size])
            measurement.runs += _measure(scenario, wanted, data, min(chosen.rounds, scenario.rounds))
            measurement.write(chosen.json or chosen.cache / "measured.json")
    print("\n".join(tables(measurement)))
    if chosen.chart is not None:
        write_chart(measurement, chosen.chart)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument(
        "--events", type=int, default=480_000, help="the events of the size `large` (default: %(default)s)"
    )
    parser.add_argument("--size", action="append", choices=list(SIZES), help="a size; repeatable")
    parser.add_argument(
        "--only",
        action="append",
        choices=[*OTHERS, *OURS],
        metavar="NAME",
        help="a contender, such as events or curl; repeatable",
    )
    parser.add_argument("--no-limits", action="store_true", help="leave out what Mixpanel's limits slow down")
    parser.add_argument(
        "--rounds", type=int, default=3, help="the runs of each contender (default: %(default)s)"
    )
    parser.add_argument(
        "--others",
        metavar="PYTHON",
        default=sys.executable,
        help="a Python that has what locks/bench.txt lists, which conflicts with our own dependencies "
        "(default: this one, with what it has)",
    )
    add_cache_option(parser)
    parser.add_argument(
        "--json", type=Path, help="write all measurements to this file (default: measured.json in the cache)"
    )
    parser.add_argument("--chart", type=Path, help="draw the chart to this SVG file")
    return parser


def _measure(
    scenario: Scenario, contenders: Sequence[Contender], data: Dataset, rounds: int
) -> Iterator[Run]:
    with serving(data, limits=scenario.limits) as server:
        settings = settings_of(server, data, limits=scenario.limits)
        # The server compresses each day once.
        Contender("directory", "ours", sys.executable).measure(settings)
        server.set_bandwidth(scenario.bandwidth)
        for _ in range(rounds):
            for contender in contenders:
                # A fresh hour.
                server.reset()
                done = contender.measure(settings)
                if done.events not in {None, data.events}:
                    sys.exit(f"{contender.name}: expected {data.events} events, got {done.events}")
                times = (done.seconds, done.cpu)
                requests = (server.requests, server.violations)
                yield Run(scenario.condition, scenario.size, contender.name, *times, done.memory, *requests)


def settings_of(server: Server, data: Dataset, *, limits: bool = False) -> process.Settings:
    """Return the settings of an export of all days."""
    credentials = SandboxCredentials()
    return process.Settings(
        url=server.url,
        username=credentials.username,
        secret=credentials.secret,
        project=credentials.project_id,
        first_day=FIRST_DAY.isoformat(),
        last_day=data.last_day.isoformat(),
        events=str(data.folder),
        limits=limits,
    )


def versions() -> str:
    """Describe the interpreter, the native packages and the machine."""
    native = ", ".join(f"{name} {version(name)}" for name in ("isal", "msgspec", "pyarrow"))
    return f"Python {platform.python_version()}, {native}, {os.cpu_count()} cores"


if __name__ == "__main__":
    main()

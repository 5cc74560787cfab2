"""Measure exports from a server that enforces Mixpanel's limits: `python -m benchmarks.limits`.

Each contender exports a small project of several ranges, with the budget of a fresh hour. The table has the best
time, the requests of one export, and those that the server refused because of a limit. See `run` for the same
without limits.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence

from attrs import asdict, evolve, frozen

from benchmarks.contenders import AVAILABLE, CONTENDERS
from benchmarks.data import Dataset, add_folder_options, dataset
from benchmarks.run import run_contender, settings_of, versions
from benchmarks.server import Server, serving

__all__ = ["main"]

# Days, and events a day.
SCENARIOS: Mapping[str, tuple[int, int]] = {
    "1 day of 4,000 events": (1, 4_000),
    "8 days of 4,000 events": (8, 4_000),
    "31 days of 4,000 events": (31, 4_000),
    "365 days of 500 events": (365, 500),
    "30 days of 16,000 events": (30, 16_000),
}
USUAL = ("typed-limits", "directory-limits", "tap-mixpanel", "mixpanel-headless", "mixpanel-utils")
_WARM_UP = "curl"


@frozen
class Row:
    """The runs of one contender in one scenario.

    Attributes:
        seconds: the times of the runs.
        requests: the most requests of a run.
        refused: the requests of all runs that were refused because of a limit.
    """

    scenario: str
    contender: str
    seconds: Sequence[float]
    requests: int
    refused: int


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the results."""
    chosen = _parser().parse_args(arguments)
    wanted = [name for name in chosen.only or USUAL if name in AVAILABLE]
    print(f"{versions()}\n")
    rows: list[Row] = []
    for scenario, (days, events) in SCENARIOS.items():
        if not chosen.scenario or any(text in scenario for text in chosen.scenario):
            rows += _rows(scenario, dataset(chosen.cache, days * events, days), wanted, chosen.rounds)
    print("\n".join(_table(rows, wanted)))
    if chosen.json is not None:
        chosen.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.limits", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="runs of each contender (default: %(default)s)")
    parser.add_argument("--only", action="append", choices=list(CONTENDERS), help="a contender; repeatable")
    parser.add_argument("--scenario", action="append", metavar="TEXT", help="part of its name; repeatable")
    add_folder_options(parser)
    return parser


def _rows(scenario: str, data: Dataset, names: Sequence[str], rounds: int) -> list[Row]:
    runs: dict[str, list[tuple[float, int, int]]] = {name: [] for name in names}
    with serving(data, limits=True) as server:
        run_contender(_WARM_UP, settings_of(server, data))
        for _ in range(rounds):
            for name, so_far in runs.items():
                so_far.append(_run(name, server, data))
    return [
        Row(
            scenario,
            name,
            [seconds for seconds, _, _ in so_far],
            max(requests for _, requests, _ in so_far),
            sum(refused for _, _, refused in so_far),
        )
        for name, so_far in runs.items()
    ]


def _run(name: str, server: Server, data: Dataset) -> tuple[float, int, int]:
    # A fresh hour.
    server.reset()
    done = run_contender(name, evolve(settings_of(server, data), limits=True))
    if done.events != data.events:
        sys.exit(f"{name}: expected {data.events} events, got {done.events}")
    return done.seconds, server.requests, server.violations


def _table(rows: Sequence[Row], names: Sequence[str]) -> Iterator[str]:
    """Yield the rows of a Markdown table: best seconds, and requests."""
    yield f"| | {' | '.join(names)} |"
    yield f"|---|{'---|' * len(names)}"
    found = {(row.scenario, row.contender): row for row in rows}
    for scenario in dict.fromkeys(row.scenario for row in rows):
        cells = [_cell(found[scenario, name]) for name in names]
        yield f"| {scenario} | {' | '.join(cells)} |"


def _cell(row: Row) -> str:
    refused = f", {row.refused} refused" if row.refused else ""
    return f"{min(row.seconds):.2f} s / {row.requests}{refused}"


if __name__ == "__main__":
    main()

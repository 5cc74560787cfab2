"""Compare reading events with its floor, in CPU time of one process: `python -m benchmarks.floor --help`.

For work on the loop over events: `run` has the same ratio, but starts a process for each run. Runs take turns, and
the best of each counts.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable, Sequence
from functools import partial

from benchmarks.data import add_cache_option, dataset
from benchmarks.hot_loop import parsed
from benchmarks.ours import bodies_of, client_of
from benchmarks.process import read_events
from benchmarks.run import settings_of, versions
from benchmarks.server import serving

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the ratios."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.floor", description=__doc__)
    parser.add_argument("--events", type=int, default=480_000, help="how many (default: %(default)s)")
    parser.add_argument("--days", type=int, default=8, help="the days they are on (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="the runs of each (default: %(default)s)")
    add_cache_option(parser)
    chosen = parser.parse_args(arguments)
    data = dataset(chosen.cache, chosen.events, chosen.days)
    print(f"{data.events:,} events, {data.days} days of {data.size / data.days / 1e6:.0f} MB; {versions()}\n")
    with serving(data) as server:
        settings = settings_of(server, data)
        bodies = bodies_of(settings)
        with client_of(settings) as client:
            events = partial(client.export.events, *settings.days, slice_days=1)
            best = _best(
                {
                    "floor": lambda: read_events(parsed(bodies)),
                    "events": lambda: read_events(events()),
                    "deduplicated": lambda: read_events(events(deduplicate=True)),
                    "fields": lambda: read_events(events(fields=["$browser"])),
                },
                chosen.rounds,
            )
    print("| | CPU s | ÷ floor | ÷ events |\n|---|---|---|---|")
    for name, seconds in best.items():
        print(f"| {name} | {seconds:.2f} | {seconds / best['floor']:.2f} | {seconds / best['events']:.2f} |")


def _best(loops: dict[str, Callable[[], int]], rounds: int) -> dict[str, float]:
    best = dict.fromkeys(loops, float("inf"))
    for _ in range(rounds):
        for name, loop in loops.items():
            gc.collect()
            start = time.process_time()
            loop()
            best[name] = min(best[name], time.process_time() - start)
    return best


if __name__ == "__main__":
    main()

"""Compare typed iteration with its floor, in CPU time of one process: `python -m benchmarks.floor --help`.

The floor is what any reader must do with this library's native code: inflate once, parse with msgspec, and read the
four values. It checks nothing, and its bytes are in memory. Everything else downloads over loopback from another
process. Runs take turns, so that other load on the machine affects all of them; the best of each counts.
"""

from __future__ import annotations

import argparse
import gc
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import httpx

from benchmarks.contenders import CREDENTIALS, Settings
from benchmarks.data import Dataset, add_folder_options, dataset
from benchmarks.hot_loop import parsed, read
from benchmarks.run import settings_of, versions
from benchmarks.server import serving
from mixpanel_export import Event, MixpanelClient, ServiceAccountAuth
from mixpanel_export.dates import to_date

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the ratios."""
    chosen = _parser().parse_args(arguments)
    data = dataset(chosen.cache, chosen.events, chosen.days)
    print(f"{data.events:,} events, {data.days} days of {data.size / data.days / 1e6:.0f} MB; {versions()}\n")
    with serving(data) as server:
        best = _measure(settings_of(server, data), data, chosen.rounds)
    print("| | CPU s | ÷ floor | ÷ typed |\n|---|---|---|---|")
    for name, seconds in best.items():
        print(f"| {name} | {seconds:.2f} | {seconds / best['floor']:.2f} | {seconds / best['typed']:.2f} |")
    if chosen.json is not None:
        chosen.json.write_text(json.dumps(best, indent=1) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.floor", description=__doc__)
    parser.add_argument(
        "--events", type=int, default=480_000, help="the number of events (default: %(default)s)"
    )
    parser.add_argument("--days", type=int, default=8, help="the days they are on (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="the runs of each (default: %(default)s)")
    add_folder_options(parser)
    return parser


def _measure(settings: Settings, data: Dataset, rounds: int) -> dict[str, float]:
    auth = ServiceAccountAuth(CREDENTIALS.username, CREDENTIALS.secret)
    bodies = list(_bodies(settings, data))
    with MixpanelClient(auth, project_id=CREDENTIALS.project_id, base_url=settings.url) as client:
        export = client.export

        def events(**options: Any) -> Iterator[Event]:
            return iter(export.events(*settings.days, slice_days=1, **options))

        runs: dict[str, Callable[[], Iterable[Event]]] = {
            "floor": lambda: parsed(bodies),
            "typed": events,
            "deduplicated": lambda: events(deduplicate=True),
            "fields": lambda: events(fields=["$browser"]),
        }
        best = dict.fromkeys(runs, float("inf"))
        for _ in range(rounds):
            for name, run in runs.items():
                gc.collect()
                start = time.process_time()
                count = read(run())
                best[name] = min(best[name], time.process_time() - start)
                assert count == data.events, (name, count)
    return best


def _bodies(settings: Settings, data: Dataset) -> Iterator[bytes]:
    """Download each day, compressed."""
    first = to_date("from_date", settings.days[0]).toordinal()
    for day in range(data.days):
        date = type(to_date("from_date", settings.days[0])).fromordinal(first + day).isoformat()
        query = {**settings.query, "from_date": date, "to_date": date}
        auth = httpx.BasicAuth(CREDENTIALS.username, CREDENTIALS.secret)
        with httpx.stream(
            "GET",
            f"{settings.url}/api/2.0/export",
            params=query,
            auth=auth,
            headers={"Accept-Encoding": "gzip"},
            timeout=600,
        ) as response:
            yield b"".join(response.iter_raw())


if __name__ == "__main__":
    main()

"""Compare typed events with others by their CPU time, in one process: `python -m benchmarks.typed_events`.

The types are generated from a sample of the same events. `unknown` has types without a third of the properties, and
`misfit` a type for one property that no value fits, so that every event is read again: the worst cases.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

from benchmarks.data import FIRST_DAY, Dataset, add_cache_option, dataset
from benchmarks.ours import client_of
from benchmarks.process import read_events
from benchmarks.run import settings_of
from benchmarks.server import serving
from mixpanel_export import MixpanelClient
from mixpanel_export.codegen.events import generate

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> None:
    """Measure, and print the best time of each way and its speed as a share of the first."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.typed_events", description=__doc__)
    parser.add_argument("--events", type=int, default=120_000)
    parser.add_argument("--rounds", type=int, default=5)
    add_cache_option(parser)
    chosen = parser.parse_args(arguments)
    data = dataset(chosen.cache, chosen.events)
    with serving(data) as server, client_of(settings_of(server, data)) as client:
        measured = _measure(_ways(client, data), chosen.rounds)
    plain = measured["events"]
    for name, seconds in measured.items():
        print(f"{name:9} {seconds * 1e6 / data.events:6.2f} us/event   {plain / seconds:5.0%}")


def _ways(client: MixpanelClient, data: Dataset) -> dict[str, Callable[[], int]]:
    days = (FIRST_DAY, data.last_day)
    sample: dict[str, Any] = {"sample": 5000, "lexicon": False}
    types = _module(generate(client.export.schema(*days, **sample)))
    some = [*["search", "referrer", "session", "items"], "mp_country_code", "$os", "$city"]
    fewer = _module(generate(client.export.schema(*days, **sample, exclude=some)))
    wrong = _module(generate(client.export.schema(*days, **sample)).replace("session: str", "session: int"))
    return {
        "events": lambda: read_events(client.export.events(*days)),
        "typed": lambda: _use_typed(client.export.events(*days, into=types)),
        "unknown": lambda: _use_typed(client.export.events(*days, into=fewer)),
        "misfit": lambda: read_events(client.export.events(*days, into=wrong)),
    }


def _module(text: str) -> Any:
    module: Any = ModuleType("benchmark_events")
    exec(compile(text, "benchmark_events", "exec", dont_inherit=True), module.__dict__)
    return module


def _measure(ways: dict[str, Callable[[], int]], rounds: int) -> dict[str, float]:
    best: dict[str, float] = {}
    for _ in range(rounds):
        for name, run in ways.items():
            began = time.process_time()
            run()
            best[name] = min(time.process_time() - began, best.get(name, float("inf")))
    return best


def _use_typed(events: Iterable[Any]) -> int:
    count = 0
    for event in events:
        _ = event.name, event.time, event.distinct_id, event.properties.browser
        count += 1
    return count


if __name__ == "__main__":
    main()

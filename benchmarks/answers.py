"""Measure how long answers take to read, as ratios to `json.loads`: `python -m benchmarks.answers`.

Both are measured in one process, in turns, and the best of several rounds counts. Reading means what a client does:
decode the JSON, make the models, and visit every value through them.
"""

from __future__ import annotations

import argparse
import datetime
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from attrs import frozen

from mixpanel_export_api.models import (
    FunnelResult,
    InsightsResult,
    ProfilesPage,
    RetentionResult,
    SegmentationResult,
)
from mixpanel_export_api.runtime import answers

_DAYS = [str(datetime.date(2024, 1, 1) + datetime.timedelta(days=day)) for day in range(90)]


@frozen
class Shape:
    """A shape of an answer: its document, its class, and whether its rows are measured."""

    document: Any
    model: Any
    has_rows: bool = True


def shapes() -> dict[str, Shape]:
    """Return the shapes by name, each of several megabytes."""
    segment = {day: number for number, day in enumerate(_DAYS)}
    step: Any = {
        "count": 32688,
        "step_conv_ratio": 0.5,
        "goal": "App Open",
        "overall_conv_ratio": 0.25,
        "avg_time": 120.5,
        "avg_time_from_start": 240.5,
        "event": "App Open",
    }
    day = {
        "steps": [step] * 3,
        "analysis": {"completion": 20, "starting_amount": 100, "steps": 3, "worst": 1},
    }
    by_segment = {f"segment {number}": [step] * 3 for number in range(10_000)}
    values = {f"segment {number}": segment for number in range(20_000)}
    group = {"counts": [100, 50, 25, 12, 6], "first": 100}
    nested = {f"channel {number}": {"$overall": segment, "nike": segment} for number in range(2000)}
    profile = {"$distinct_id": "user", "$properties": {f"property {number}": number for number in range(40)}}
    return {
        "funnel, 10,000 segments": Shape(
            {"data": {"2024-01-01": {"$overall": day, **by_segment}}}, FunnelResult
        ),
        "funnel, 90 days": Shape({"data": dict.fromkeys(_DAYS * 1, day)}, FunnelResult),
        "segmentation, 36 MB": Shape({"data": {"series": _DAYS, "values": values}}, SegmentationResult),
        "retention, 2,000 segments a day": Shape(
            {day: {f"segment {number}": group for number in range(2000)} for day in _DAYS[:30]},
            RetentionResult,
        ),
        "insights, two breakdowns": Shape(
            {"headers": ["$event", "channel", "brand"], "series": {"A": nested}}, InsightsResult
        ),
        "profiles, 1,000 of 40 properties": Shape(
            {"page": 0, "page_size": 1000, "results": [profile] * 1000}, ProfilesPage, has_rows=False
        ),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print a table of ratios."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.answers", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args(arguments)
    print("| answer | MB | json.loads, s | read ÷ json.loads | to_rows() ÷ json.loads |")
    print("|---|---|---|---|---|")
    for name, shape in shapes().items():
        body = json.dumps(shape.document).encode()
        reader = answers.record(shape.model)
        read = reader.read(answers.decode(body), datetime.UTC)
        works: list[Callable[[], Any]] = [
            lambda body=body: json.loads(body),  # type: ignore[misc]
            lambda body=body, reader=reader: reader.read(answers.decode(body), datetime.UTC),  # type: ignore[misc]
        ]
        if shape.has_rows:
            works.append(read.to_rows)
        loads, reading, *rows = _best(works, chosen.rounds)
        ratio = f"{rows[0] / loads:.2f}" if rows else ""
        print(
            f"| {name} | {len(body) / 1e6:.1f} | {loads:.3f} | {reading / loads:.2f} | {ratio} |", flush=True
        )


def _best(works: list[Callable[[], Any]], rounds: int) -> list[float]:
    best = [float("inf")] * len(works)
    for _ in range(rounds):
        for index, work in enumerate(works):
            started = time.process_time()
            result = work()
            best[index] = min(best[index], time.process_time() - started)
            del result
    return best


if __name__ == "__main__":
    main()

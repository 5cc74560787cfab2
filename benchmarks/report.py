"""The tables and the chart of a measurement: `python -m benchmarks.report measured.json --chart chart.svg`.

`run` writes the measurement, and prints the same tables.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from math import isnan, nan
from pathlib import Path

from attrs import asdict, define, field, frozen

from benchmarks.chart import Bar, draw

__all__ = ["Best", "Measurement", "Run", "bars", "costs", "main", "ratios", "tables", "write_chart"]

# The contenders whose time ours is compared with; of the floor, it is the CPU time.
OTHERS = ("mixpanel-headless", "tap-mixpanel", "mixpanel-utils", "curl", "DuckDB")
FLOOR = "floor"
OURS = ("events", "fields", "deduplicated", "directory", "parquet", "parquet-json")
FREE, LIMITED, SLOW = "no limits", "Mixpanel's limits", "Mixpanel's limits, 2 MB/s per connection"
LARGE = "large"
# The contenders of the chart, by the names that users know them by.
BARS: Mapping[str, str] = {
    "mixpanel-utils": "mixpanel-utils",
    "tap-mixpanel": "tap-mixpanel",
    "mixpanel-headless": "mixpanel-headless",
    "events": "events()",
    "directory": "to_directory()",
}


@frozen
class Run:
    """One run of a contender.

    Attributes:
        seconds: the time of the process; `cpu` is the CPU time of the export alone.
        memory: the peak memory in bytes.
        requests: the number of requests sent; `refused` of them exceeded a limit.
    """

    condition: str
    size: str
    contender: str
    seconds: float
    cpu: float
    memory: int
    requests: int
    refused: int


@frozen
class Best:
    """The best of several runs, since a disturbance can only slow a run down, and the most memory and requests.

    Numbers are NaN if there are no runs.
    """

    seconds: float
    cpu: float
    memory: float
    requests: float
    refused: int

    @classmethod
    def of(cls, runs: Collection[Run]) -> Best:
        """Summarize runs."""
        if not runs:
            return cls(nan, nan, nan, nan, 0)
        return cls(
            min(run.seconds for run in runs),
            min(run.cpu for run in runs),
            max(run.memory for run in runs),
            max(run.requests for run in runs),
            sum(run.refused for run in runs),
        )


@define
class Measurement:
    """All runs of one measurement.

    Attributes:
        on: the interpreter, the native packages and the machine.
        sizes: the number of events of each size.
        versions: the versions of the contenders that are not ours.
    """

    on: str
    sizes: Mapping[str, int]
    versions: Mapping[str, str]
    runs: list[Run] = field(factory=list[Run])

    @classmethod
    def read(cls, path: Path) -> Measurement:
        """Read what `write` wrote."""
        document = json.loads(path.read_bytes())
        runs = [Run(**run) for run in document.pop("runs")]
        return cls(runs=runs, **document)

    def write(self, path: Path) -> None:
        """Write all runs to a JSON file."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")

    def best(self, contender: str, condition: str, size: str) -> Best:
        """Summarize the runs of a contender."""
        key = (contender, condition, size)
        return Best.of([run for run in self.runs if (run.contender, run.condition, run.size) == key])

    def have(self, names: Iterable[str]) -> list[str]:
        """Return those of the contenders that ran."""
        ran = {run.contender for run in self.runs}
        return [name for name in names if name in ran]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables, and draw the chart."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report", description=__doc__)
    parser.add_argument("measured", type=Path, help="the file that `benchmarks.run` wrote")
    parser.add_argument("--chart", type=Path, help="draw the chart to this SVG file")
    chosen = parser.parse_args(arguments)
    measurement = Measurement.read(chosen.measured)
    print("\n".join(tables(measurement)))
    if chosen.chart is not None:
        write_chart(measurement, chosen.chart)


def write_chart(measurement: Measurement, path: Path) -> None:
    """Draw the chart of the largest size that all contenders were measured with."""
    path.write_text(draw(bars(measurement), measurement.sizes[LARGE]), encoding="utf-8")


def tables(measurement: Measurement) -> Iterator[str]:
    """Yield the lines of both tables, in Markdown."""
    yield from (measurement.on, "")
    yield from ratios(measurement)
    yield ""
    yield from costs(measurement)


def ratios(measurement: Measurement) -> Iterator[str]:
    """Yield the lines of the table of ratios; a cell has one of each size."""
    others = measurement.have(OTHERS)
    heads = [f"{name} {measurement.versions.get(name, '')}".rstrip() for name in others]
    yield from _head("times as fast as", *heads, "CPU time ÷ floor")
    for condition in dict.fromkeys(run.condition for run in measurement.runs):
        sizes = _compared_sizes(measurement, condition)
        if sizes:
            yield _row(f"**{condition}**: {' · '.join(sizes)}", *[""] * (len(others) + 1))
        for name in measurement.have(OURS) if sizes else ():
            pairs = {
                other: [[measurement.best(who, condition, size) for who in (name, other)] for size in sizes]
                for other in (*others, FLOOR)
            }
            yield _row(
                f"`{name}`",
                *(
                    _joined(theirs.seconds / ours.seconds for ours, theirs in pairs[other])
                    for other in others
                ),
                # Of the largest size: a small one takes little more than what any call does once.
                _number(pairs[FLOOR][-1][0].cpu / pairs[FLOOR][-1][1].cpu, places=2),
            )


def _compared_sizes(measurement: Measurement, condition: str) -> list[str]:
    compared = {
        run.size
        for run in measurement.runs
        if run.condition == condition and run.contender in (*OTHERS, FLOOR)
    }
    return [size for size in measurement.sizes if size in compared]


def costs(measurement: Measurement) -> Iterator[str]:
    """Yield the lines of the table of time and memory by size, and of requests."""
    ran = {(run.condition, run.size) for run in measurement.runs}
    sizes = [size for size in measurement.sizes if (FREE, size) in ran]
    limits = [condition for condition in (LIMITED, SLOW) if (condition, LARGE) in ran]
    heads = [f"{size}: {measurement.sizes[size]:,} events" for size in sizes]
    yield from _head("", *heads, *(f"{LARGE}, {condition}" for condition in limits))
    for name in measurement.have((*OTHERS, *OURS)):
        yield _row(
            f"`{name}`" if name in OURS else name,
            *(_cost(measurement.best(name, FREE, size)) for size in sizes),
            *(_requests(measurement.best(name, condition, LARGE)) for condition in limits),
        )


def bars(measurement: Measurement) -> list[Bar]:
    """Return the bars of the chart."""
    found = {name: measurement.best(name, FREE, LARGE) for name in measurement.have(BARS)}
    return [Bar(BARS[name], best.seconds, best.memory, name in OURS) for name, best in found.items()]


def _cost(best: Best) -> str:
    return "" if isnan(best.seconds) else f"{_number(best.seconds)} s, {best.memory / 2**20:.0f} MiB"


def _requests(best: Best) -> str:
    if isnan(best.seconds):
        return ""
    requests = f", {best.requests:.0f} request{'s' * (best.requests != 1)}" if best.requests else ""
    refused = f", {best.refused} refused" if best.refused else ""
    return f"{_number(best.seconds)} s{requests}{refused}"


def _number(value: float, *, places: int | None = None) -> str:
    if isnan(value):
        return ""
    if places is None:
        places = 2 if value < 1 else 1 if value < 10 else 0
    return f"{value:.{places}f}"


def _joined(values: Iterable[float]) -> str:
    cells = [_number(value) for value in values]
    return " · ".join(cell or "–" for cell in cells) if any(cells) else ""


def _head(*cells: str) -> Iterator[str]:
    yield _row(*cells)
    yield f"|{'---|' * len(cells)}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()

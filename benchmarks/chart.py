"""Draw the chart of the docs from a measurement: `python -m benchmarks.chart measured.json`.

`python -m benchmarks.run --json measured.json` writes the measurement.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

__all__ = ["draw", "main"]

CHART = Path(__file__).parents[1] / "docs" / "assets" / "benchmarks.svg"
# Contenders by the name that users know them by.
SHOWN: Mapping[str, str] = {
    "mixpanel-utils": "mixpanel-utils",
    "plain-httpx": "httpx and json.loads",
    "typed": "events()",
    "directory": "to_directory()",
}
OURS = {"typed", "directory"}

_WIDTH, _ROW, _TOP, _BAR = 760, 42, 40, 28
_TIME, _MEMORY = 190, 490
_LONGEST_TIME, _LONGEST_MEMORY = 210, 190
_STYLE = (
    "text{fill:#333}.other{fill:#b0b0b8}.ours{fill:#7e56c2}.b{font-weight:700}"
    "@media(prefers-color-scheme:dark){text{fill:#ccc}.other{fill:#666670}}"
)


@frozen
class Bar:
    """The best time and the peak memory of one contender."""

    label: str
    seconds: float
    memory: int
    is_ours: bool

    @property
    def time_text(self) -> str:
        return f"{self.seconds:.1f} s"

    @property
    def memory_text(self) -> str:
        mebibytes = self.memory / 2**20
        return f"{mebibytes / 1024:.1f} GiB" if mebibytes > 1024 else f"{mebibytes:.0f} MiB"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the chart."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chart", description=__doc__)
    parser.add_argument("measured", type=Path, help="the file that `benchmarks.run --json` wrote")
    parser.add_argument("--output", type=Path, default=CHART, help="the SVG file (default: the docs' own)")
    chosen = parser.parse_args(arguments)
    chosen.output.write_text(draw(json.loads(chosen.measured.read_bytes())), encoding="utf-8")


def draw(measured: Mapping[str, Any]) -> str:
    """Return the SVG of a measurement."""
    bars = [
        Bar(
            label,
            min(run["seconds"] for run in measured["contenders"][name]),
            max(run["memory"] for run in measured["contenders"][name]),
            name in OURS,
        )
        for name, label in SHOWN.items()
    ]
    slowest, largest = max(bar.seconds for bar in bars), max(bar.memory for bar in bars)
    said = "; ".join(f"{bar.label} {bar.time_text} and {bar.memory_text}" for bar in bars)
    lines = [
        f'<svg viewBox="0 0 {_WIDTH} {_TOP + _ROW * len(bars) + 6}" xmlns="http://www.w3.org/2000/svg" role="img" '
        f'aria-label="Time and peak memory to export {measured["events"]:,} events: {said}" '
        'font-family="system-ui, sans-serif" font-size="15">',
        f"<style>{_STYLE}</style>",
        f'<text x="{_TIME}" y="22" class="b">Time</text><text x="{_MEMORY}" y="22" class="b">Peak memory</text>',
    ]
    for row, bar in enumerate(bars):
        y = _TOP + _ROW * row
        weight = ' class="b"' if bar.is_ours else ""
        lines += [
            f'<text x="{_TIME - 12}" y="{y + 19}" text-anchor="end"{weight}>{bar.label}</text>',
            _bar(_TIME, y, bar.seconds / slowest * _LONGEST_TIME, bar, bar.time_text),
            _bar(_MEMORY, y, bar.memory / largest * _LONGEST_MEMORY, bar, bar.memory_text),
        ]
    return "\n".join([*lines, "</svg>", ""])


def _bar(x: int, y: int, length: float, bar: Bar, text: str) -> str:
    width = max(round(length), 3)
    kind = "ours" if bar.is_ours else "other"
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{_BAR}" rx="3" class="{kind}"/>'
        f'<text x="{x + width + 7}" y="{y + 19}">{text}</text>'
    )


if __name__ == "__main__":
    main()

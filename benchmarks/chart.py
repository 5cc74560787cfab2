"""The chart of the docs: time and memory of some contenders, as bars. See `report`."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

__all__ = ["Bar", "draw"]

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
    memory: float
    is_ours: bool

    @property
    def time_text(self) -> str:
        return f"{self.seconds:.1f} s"

    @property
    def memory_text(self) -> str:
        mebibytes = self.memory / 2**20
        return f"{mebibytes / 1024:.1f} GiB" if mebibytes > 1024 else f"{mebibytes:.0f} MiB"


def draw(bars: Sequence[Bar], events: int) -> str:
    """Return the SVG of an export of this many events."""
    slowest, largest = max(bar.seconds for bar in bars), max(bar.memory for bar in bars)
    said = "; ".join(f"{bar.label} {bar.time_text} and {bar.memory_text}" for bar in bars)
    lines = [
        f'<svg viewBox="0 0 {_WIDTH} {_TOP + _ROW * len(bars) + 6}" xmlns="http://www.w3.org/2000/svg" role="img" '
        f'aria-label="Time and peak memory to export {events:,} events: {said}" '
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

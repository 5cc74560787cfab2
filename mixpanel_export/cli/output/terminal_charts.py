"""Charts in the terminal: lines of Braille dots, bars, and a heat map."""

from __future__ import annotations

import sys
from collections.abc import Callable

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.style import Style
from rich.text import Text

from mixpanel_export.cli.output.charts import Bars, Chart, HeatMap, Lines, format_number
from mixpanel_export.cli.output.grid import terminal_width
from mixpanel_export.cli.output.ticks import axis_ticks, number_ticks, position

__all__ = ["draw", "rendered"]

# The width of a chart outside a terminal, in characters.
_DEFAULT_WIDTH = 100
_HEIGHT = 15
_COLORS = ("dodger_blue2", "dark_orange", "green3", "red3", "medium_purple", "gold3", "deep_pink3", "cyan3")
# Without color, letters tell lines apart, and shades the cells of a heat map.
_LETTERS = "abcdefgh"
_SHADES = " ░▒▓█"
_BRAILLE = 0x2800
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


# For terminals that have neither dots nor blocks nor lines.
_ASCII = {
    **dict.fromkeys(range(0x2801, 0x2900), "*"),
    _BRAILLE: " ",
    0x2588: "#",
    0x2591: ".",
    0x2592: ":",
    0x2593: "%",
    **dict.fromkeys(range(0x2589, 0x258C), "#"),
    **dict.fromkeys(range(0x258C, 0x2590), " "),
    **dict.fromkeys(range(0x2500, 0x2580), "+"),
    0x2500: "-",
    0x2502: "|",
    0x2026: "~",
}


def draw(chart: Chart) -> str | None:
    """Draw a chart on standard output, in color if it is a terminal and NO_COLOR is not set.

    Returns:
        A note about what did not fit.
    """
    console = Console(highlight=False, width=terminal_width() or _DEFAULT_WIDTH)
    body, note = rendered(chart, console.width, in_color=_has_colors(console))
    with console.capture() as captured:
        console.print(Text(chart.title, "bold"))
        console.print(body)
    text = captured.get()
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        text = text.translate(_ASCII)
    sys.stdout.write(text)
    return note


def _has_colors(console: Console) -> bool:
    # A dumb terminal is a terminal without colors.
    return console.is_terminal and console.color_system is not None and not console.no_color


def rendered(chart: Chart, width: int, *, in_color: bool) -> tuple[RenderableType, str | None]:
    """Return a chart that is `width` characters wide, and a note about what did not fit."""
    if isinstance(chart, Bars):
        return _bars(chart, width), None
    if isinstance(chart, HeatMap):
        return _heat_map(chart, width, in_color=in_color)
    return _lines(chart, width, in_color=in_color), None


def _lines(chart: Lines, width: int, *, in_color: bool) -> RenderableType:
    points = [value for values in chart.series.values() for value in values if value is not None] or [0.0]
    whole = all(value == int(value) for value in points)
    marks = number_ticks(min(0.0, *points), max(points), 5, integers=whole)
    low, high = marks[0], marks[-1]
    labels = {_row_of(mark, low, high): format_number(mark) for mark in marks}
    margin = max(map(len, labels.values())) + 2
    canvas = _Canvas(max(width - margin - 1, 10), _HEIGHT)
    places = [position(at) for at in chart.x]
    span = places[-1] - places[0] or 1.0

    def column(place: float) -> float:
        return (place - places[0]) / span * (canvas.width * 2 - 1)

    has_letters = not in_color and len(chart.series) > 1
    for number, values in enumerate(chart.series.values()):
        dots = [
            (column(place), (high - value) / (high - low) * (canvas.height * 4 - 1))
            for place, value in zip(places, values, strict=True)
            if value is not None
        ]
        canvas.line(dots, number)
        if has_letters:
            canvas.letters(dots, _LETTERS[number])
    lines: list[Text] = []
    for row in range(canvas.height):
        axis = f"{labels.get(row, ''):>{margin - 2}} {'┤' if row in labels else '│'}"
        lines.append(Text(axis) + canvas.row(row, in_color=in_color))
    lines += _x_axis(chart, canvas.width, margin, column)
    if len(chart.series) > 1:
        lines.append(_legend(chart, margin, in_color=in_color))
    return Group(*lines)


def _row_of(value: float, low: float, high: float) -> int:
    return round((high - value) / (high - low) * (_HEIGHT * 4 - 1)) // 4


def _x_axis(chart: Lines, width: int, margin: int, column: Callable[[float], float]) -> list[Text]:
    axis, labels = ["─"] * width, [" "] * width
    end = 0
    for place, label in axis_ticks(chart.x, max(2, width // 10)):
        at = min(int(column(place)) // 2, width - 1)
        start = min(max(0, at - len(label) // 2), width - len(label))
        if start < end or at < 0:
            continue
        axis[at] = "┬"
        labels[start : start + len(label)] = label
        end = start + len(label) + 1
    indent = " " * (margin - 1)
    return [Text(f"{indent}└{''.join(axis)}"), Text(f"{indent} {''.join(labels)}".rstrip())]


def _legend(chart: Lines, margin: int, *, in_color: bool) -> Text:
    text = Text(" " * margin)
    for number, name in enumerate(chart.series):
        if in_color:
            text.append("━━ ", _COLORS[number])
        else:
            text.append(f"{_LETTERS[number]} ")
        text.append(f"{name}   ")
    text.rstrip()
    return text


class _Canvas:
    """Braille dots, two columns and four rows in each character."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self._cells: dict[tuple[int, int], tuple[int, int]] = {}
        self._letters: dict[tuple[int, int], str] = {}

    def line(self, dots: list[tuple[float, float]], series: int) -> None:
        """Connect dots."""
        for (x0, y0), (x1, y1) in zip(dots, dots[1:] or dots, strict=False):
            steps = max(1, round(max(abs(x1 - x0), abs(y1 - y0))))
            for step in range(steps + 1):
                part = step / steps
                self._set(round(x0 + (x1 - x0) * part), round(y0 + (y1 - y0) * part), series)

    def letters(self, dots: list[tuple[float, float]], letter: str) -> None:
        """Mark dots with a letter."""
        for x, y in dots:
            self._letters[round(y) // 4, round(x) // 2] = letter

    def _set(self, x: int, y: int, series: int) -> None:
        key = y // 4, x // 2
        mask, _ = self._cells.get(key, (0, series))
        self._cells[key] = mask | _DOTS[y % 4][x % 2], series

    def row(self, row: int, *, in_color: bool) -> Text:
        """Return one row of characters."""
        text = Text(no_wrap=True)
        for place in range(self.width):
            mask, series = self._cells.get((row, place), (0, 0))
            character = self._letters.get((row, place)) or (chr(_BRAILLE | mask) if mask else " ")
            text.append(character, _COLORS[series] if in_color and mask else None)
        text.rstrip()
        return text


def _bars(chart: Bars, width: int) -> RenderableType:
    entries = [
        (
            label if len(chart.series) == 1 else f"{name}: {label}",
            chart.series[name][place],
            chart.note(name, place),
            number,
        )
        for number, name in enumerate(chart.series)
        for place, label in enumerate(chart.labels)
    ]
    most = max((value for _, value, _, _ in entries), default=0) or 1
    label_width = min(max(cell_len(label) for label, *_ in entries), width // 3)
    note_width = max(len(note) for _, _, note, _ in entries)
    room = max(width - label_width - note_width - 4, 10)
    lines: list[RenderableType] = []
    for label, value, note, series in entries:
        shown = Text(label)
        shown.truncate(label_width, overflow="ellipsis", pad=True)
        bar = _bar_text(value / most, room)
        lines.append(shown + "  " + Text(bar, _COLORS[series]) + Text(f" {note}"))
    return Group(*lines)


def _bar_text(share: float, room: int) -> str:
    """Return a bar of eighths of a character."""
    eighths = round(max(share, 0.0) * room * 8)
    full, part = divmod(eighths, 8)
    return "█" * full + (" ▏▎▍▌▋▊▉"[part] if part else "")


def _heat_map(chart: HeatMap, width: int, *, in_color: bool) -> tuple[RenderableType, str | None]:
    labels = [chart.row_label, *chart.rows]
    label_width = min(max(map(cell_len, labels)), width // 3)
    sizes = ["users", *map(format_number, chart.sizes)]
    size_width = max(map(len, sizes))
    cell = max(6, *(len(name) + 2 for name in chart.columns))
    fits = max(1, (width - label_width - size_width - 4) // cell)
    header = Text(f"{chart.row_label:<{label_width}}  {'users':>{size_width}}  ", "bold")
    header.append("".join(f"{name:^{cell}}" for name in chart.columns[:fits]).rstrip())
    lines = [header]
    for place, row in enumerate(chart.rows):
        label = Text(row)
        label.truncate(label_width, overflow="ellipsis", pad=True)
        line = label + Text(f"  {sizes[place + 1]:>{size_width}}  ")
        for share in chart.shares[place][:fits]:
            line.append_text(_cell(share, cell, in_color=in_color))
        if not in_color:
            line.rstrip()
        lines.append(line)
    hidden = len(chart.columns) - fits
    note = f"the chart shows the first {fits} of {len(chart.columns)} intervals" if hidden > 0 else None
    return Group(*lines), note


def _cell(share: float | None, width: int, *, in_color: bool) -> Text:
    if share is None:
        return Text(" " * width)
    shown = f"{share:.0%}"
    if not in_color:
        shade = _SHADES[min(len(_SHADES) - 1, int(share * len(_SHADES)))]
        return Text(f"{shade}{shown:>4}".ljust(width))
    level = min(1.0, max(0.0, share))
    red, green, blue = (round(255 - level * (255 - channel)) for channel in (38, 84, 180))
    text = "#000000" if level < 0.55 else "#ffffff"
    return Text(f"{shown:^{width}}", Style.parse(f"{text} on #{red:02x}{green:02x}{blue:02x}"))

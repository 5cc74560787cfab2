"""Charts of responses that are tables, in the terminal and in files.

The axis and the series follow from how the contract nests a response (`Table.layout`), so no operation has code of
its own. plotille draws in the terminal, matplotlib to files.
"""

from __future__ import annotations

import datetime
import html
import io
import math
import sys
from typing import IO, Any, Literal, Self

from attrs import frozen
from rich.console import Console
from rich.text import Text

from mixpanel_export.errors import InvalidArgumentError, MissingExtraError
from mixpanel_export_api.api import Table

__all__ = ["Chart", "draw", "save"]

# More lines than this cannot be told apart.
_MAX_SERIES = 8
# The width of a chart outside a terminal, in characters.
_DEFAULT_WIDTH = 100
_COLORS = ("blue", "bright_yellow", "green", "red", "magenta", "cyan", "white", "bright_green")


@frozen
class Chart:
    """The data of a chart.

    Attributes:
        kind: lines over `x`, or a bar for each of its values.
        x: dates, numbers or labels, in order.
        series: a number for each `x`, or None where there is none, by name.
        percent: whether the numbers are shares of one.
    """

    title: str
    kind: Literal["lines", "bars"]
    x: list[Any]
    x_label: str
    series: dict[str, list[float | None]]
    percent: bool

    @classmethod
    def from_response(cls, response: Any, title: str) -> tuple[Self, int]:
        """Return the chart of a response, and how many of its smaller series are omitted.

        Series over time are drawn as they are. When a response has numbered steps for each date, the dates are
        summed: the users of each step of a funnel, and the share of users who came back in each interval.

        Raises:
            InvalidArgumentError: when the response cannot be drawn.
        """
        if not isinstance(response, Table):
            raise InvalidArgumentError("plot", title, "expected a query for a series, a funnel or retention")
        layout, rows = response.layout, response.to_rows()
        if not rows:
            raise InvalidArgumentError("plot", title, "the response is empty; there is nothing to draw")
        index = layout.get("index")
        along = index or "date"
        value = layout.get("value", "count" if index else "value")
        first = all("first" in row for row in rows)
        keys = [name for name in dict.fromkeys((*layout["keys"], "segment")) if name not in {"date", along}]
        names: dict[Any, str] = {}
        sums: dict[str, dict[Any, list[float]]] = {}
        for row in rows:
            at = row[along]
            names[at] = str(row.get("step_label") or row.get("event") or at) if index else str(at)
            name = " / ".join(str(row[key]) for key in keys if key in row) or value
            total = sums.setdefault(name, {}).setdefault(at, [0.0, 0.0])
            total[0] += row[value] or 0
            total[1] += row["first"] if first else 0
        x = sorted(names)
        series = {
            name: [_point(points[at], first) if at in points else None for at in x]
            for name, points in sums.items()
        }
        largest = sorted(series, key=lambda name: -sum(value or 0 for value in series[name]))[:_MAX_SERIES]
        steps = any(names[at] != str(at) for at in x) and bool(index)
        chart = cls(
            title=title,
            kind="bars" if steps else "lines",
            x=[names[at] for at in x] if steps else x,
            x_label=along,
            series={name: series[name] for name in largest},
            percent=first,
        )
        return chart, len(series) - len(largest)

    def format_value(self, value: float) -> str:
        """Return a value as a label."""
        if self.percent:
            return f"{value:.0%}"
        return f"{value:,.0f}" if value == int(value) or abs(value) >= 1000 else f"{value:,.2f}"


def draw(chart: Chart) -> None:
    """Draw a chart on standard output, in color if it is a terminal and NO_COLOR is not set."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _DEFAULT_WIDTH)
    console.print(Text(chart.title, "bold"))
    if chart.kind == "bars":
        _draw_bars(chart, console)
    else:
        colors = console.is_terminal and not console.no_color
        print(_lines(chart, console.width, colors))


def save(chart: Chart, file: IO[bytes], suffix: str) -> None:
    """Draw a chart to a file: a PNG, an SVG, or a self-contained HTML page."""
    try:
        from matplotlib.figure import Figure
        from matplotlib.ticker import PercentFormatter
    except ImportError as error:
        raise MissingExtraError("A chart in a file", "plot") from error
    # Parts of matplotlib are untyped.
    figure: Any = Figure(figsize=(10, 5), layout="constrained", dpi=150)
    axes: Any = figure.add_subplot()
    for place, (name, values) in enumerate(chart.series.items()):
        numbers = [math.nan if value is None else value for value in values]
        if chart.kind == "bars":
            width = 0.8 / len(chart.series)
            axes.bar([at + place * width for at in range(len(chart.x))], numbers, width, label=name)
        else:
            axes.plot(chart.x, numbers, label=name, marker="o" if len(chart.x) <= 40 else None, markersize=3)
    if chart.kind == "bars":
        middle = 0.4 - 0.4 / len(chart.series)
        axes.set_xticks([at + middle for at in range(len(chart.x))], chart.x)
    if chart.percent:
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    axes.set_title(chart.title)
    axes.set_xlabel(chart.x_label)
    axes.grid(axis="y", alpha=0.3)
    if len(chart.series) > 1:
        axes.legend()
    if suffix != ".html":
        figure.savefig(file, format=suffix.removeprefix("."))
        return
    picture = io.BytesIO()
    figure.savefig(picture, format="svg")
    file.write(_page(chart.title, picture.getvalue().decode()).encode())


def _page(title: str, svg: str) -> str:
    safe = html.escape(title)
    drawing = svg[svg.index("<svg") :].replace("<svg", f'<svg role="img" aria-label="{safe}"', 1)
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{safe}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<style>body{margin:0;background:#fff}svg{display:block;width:100%;height:auto;max-width:75rem;"
        f"margin:auto}}</style>\n{drawing}\n</html>\n"
    )


def _point(total: list[float], share: bool) -> float | None:
    if not share:
        return total[0]
    return total[0] / total[1] if total[1] else None


def _lines(chart: Chart, width: int, colors: bool) -> str:
    try:
        import plotille  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs]
    except ImportError as error:
        raise MissingExtraError("A chart in the terminal", "plot") from error
    figure: Any = plotille.Figure()
    # The numbers on the left and the label of the x axis need room beside the plot.
    figure.width, figure.height = max(width - 20 - len(chart.x_label), 20), 15
    figure.with_colors, figure.origin = colors, False
    figure.x_label, figure.y_label = chart.x_label, "share" if chart.percent else "value"
    places = [_place(at) for at in chart.x]
    figure.set_x_limits(min_=places[0], max_=max(places[-1], places[0] + 1))
    points = [value for values in chart.series.values() for value in values if value is not None]
    figure.set_y_limits(min_=min(0.0, *points), max_=max(points) or 1.0)
    dated = isinstance(chart.x[0], datetime.date)

    def x_tick(at: float, _: object) -> str:
        return _date(at) if dated else f"{at:.3g}"

    def y_tick(value: float, _: object) -> str:
        return f"{chart.format_value(value):>10}"

    figure.x_ticks_fkt, figure.y_ticks_fkt = x_tick, y_tick
    for color, (name, values) in zip(_COLORS, chart.series.items(), strict=False):
        known = [(at, value) for at, value in zip(places, values, strict=True) if value is not None]
        figure.plot(
            [at for at, _ in known],
            [value for _, value in known],
            lc=color if colors else None,
            label=name,
            # Without color, letters tell the lines apart.
            marker=None if colors or len(chart.series) == 1 else "abcdefgh"[_COLORS.index(color)],
        )
    return str(figure.show(legend=len(chart.series) > 1))


def _place(at: Any) -> float:
    """Return the position of a date (in days) or a number on the axis."""
    if isinstance(at, datetime.datetime):
        return at.toordinal() + (at - at.replace(hour=0, minute=0, second=0)).total_seconds() / 86400
    return float(at.toordinal() if isinstance(at, datetime.date) else at)


def _date(place: float) -> str:
    days, part = divmod(place, 1)
    return f"{datetime.datetime.fromordinal(int(days)) + datetime.timedelta(days=part):%m-%d %Hh}"


def _draw_bars(chart: Chart, console: Console) -> None:
    from rich.bar import Bar
    from rich.table import Table as Grid

    most = max((value or 0 for values in chart.series.values() for value in values), default=0) or 1
    grid = Grid(box=None, show_header=False)
    for name, values in chart.series.items():
        for label, value in zip(chart.x, values, strict=True):
            title = Text(label if len(chart.series) == 1 else f"{name}: {label}")
            bar = Bar(most, 0, value or 0, width=max(console.width // 2, 10), color="blue")
            grid.add_row(title, bar, Text(chart.format_value(value or 0)))
    console.print(grid)

"""Charts in files: PNG, SVG, and HTML pages that fit any screen and show the numbers under the pointer."""

from __future__ import annotations

import html
import io
import json
import math
import os
import re
import warnings
from collections.abc import Iterable
from typing import IO, Any

from mixpanel_export.cli.output.charts import Bars, Chart, HeatMap, Lines, format_moment, format_number
from mixpanel_export.cli.output.ticks import axis_ticks, number_ticks, position
from mixpanel_export.errors import ConfigurationError, MissingExtraError

__all__ = ["save"]

_COLORS = ("#3b6fd4", "#e8853d", "#3a9a5c", "#c9454a", "#8a63c7", "#b8962e", "#d05a97", "#2b9fae")
_SHADES = "Blues"
_GRAY = "#666a73"

_NO_GLYPH = re.compile(r"Glyph (\d+) .*missing from")

# A number to show under the pointer: its place on the axes, or as shares of the picture's size, and its text.
_Spot = tuple[float, float, str]


def save(chart: Chart, file: IO[bytes], suffix: str) -> str | None:
    """Draw a chart to a file: a PNG, an SVG, or a self-contained HTML page.

    Returns:
        A note for the user, or None.

    Raises:
        MissingExtraError: without matplotlib.
        ConfigurationError: when MPLBACKEND names no backend.
    """
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        _save(_matplotlib(), chart, file, suffix)
    missing = {found[1] for warning in raised if (found := _NO_GLYPH.match(str(warning.message)))}
    if not missing:
        return None
    sample = "".join(chr(int(number)) for number in sorted(missing, key=int)[:10])
    return f"the chart shows boxes for characters that matplotlib's font lacks: {sample}"


def _matplotlib() -> Any:
    try:
        import matplotlib
    except ImportError as error:
        raise MissingExtraError("A chart in a file", "plot") from error
    except ValueError as error:
        if (backend := os.environ.get("MPLBACKEND")) is None:
            raise
        raise ConfigurationError("MPLBACKEND", f"{backend!r} cannot be used ({error})") from None
    # Parts of it are untyped.
    return matplotlib


def _save(library: Any, chart: Chart, file: IO[bytes], suffix: str) -> None:
    from matplotlib.figure import Figure

    # Names are no formulas: a $ in them is a $.
    settings = {"font.size": 11, "axes.edgecolor": _GRAY, "svg.hashsalt": "chart", "text.parse_math": False}
    with library.rc_context(settings):
        height = max(5.0, 1.6 + 0.3 * len(chart.rows)) if isinstance(chart, HeatMap) else 5.0
        figure: Any = Figure(figsize=(10, height), layout="constrained", dpi=150)
        axes: Any = figure.add_subplot()
        axes.set_title(chart.title, loc="left", fontweight="bold", pad=12)
        if isinstance(chart, HeatMap):
            spots = _draw_heat_map(axes, chart)
        else:
            spots = _draw_bars(axes, chart) if isinstance(chart, Bars) else _draw_lines(axes, chart)
        if suffix != ".html":
            figure.savefig(file, format=suffix.removeprefix("."))
            return
        picture = io.BytesIO()
        figure.savefig(picture, format="svg", metadata={"Date": None, "Creator": None})
        spots = [_on_page(figure, axes, spot) for spot in spots]
    file.write(_page(chart.title, picture.getvalue().decode(), spots).encode())


def _on_page(figure: Any, axes: Any, spot: _Spot) -> _Spot:
    x, y, text = spot
    across, down = figure.transFigure.inverted().transform(axes.transData.transform((x, y)))
    return round(float(across), 4), round(1 - float(down), 4), text


def _add_legend(axes: Any, names: Iterable[str]) -> None:
    """Add a legend. Named only afterwards: matplotlib leaves out a name that starts with an underscore."""
    handles, _ = axes.get_legend_handles_labels()
    legend = axes.legend(handles, [str(number) for number in range(len(handles))], frameon=False)
    for text, name in zip(legend.get_texts(), names, strict=True):
        text.set_text(name)


def _draw_lines(axes: Any, chart: Lines) -> list[_Spot]:
    spots: list[_Spot] = []
    places = [position(at) for at in chart.x]
    for number, (name, values) in enumerate(chart.series.items()):
        numbers = [math.nan if value is None else value for value in values]
        marker = "o" if len(places) <= 40 else None
        axes.plot(
            places,
            numbers,
            label=str(number),
            color=_COLORS[number],
            marker=marker,
            markersize=4,
            linewidth=2,
        )
        spots += [
            (place, value, f"{format_moment(at)}\n{name or 'value'}: {format_number(value)}")
            for place, at, value in zip(places, chart.x, values, strict=True)
            if value is not None
        ]
    ticks = axis_ticks(chart.x, 10)
    axes.set_xticks([place for place, _ in ticks], [label for _, label in ticks])
    known = [value for values in chart.series.values() for value in values if value is not None] or [0.0]
    whole = all(value == int(value) for value in known)
    marks = number_ticks(min(0.0, *known), max(known), 6, integers=whole)
    axes.set_yticks(marks, [format_number(mark) for mark in marks])
    axes.set_ylim(marks[0], marks[-1])
    axes.grid(axis="y", alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    if len(chart.series) > 1:
        _add_legend(axes, chart.series)
    return spots


def _draw_bars(axes: Any, chart: Bars) -> list[_Spot]:
    spots: list[_Spot] = []
    width = 0.8 / len(chart.series)
    for number, (name, values) in enumerate(chart.series.items()):
        places = [place + number * width for place in range(len(chart.labels))]
        bars = axes.bar(places, values, width * 0.95, label=str(number), color=_COLORS[number])
        notes = [chart.note(name, place) for place in range(len(chart.labels))]
        axes.bar_label(bars, notes, padding=3, fontsize=10 if len(chart.series) <= 3 else 7)
        prefix = f"{name}: " if name else ""
        spots += [
            (place, value, f"{label}\n{prefix}{note}")
            for place, value, label, note in zip(places, values, chart.labels, notes, strict=True)
        ]
    middle = 0.4 - 0.4 / len(chart.series)
    axes.set_xticks([place + middle for place in range(len(chart.labels))], chart.labels)
    if len(chart.labels) > 8:
        axes.tick_params(axis="x", rotation=45)
    axes.yaxis.set_visible(False)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.margins(y=0.12)
    if len(chart.series) > 1:
        _add_legend(axes, chart.series)
    return spots


def _draw_heat_map(axes: Any, chart: HeatMap) -> list[_Spot]:
    shares = [[math.nan if share is None else share for share in row] for row in chart.shares]
    axes.imshow(shares, cmap=_SHADES, vmin=0, vmax=1, aspect="auto")
    spots: list[_Spot] = []
    show_numbers = len(chart.columns) <= 20
    for row, (group, size) in enumerate(zip(chart.rows, chart.sizes, strict=True)):
        for column, share in enumerate(chart.shares[row]):
            if share is None:
                continue
            if show_numbers:
                color = "white" if share > 0.55 else "#222222"
                axes.text(column, row, f"{share:.0%}", ha="center", va="center", fontsize=9, color=color)
            spots.append(
                (
                    column,
                    row,
                    f"{group}: {format_number(size)} users\n"
                    f"{chart.column_label} {chart.columns[column]}: {share:.1%}",
                )
            )
    step = max(1, len(chart.columns) // 20)
    axes.set_xticks(range(0, len(chart.columns), step), chart.columns[::step])
    axes.set_yticks(
        range(len(chart.rows)),
        [f"{group}  ({format_number(size)})" for group, size in zip(chart.rows, chart.sizes, strict=True)],
    )
    axes.set_xlabel(chart.column_label)
    axes.set_ylabel(f"{chart.row_label} (users)")
    axes.spines[:].set_visible(False)
    return spots


_STYLE = """
body { margin: 1rem; background: #fff; font: 14px/1.4 system-ui, sans-serif; }
main { position: relative; max-width: 75rem; margin: auto; }
svg { display: block; width: 100%; height: auto; }
#spot { position: absolute; width: 10px; height: 10px; margin: -6px; border: 2px solid #222; border-radius: 50%; }
#text { position: absolute; padding: .3em .6em; border-radius: 4px; background: #222; color: #fff; }
#text { white-space: pre; }
#spot, #text { display: none; pointer-events: none; }
"""
_SCRIPT = """
const main = document.querySelector("main"), spot = document.getElementById("spot");
const text = document.getElementById("text");
function show(event) {
  const box = main.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
  let best = null, least = Infinity;
  for (const [across, down, words] of spots) {
    const distance = Math.hypot(across * box.width - x, (down * box.height - y) / 2);
    if (distance < least) { least = distance; best = [across * box.width, down * box.height, words]; }
  }
  if (!best) return;
  spot.style.display = text.style.display = "block";
  spot.style.left = best[0] + "px"; spot.style.top = best[1] + "px";
  text.textContent = best[2];
  text.style.left = Math.max(0, Math.min(best[0] + 12, box.width - text.offsetWidth)) + "px";
  text.style.top = Math.max(0, best[1] - text.offsetHeight - 10) + "px";
}
main.addEventListener("pointermove", show);
main.addEventListener("pointerdown", show);
main.addEventListener("pointerleave", () => { spot.style.display = text.style.display = "none"; });
"""


def _page(title: str, svg: str, spots: list[_Spot]) -> str:
    safe = html.escape(title)
    drawing = svg[svg.index("<svg") :].replace("<svg", f'<svg role="img" aria-label="{safe}"', 1)
    # Inside a script, "</" would end it.
    data = json.dumps(spots, ensure_ascii=False).replace("</", "<\\/")
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{safe}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<style>{_STYLE}</style>\n<main>\n{drawing}\n<div id="spot"></div><div id="text"></div>\n</main>\n'
        f"<script>\nconst spots = {data};{_SCRIPT}</script>\n</html>\n"
    )

"""An aligned table of text that fits the terminal: nested values are flattened, and what is left out is named."""

from __future__ import annotations

import datetime
import math
import os
import shutil
import sys
from collections.abc import Sequence
from typing import Any, cast

from rich.cells import cell_len, set_cell_size

from mixpanel_export._text import visible
from mixpanel_export.cli.output.rows import Row, json_text

__all__ = ["flattened", "format_grid", "terminal_width"]

# The widths that text is shortened to, in turn, before columns are left out.
_WIDTHS = (60, 40, 28, 20)
_MAX_KEYS = 40
# COLUMNS may say anything.
_WIDEST = 1000
_SEPARATOR = " | "


def terminal_width() -> int | None:
    """Return the width to keep to: that of the terminal or COLUMNS; None for a pipe."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit():
        return min(shutil.get_terminal_size().columns, _WIDEST)
    return None


def flattened(rows: Sequence[Row]) -> list[Row]:
    """Return rows whose objects have become columns, under their own names where those are not taken."""
    names: dict[str, set[str]] = {}
    for row in rows:
        for name, value in row.items():
            inner = cast(Row, value) if _is_small(value) else {"": value}
            for key in inner:
                names.setdefault(key or name, set()).add(name)
    return [
        {
            (key if len(names[key]) == 1 else f"{name}.{key}") if key else name: inner
            for name, value in row.items()
            for key, inner in (cast(Row, value) if _is_small(value) else {"": value}).items()
        }
        for row in rows
    ]


def _is_small(value: Any) -> bool:
    return isinstance(value, dict) and 0 < len(cast(Row, value)) <= _MAX_KEYS


def format_grid(
    columns: Sequence[str], rows: Sequence[Row], width: int | None, *, bold: bool = False
) -> tuple[str, str | None]:
    """Return a table as text, and a note about what is not shown.

    Args:
        columns: the names of the columns, in order.
        width: the most characters of a line; None for any number.
        bold: print the header in bold.
    """
    if width is not None:
        columns = [name for name in columns if not rows or any(row.get(name) is not None for row in rows)]
    numeric = {name for name in columns if _is_numeric([row.get(name) for row in rows])}
    texts = {
        name: _numbers(found) if name in numeric else [visible(_text(value)) for value in found]
        for name in columns
        for found in [[row.get(name) for row in rows]]
    }
    natural = {name: max([cell_len(visible(name)), *map(cell_len, found)]) for name, found in texts.items()}
    shown, widths = _fit(columns, natural, width)
    records = [{name: visible(name) for name in shown}]
    records += [{name: texts[name][place] for name in shown} for place in range(len(rows))]
    lines = [
        " " + _SEPARATOR.join(_cell(record[name], widths[name], right=name in numeric) for name in shown)
        for record in records
    ]
    lines.insert(1, f"-{'-+-'.join('-' * widths[name] for name in shown)}-")
    if bold:
        lines[0] = f"\x1b[1m{lines[0]}\x1b[0m"
    return "".join(f"{line.rstrip()}\n" for line in lines), _note(columns, shown, natural, widths)


def _cell(text: str, width: int, *, right: bool) -> str:
    if cell_len(text) > width:
        text = f"{set_cell_size(text, width - 1).rstrip()}…"
    return " " * (width - cell_len(text)) + text if right else set_cell_size(text, width)


def _fit(
    columns: Sequence[str], natural: dict[str, int], width: int | None
) -> tuple[list[str], dict[str, int]]:
    """Shorten long text first, then leave out the last columns."""
    if width is None:
        return [*columns], natural
    widths = natural
    for limit in (None, *_WIDTHS):
        widths = {name: found if limit is None else min(found, limit) for name, found in natural.items()}
        if _total([*widths.values()]) <= width:
            return [*columns], _widened(columns, natural, widths, width)
    shown: list[str] = []
    for name in columns:
        if shown and _total([widths[other] for other in (*shown, name)]) > width:
            break
        shown.append(name)
    widths[shown[0]] = min(widths[shown[0]], max(width - 1, 1))
    return shown, _widened(shown, natural, widths, width)


def _widened(
    shown: Sequence[str], natural: dict[str, int], widths: dict[str, int], width: int
) -> dict[str, int]:
    """Give what is left of the line to the columns that were shortened."""
    widths = dict(widths)
    for name in shown:
        left = width - _total([widths[other] for other in shown])
        widths[name] = min(natural[name], widths[name] + left)
    return widths


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(_SEPARATOR) * (len(widths) - 1) + 2


def _note(
    columns: Sequence[str], shown: Sequence[str], natural: dict[str, int], widths: dict[str, int]
) -> str | None:
    hidden = [name for name in columns if name not in shown]
    cut = any(natural[name] > widths[name] for name in shown)
    if not hidden and not cut:
        return None
    parts = ["long text is cut"] if cut else []
    if hidden:
        some = ", ".join(hidden[:5]) + (", …" if len(hidden) > 5 else "")
        parts.append(f"{len(hidden)} column{'s' * (len(hidden) > 1)} left out ({some})")
    return f"{' and '.join(parts)} to fit the width; --output json or csv has everything"


def _is_numeric(values: Sequence[Any]) -> bool:
    known = [value for value in values if value is not None]
    return bool(known) and all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in known
    )


def _numbers(values: Sequence[Any]) -> list[str]:
    """Return the texts of numbers, aligned at their decimal points."""
    texts = ["" if value is None else _number(value) for value in values]
    parts = [text.partition(".") for text in texts]
    wholes = max(len(whole) for whole, _, _ in parts)
    fractions = max(len(point + fraction) for _, point, fraction in parts)
    return [f"{whole:>{wholes}}{point + fraction:<{fractions}}" for whole, point, fraction in parts]


def _number(value: float) -> str:
    """Return a number with four significant digits; digits before the decimal point all stay."""
    if isinstance(value, int) or not math.isfinite(value):
        return str(value)
    if not value:
        return "0"
    magnitude = math.floor(math.log10(abs(value)))
    if -5 <= magnitude < 15:
        text = f"{value:.{max(0, 3 - magnitude)}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"{value:.4g}"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ", timespec="minutes" if not value.second else "seconds")
    if isinstance(value, dict):
        fields = len(cast(Row, value))
        return json_text(value) if fields <= 3 else f"{{{fields} fields}}"
    if isinstance(value, list):
        items = cast(list[Any], value)
        return ", ".join(map(_item, items)) if len(items) <= _MAX_KEYS else f"[{len(items)} items]"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _item(value: Any) -> str:
    if isinstance(value, dict):
        named = cast(Row, value)
        return str(named["name"]) if "name" in named else json_text(value)
    return _text(value)

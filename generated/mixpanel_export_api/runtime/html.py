"""A preview of a result as HTML, for notebooks: a title, and a table of the first rows."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any, cast

__all__ = ["preview", "preview_of"]

_MAX_ROWS = 20
_MAX_COLUMNS = 12
_MAX_TEXT = 80


def preview_of(answer: Any) -> str:
    """Return the preview of an answer: its rows if it has any, or its fields."""
    if hasattr(answer, "to_rows"):
        return preview(repr(answer), answer.to_rows())
    fields: Mapping[str, Any] = answer.to_dict()
    lists: list[Any] = [value for value in fields.values() if isinstance(value, list)]
    if len(lists) == 1 and all(isinstance(item, dict) for item in lists[0]):
        return preview(repr(answer), lists[0])
    return preview(type(answer).__name__, [{"field": name, "value": value} for name, value in fields.items()])


def preview(title: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """Return a title and a table of rows; numbers are aligned at the right."""
    every = [*dict.fromkeys(name for row in rows[:_MAX_ROWS] for name in row)]
    columns = every[:_MAX_COLUMNS]
    lines = [f"<p><code>{html.escape(_shortened(title))}</code></p>"]
    if columns:
        head = "".join(f"<th>{html.escape(str(name))}</th>" for name in columns)
        body = "".join(
            f"<tr>{''.join(_cell(row.get(name)) for name in columns)}</tr>" for row in rows[:_MAX_ROWS]
        )
        lines.append(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")
    more = [
        f"{count:,} more {noun}{'s' if count > 1 else ''}"
        for count, noun in ((len(rows) - _MAX_ROWS, "row"), (len(every) - _MAX_COLUMNS, "column"))
        if count > 0
    ]
    if more:
        lines.append(f"<p>{' and '.join(more)}</p>")
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        value = cast(list[Any], value)
        value = f"{len(value)} items" if len(value) > 3 else str(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        text = f"{value:.4g}" if isinstance(value, float) and abs(value) < 1000 else f"{value:,.0f}"
        return f'<td style="text-align: right">{text if isinstance(value, float) else value}</td>'
    if value is None:
        return "<td></td>"
    return f'<td style="text-align: left">{html.escape(_shortened(str(value)))}</td>'


def _shortened(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else f"{text[: _MAX_TEXT - 1]}…"

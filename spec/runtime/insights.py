"""Tidy rows of Insights reports, which nest one level per header: charts, tables, saved funnels and retention."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

from .objects import OVERALL
from .tables import Dates, Row, add_numbers, free_name, raw
from .values import date_key, is_date_key, number

_STEP = re.compile(r"(\d+)\. (.*)", re.DOTALL)
# Headers of the outermost level, which has the events or metrics of the report.
_EVENTS = {"$event", "$metric", "$funnel", "$retention", "event", "metric"}
_AVERAGE = "$average"

Path = tuple[str, ...]


def report_rows(series: Row, headers: Any) -> list[Row]:
    """Return the rows of a report.

    Args:
        series: The numbers as they are nested.
        headers: Names of the levels, from the outside in; None if the answer has none.
    """
    texts = [*map(str, cast(list[Any], headers))] if isinstance(headers, list) else []
    segments = [text for text in texts if text.lower() not in _EVENTS and not text.startswith("$")]
    if steps := _funnel_rows(series, {}, segments):
        return steps
    found: list[Row] = []
    others: Row = {}
    for name, inner in dict.items(series):
        steps = _funnel_rows(inner, {"funnel": name}, segments) if isinstance(inner, dict) else []
        found += steps
        if not steps:
            others[name] = inner
    known: set[str] = set()
    leaves = [(path, leaf, _is_dated(leaf, known)) for path, leaf in _leaves(others, ())]
    names = _names(texts, max((len(path) + (not is_dated) for path, _, is_dated in leaves), default=0))
    dates = Dates()
    for path, leaf, is_dated in leaves:
        if isinstance(raw(leaf, "counts"), list):
            found += _retention_rows(path, leaf)
        elif is_dated:
            add_numbers(leaf, _segments([*path], names), found, dates)
        else:
            found += [_single(path, key, value, names) for key, value in dict.items(leaf)]
    return found


def _leaves(node: Row, path: Path) -> Iterator[tuple[Path, Row]]:
    """Yield the innermost objects with the keys that lead to them."""
    scalars: Row = {}
    for key, inner in dict.items(node):
        if isinstance(inner, dict):
            yield from _leaves(cast(Row, inner), (*path, key))
        else:
            scalars[key] = inner
    if scalars:
        yield path, scalars


def _is_dated(leaf: Row, known: set[str]) -> bool:
    """Return True if all keys are dates; `known` remembers those that are, since a report repeats them."""
    if dict.keys(leaf) <= known:
        return True
    if not all(map(is_date_key, leaf)):
        return False
    known.update(leaf)
    return True


def _names(headers: list[str], depth: int) -> list[str]:
    """Return the columns of the levels: one a header, after `event` if there is one more level than headers."""
    names = ["event" if text.lower() in _EVENTS else text for text in headers]
    if not names or ("event" not in names and depth > len(names)):
        names = ["event", *names]
    taken = {"date", "value"}
    unique: list[str] = []
    for name in names:
        free = name
        while free in taken:
            free += "_"
        taken.add(free)
        unique.append(free)
    return unique


def _single(path: Path, key: str, value: Any, names: list[str]) -> Row:
    if is_date_key(key):
        return {"date": date_key(key), **_segments([*path], names), "value": number(value)}
    return {"date": None, **_segments([*path, key], names), "value": number(value)}


def _funnel_rows(series: Row, start: Row, names: list[str]) -> list[Row]:
    """Return a row for each step of a saved funnel, with its metrics; nothing if this is no funnel.

    Args:
        start: The first columns after the date.
        names: The columns of the segments, as far as they have headers.
    """
    if not isinstance(raw(series, "count"), dict):
        return []
    found: dict[tuple[Any, ...], Row] = {}
    for metric, tree in dict.items(series):
        if not isinstance(tree, dict):
            continue
        for path, leaf in _leaves(cast(Row, tree), ()):
            for key, value in dict.items(leaf):
                keys = [*path, key]
                step = next((match for part in keys if (match := _STEP.fullmatch(part))), None)
                if step is None:
                    return []
                keys.remove(step[0])
                date = _take_date(keys)
                place = (date, *keys, step[0])
                if place not in found:
                    row: Row = {"date": date_key(date), **start, **_segments(keys, names)}
                    found[place] = {**row, "step": int(step[1]) - 1, "event": step[2]}
                found[place][metric] = number(value)
    return [*found.values()]


def _take_date(keys: list[str]) -> str:
    """Remove the innermost key that is a date, and return it; `all` if there is none."""
    for index in range(len(keys) - 1, -1, -1):
        if is_date_key(keys[index]):
            return keys.pop(index)
    return "all"


def _segments(keys: list[str], names: list[str]) -> Row:
    """Return segments by column; `$overall` for levels that are not broken down."""
    row: Row = dict(zip(names, keys, strict=False))
    for key in keys[len(names) :]:
        row[free_name(row)] = key
    return {**row, **dict.fromkeys(names[len(keys) :], OVERALL)}


def _retention_rows(path: Path, group: Row) -> Iterator[Row]:
    counts, rates = raw(group, "counts"), raw(group, "rates")
    keys = [*path]
    event = keys.pop(0) if keys and not is_date_key(keys[0]) and not keys[0].startswith("$") else None
    date = _take_date(keys)
    if len(keys) > 1 and _AVERAGE in keys:
        # The average over the dates, of a segment.
        keys.remove(_AVERAGE)
    row: Row = {"date": date_key(date), "event": event, **_segments(keys or [OVERALL], [])}
    for period, count in enumerate(counts):
        rate = rates[period] if isinstance(rates, list) and period < len(cast(list[Any], rates)) else None
        yield {
            **row,
            "period": period,
            "count": number(count),
            "rate": number(rate),
            "first": raw(group, "first"),
        }

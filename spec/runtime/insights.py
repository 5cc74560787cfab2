"""Tidy rows of Insights reports, which nest one level per header: charts, tables, saved funnels and retention."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

from .objects import OVERALL
from .tables import Dates, Row, add_numbers, free_name, raw
from .values import date_key, is_date_key, number

_STEP = re.compile(r"(\d+)\. (.*)", re.DOTALL)

Path = tuple[str, ...]


def report_rows(series: Row, headers: Any) -> list[Row]:
    """Return the rows of a report.

    Args:
        series: The numbers as they are nested.
        headers: Names of the levels, from the outside in; None if the answer has none.
    """
    if isinstance(dict.get(series, "count"), dict) and (steps := _funnel_rows(series)):
        return steps
    found: list[Row] = []
    names = _names(headers)
    dates = Dates()
    for path, leaf in _leaves(series, ()):
        if isinstance(raw(leaf, "counts"), list):
            found += _retention_rows(path, leaf)
        elif all(map(is_date_key, leaf)):
            add_numbers(leaf, _levels(path, names), found, dates)
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


def _names(headers: Any) -> list[str]:
    """Return the columns of the levels; `event` is the first unless the headers say otherwise."""
    if not isinstance(headers, list):
        return ["event"]
    texts = [str(header) for header in cast(list[Any], headers)]
    names = ["event" if text == "$event" else text for text in texts]
    names = names if "event" in names else ["event", *names]
    taken = {"date", "value"}
    unique: list[str] = []
    for name in names:
        free = name
        while free in taken:
            free += "_"
        taken.add(free)
        unique.append(free)
    return unique


def _levels(path: Path, names: list[str]) -> Row:
    """Return the levels of a row by column; levels that are not broken down are `$overall`."""
    row: Row = dict(zip(names, path, strict=False))
    for key in path[len(names) :]:
        row[free_name(row)] = key
    return {**row, **dict.fromkeys(names[len(path) :], OVERALL)}


def _single(path: Path, key: str, value: Any, names: list[str]) -> Row:
    if is_date_key(key):
        return {"date": date_key(key), **_levels(path, names), "value": number(value)}
    return {"date": None, **_levels((*path, key), names), "value": number(value)}


def _funnel_rows(series: Row) -> list[Row]:
    """Return a row for each step of a saved funnel, with its metrics; nothing if this is no funnel."""
    found: dict[tuple[Any, ...], Row] = {}
    for metric, tree in dict.items(series):
        if not isinstance(tree, dict):
            continue
        for path, leaf in _leaves(cast(Row, tree), ()):
            for key, value in dict.items(leaf):
                keys = (*path, key)
                step = next((match for part in keys if (match := _STEP.fullmatch(part))), None)
                if step is None:
                    return []
                date = next((part for part in keys if is_date_key(part)), "all")
                segments = tuple(part for part in keys if part not in {step[0], date})
                row = found.setdefault((date, segments, step[0]), _step_row(date, segments, step))
                row[metric] = number(value)
    return [*found.values()]


def _step_row(date: str, segments: Path, step: re.Match[str]) -> Row:
    row: Row = {"date": date_key(date)}
    for segment in segments:
        row[free_name(row)] = segment
    return {**row, "step": int(step[1]) - 1, "event": step[2]}


def _retention_rows(path: Path, group: Row) -> Iterator[Row]:
    counts, rates = raw(group, "counts"), raw(group, "rates")
    date = next((part for part in path[1:] if is_date_key(part)), "all")
    segments = [part for part in path[1:] if part != date] or [OVERALL]
    row: Row = {"date": date_key(date), "event": path[0] if path else None}
    for segment in segments:
        row[free_name(row)] = segment
    for period, count in enumerate(counts):
        rate = rates[period] if isinstance(rates, list) and period < len(cast(list[Any], rates)) else None
        yield {
            **row,
            "period": period,
            "count": number(count),
            "rate": number(rate),
            "first": raw(group, "first"),
        }

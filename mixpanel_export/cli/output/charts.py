"""The data of a chart, from any response that is a table: lines over time, bars, or a heat map of retention.

The kind follows from the columns of the response's rows, so no operation needs its own code. `terminal_charts` and
`chart_files` draw.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from attrs import frozen

from mixpanel_export._text import visible
from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export_api.api import Table

__all__ = ["Bars", "Chart", "HeatMap", "Lines", "Moment", "chart_of", "format_moment", "format_number"]

# More lines than this cannot be told apart, and more rows cannot be read.
_MAX_SERIES = 8
_MAX_ROWS = 60

Moment = datetime.date | float
"""A place on the horizontal axis: a date, a datetime or a number."""

_Row = dict[str, Any]
# The columns that number the steps of a funnel, the intervals of retention, or how often users did something.
_COUNTERS = ("interval", "period", "times")
_VALUES = ("value", "users", "count")
_NOT_KEYS = {"date", "step", "first", "rate", "goal", "step_label", *_COUNTERS, *_VALUES}


@frozen
class Lines:
    """Series over dates or numbers.

    Attributes:
        x: the places on the horizontal axis, in order.
        series: a number for each place, or None where there is none, by name.
        omitted: the number of smaller series that are left out.
    """

    title: str
    x: Sequence[Moment]
    series: dict[str, list[float | None]]
    omitted: int = 0


@frozen
class Bars:
    """A bar for each label, such as the steps of a funnel.

    Attributes:
        labels: in order.
        series: a number for each label, by name.
        is_funnel: whether each bar is a share of the first.
        omitted: the number of smaller series that are left out.
    """

    title: str
    labels: Sequence[str]
    series: dict[str, list[float]]
    is_funnel: bool
    omitted: int = 0

    def note(self, series: str, place: int) -> str:
        """Return the number of a bar, with its share of the first step in a funnel."""
        values = self.series[series]
        number = format_number(values[place])
        return f"{number} ({values[place] / values[0]:.0%})" if self.is_funnel and values[0] else number


@frozen
class HeatMap:
    """Retention: the share of each group of users that came back in each interval.

    Attributes:
        rows: the groups: first dates, or segments.
        sizes: the users of each group.
        columns: the intervals, from the first.
        shares: by row and column, from 0 to 1; None for an interval that has not come yet.
        omitted: the number of earlier rows that are left out.
    """

    title: str
    row_label: str
    column_label: str
    rows: Sequence[str]
    sizes: Sequence[float]
    columns: Sequence[str]
    shares: list[list[float | None]]
    omitted: int = 0


Chart = Lines | Bars | HeatMap


def chart_of(response: Any, title: str) -> Chart:
    """Return the chart of a response.

    Raises:
        InvalidArgumentError: when the response cannot be drawn.
    """
    if not isinstance(response, Table):
        raise InvalidArgumentError("plot", title, "expected a query for a series, a funnel or retention")
    rows = response.to_rows()
    if not rows:
        raise InvalidArgumentError("plot", title, "the response is empty; there is nothing to draw")
    first = rows[0]
    value = next(name for name in _VALUES if name in first)
    counter = next((name for name in _COUNTERS if name in first), None)
    if "step" in first:
        return _funnel(rows, title)
    if counter is not None and "first" in first:
        return _retention(rows, title, counter, value)
    if counter is not None:
        labels = [f"{number} {'time' if number == 1 else 'times'}" for number in _ordered(rows, counter)]
        return _bars(rows, title, counter, value, labels)
    if all(row["date"] is None for row in rows):
        return _single_numbers(rows, title, value)
    return _lines(rows, title, value)


def format_number(value: float) -> str:
    """Return a number for people: thousands apart, and four significant digits if it is no integer."""
    if value == int(value):
        return f"{value:,.0f}"
    digits = max(0, 3 - len(str(int(abs(value)))) + 1) if abs(value) >= 1 else 4
    return f"{value:,.{digits}f}"


def format_moment(at: Any) -> str:
    """Return a date or a time as text; midnight without its time only if `at` is a date."""
    if isinstance(at, datetime.datetime):
        return f"{at:%Y-%m-%d %H:%M}"
    return str(at)


def _name(row: _Row, without: Iterable[str] = ()) -> str:
    """Return the name of a row's series."""
    keys = [str(value) for key, value in row.items() if key not in _NOT_KEYS and key not in without]
    return visible(" / ".join(keys))


def _ordered(rows: list[_Row], column: str) -> list[Any]:
    return sorted({row[column] for row in rows})


def _largest(series: dict[str, list[Any]]) -> tuple[dict[str, list[Any]], int]:
    """Return the largest series, in their order of size, and the number of the others."""
    names = sorted(series, key=lambda name: -sum(value or 0 for value in series[name]))
    return {name: series[name] for name in names[:_MAX_SERIES]}, max(0, len(names) - _MAX_SERIES)


def _lines(rows: list[_Row], title: str, value: str) -> Lines:
    dated = [row for row in rows if row["date"] is not None]
    points: dict[str, dict[Any, float]] = {}
    for row in dated:
        points.setdefault(_name(row), {})[row["date"]] = row[value]
    x = _ordered(dated, "date")
    if all(_is_midnight(at) for at in x):
        x_shown: list[Moment] = [at.date() if isinstance(at, datetime.datetime) else at for at in x]
    else:
        x_shown = x
    series, omitted = _largest({name: [found.get(at) for at in x] for name, found in points.items()})
    return Lines(title, x_shown, series, omitted)


def _is_midnight(at: datetime.date) -> bool:
    return not isinstance(at, datetime.datetime) or at.time() == datetime.time(0)


def _bars(
    rows: list[_Row], title: str, by: str, value: str, labels: list[str], *, is_funnel: bool = False
) -> Bars:
    """Sum the dates of each series."""
    places = {key: place for place, key in enumerate(_ordered(rows, by))}
    series: dict[str, list[float]] = {}
    of_steps = ("event", *_metrics(rows)) if is_funnel else ()
    for row in rows:
        totals = series.setdefault(_name(row, of_steps), [0.0] * len(places))
        totals[places[row[by]]] += row[value] or 0
    chosen, omitted = _largest(series)
    return Bars(title, labels, chosen, is_funnel, omitted)


def _metrics(rows: list[_Row]) -> set[str]:
    """Return the columns of a funnel's steps that are numbers, such as conversion ratios."""
    return {
        name
        for name in rows[0]
        if name not in _NOT_KEYS and all(isinstance(row.get(name), int | float | None) for row in rows)
    }


def _funnel(rows: list[_Row], title: str) -> Bars:
    named = {
        row["step"]: visible(str(row.get("step_label") or row.get("event") or row.get("goal") or ""))
        for row in rows
    }
    labels = [f"{place}. {named[step]}" for place, step in enumerate(sorted(named), 1)]
    return _bars(rows, title, "step", "count", labels, is_funnel=True)


def _single_numbers(rows: list[_Row], title: str, value: str) -> Bars:
    numbers = {_name(row): row[value] or 0.0 for row in rows}
    names = sorted(numbers, key=lambda name: -numbers[name])[:_MAX_ROWS]
    return Bars(title, names, {"": [numbers[name] for name in names]}, False, len(numbers) - len(names))


def _retention(rows: list[_Row], title: str, counter: str, value: str) -> HeatMap:
    segments = dict.fromkeys(_name(row) for row in rows)
    by_date = len(segments) == 1
    users: dict[str, dict[Any, float]] = {}
    firsts: dict[str, dict[Any, float]] = {}
    for row in rows:
        group = _group(row["date"]) if by_date else _name(row)
        at = row[counter]
        users.setdefault(group, {})[at] = users.get(group, {}).get(at, 0.0) + (row[value] or 0)
        # Users whose interval has not come yet do not count for it.
        firsts.setdefault(group, {})[at] = firsts.get(group, {}).get(at, 0.0) + (row["first"] or 0)
    columns = _ordered(rows, counter)
    groups = [*users][-_MAX_ROWS:]
    shares = [[_share(users[group].get(at), firsts[group].get(at)) for at in columns] for group in groups]
    return HeatMap(
        title,
        "first day" if by_date else "segment",
        counter,
        groups,
        [max(firsts[group].values()) for group in groups],
        [str(at) for at in columns],
        shares,
        len(users) - len(groups),
    )


def _group(date: Any) -> str:
    if date is None:
        return "all"
    return (
        str(date.date())
        if isinstance(date, datetime.datetime) and _is_midnight(date)
        else format_moment(date)
    )


def _share(users: float | None, first: float | None) -> float | None:
    return None if users is None or not first else users / first

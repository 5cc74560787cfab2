"""Retention and frequency: how many users come back, and how often they are active.

https://developer.mixpanel.com/reference/retention-query and
https://developer.mixpanel.com/reference/retention-frequency-query. See `reports.retention` and `reports.frequency`
for the counting. With `compounded`, the same event makes a user begin and brings them back, and `born_event` is
ignored. Segments are those of the returning (or active) events; a user can be in several, and every segment has
the size of the whole group.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, Final, cast

from attrs import evolve
from starlette.responses import JSONResponse, Response

from mixpanel_export.sandbox.endpoints.operation import Call, Operation
from mixpanel_export.sandbox.endpoints.series import json_answer
from mixpanel_export.sandbox.http.parameters import Parameters
from mixpanel_export.sandbox.http.refusal import BadRequest, Refusal
from mixpanel_export.sandbox.reports import frequency, retention
from mixpanel_export.sandbox.reports.evaluation import evaluation, predicate
from mixpanel_export.sandbox.reports.identity import deduplicated
from mixpanel_export.sandbox.reports.periods import Unit, label, periods, start_of_day
from mixpanel_export.sandbox.reports.recent import FIRST_DAY, latest_day
from mixpanel_export.sandbox.reports.selection import Selection
from mixpanel_export.sandbox.reports.splitting import Segments, split_by
from mixpanel_export.sandbox.reports.where import Predicate
from mixpanel_export.sandbox.saved.bookmarks import RETENTION_REPORTS

__all__ = ["OPERATIONS"]

_DAY: Final = 86_400
_UNITS: Final = ("day", "week", "month")
_MAXIMUM_DAYS: Final = 90
_MAXIMUM_INTERVALS: Final = 1000


async def _retention(call: Call) -> Response:
    bookmark_id = call.parameters.integer("bookmark_id")
    if bookmark_id is not None:
        return _saved(call, bookmark_id)
    return JSONResponse(_report(call))


def _saved(call: Call, bookmark_id: int) -> Response:
    saved = RETENTION_REPORTS.get(bookmark_id)
    if saved is None:
        raise Refusal(404, f"no saved retention report has bookmark_id {bookmark_id}")
    last = latest_day(call.project.events, call.today)
    first = last - datetime.timedelta(days=saved.days - 1)
    parameters = {**saved.parameters, "from_date": str(first), "to_date": str(last)}
    report = _report(evolve(call, parameters=Parameters(parameters.items())))
    for group in report.values():
        group["rates"] = [count / group["first"] if group["first"] else 0 for count in group["counts"]]
    return json_answer(report)


def _report(call: Call) -> dict[str, Any]:
    first, last = call.parameters.date_range(call.today)
    unit = cast(Unit, call.parameters.choice("unit", _UNITS) or "day")
    question = _question(call, first, last, unit)
    segments, limit = _segments(call), call.parameters.integer("limit", minimum=1)
    # Only all earlier events tell whether a user does something for the first time.
    events = call.project.events.events(
        FIRST_DAY if question.first_time else first, _last_day_read(question, last, call.today)
    )
    now = start_of_day(call.today) + _DAY - 1
    groups = retention.groups(deduplicated(events), question, now, segments)
    chosen = None if segments is None else retention.largest_segments(groups, limit)
    dates = (label(start, unit) for start in question.starts)
    return {date: _group(group, chosen) for date, group in zip(dates, groups, strict=True)}


def _question(call: Call, first: datetime.date, last: datetime.date, unit: Unit) -> retention.Retention:
    parameters = call.parameters
    interval = parameters.integer("interval", minimum=1) or 1
    days = interval * retention.INTERVAL_DAYS[unit]
    if days > _MAXIMUM_DAYS:
        raise BadRequest(f"interval cannot be greater than {_MAXIMUM_DAYS} days")
    count = parameters.integer("interval_count", minimum=1, maximum=_MAXIMUM_INTERVALS) or 1
    first_time = (parameters.choice("retention_type", ("birth", "compounded")) or "birth") == "birth"
    returns = _test(call, parameters.text("event"), "where")
    return retention.Retention(
        begins=_test(call, parameters.required("born_event"), "born_where") if first_time else returns,
        returns=returns,
        first_time=first_time,
        starts=periods(first, last, unit, interval),
        begin=start_of_day(first),
        end=start_of_day(last) + _DAY,
        interval=days * _DAY,
        last_interval=count,
        unbounded=parameters.flag("unbounded_retention"),
    )


def _last_day_read(question: retention.Retention, last: datetime.date, today: datetime.date) -> datetime.date:
    """Return the last day on which a user who began on day `last` can come back."""
    days = (question.last_interval + 1) * question.interval // _DAY
    if question.unbounded or days >= (today - last).days:
        return today
    return last + datetime.timedelta(days=days)


def _group(group: retention.Group, segments: Sequence[str] | None) -> dict[str, Any]:
    if segments is None:
        return {"counts": group.returned, "first": group.size}
    # Leave out segments nobody came back with: there may be thousands.
    return {
        segment: {"counts": group.by_segment[segment], "first": group.size}
        for segment in segments
        if segment in group.by_segment
    }


async def _frequency(call: Call) -> Response:
    parameters = call.parameters
    first, last = parameters.date_range(call.today)
    unit = cast(Unit, _required_choice(parameters, "unit", _UNITS))
    addiction_unit = cast(Unit, _required_choice(parameters, "addiction_unit", ("hour", "day")))
    segments, limit = _segments(call), parameters.integer("limit", minimum=1)
    event, where = parameters.text("event"), parameters.text("where")
    selection = Selection(
        names=None if event is None else frozenset((event,)),
        where=None if where is None else predicate("where", where, call.project.profiles),
    )
    starts = periods(first, last, unit)
    events = selection.of(call.project.events.events(first, last))
    rows = frequency.frequencies(events, starts, unit, addiction_unit, segments)
    chosen = frequency.largest_segments(rows, limit)
    data: dict[str, Any] = {}
    for start, period in zip(starts, rows, strict=True):
        if segments is None:
            nobody = frequency.nobody(start, unit, addiction_unit)
            data[label(start, unit)] = period.get(frequency.EVERYONE, nobody)
        else:
            data[label(start, unit)] = {name: period[name] for name in chosen if name in period}
    return JSONResponse({"data": data})


def _required_choice(parameters: Parameters, name: str, allowed: tuple[str, ...]) -> str:
    parameters.required(name)
    return cast(str, parameters.choice(name, allowed))


def _segments(call: Call) -> Segments | None:
    on = call.parameters.text("on")
    if on is None:
        return None
    return split_by(evaluation("on", on, call.project.profiles))


def _test(call: Call, name: str | None, parameter: str) -> Predicate:
    """Return a predicate for events of this name, if any, that match the parameter's expression."""
    text = call.parameters.text(parameter)
    where = None if text is None else predicate(parameter, text, call.project.profiles)
    return lambda event: (name is None or event["event"] == name) and (where is None or where(event))


OPERATIONS = (
    Operation("GET", "query", "/retention", _retention),
    Operation("GET", "query", "/retention/addiction", _frequency),
)

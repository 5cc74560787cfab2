"""The five segmentation queries: one event over time, split and filtered by expressions.

https://developer.mixpanel.com/reference/segmentation-query. Where the reference leaves something open:

- Every period of the range is returned, with 0 if nothing happened.
- `interval` is a number of days and applies to counts of users; with another `unit`, or with counts of
  occurrences, it is refused. The first interval starts on `from_date`.
- `buckets` is a maximum: there may be fewer numeric ranges, because they are rounded to be readable. Events
  whose `on` is not a number are in none.
- Multiseg keeps the 60 largest outer and inner segments by default, and returns the pairs that occur.
"""

from __future__ import annotations

from typing import Any, Final, TypeGuard

from starlette.responses import Response

from mixpanel_export.expressions.numerals import in_range
from mixpanel_export.expressions.values import is_number
from mixpanel_export.sandbox.endpoints.operation import Call, Operation
from mixpanel_export.sandbox.endpoints.series import (
    HOUR_OR_DAY,
    UNITS,
    Span,
    computed_at,
    count_type,
    csv_answer,
    dated_span,
    json_answer,
    refuse_hourly_users,
    refuse_too_many,
    selected,
    table_answer,
    table_format,
    unit_of,
)
from mixpanel_export.sandbox.http.refusal import BadRequest
from mixpanel_export.sandbox.reports.evaluation import Evaluate, evaluation
from mixpanel_export.sandbox.reports.identity import user_of
from mixpanel_export.sandbox.reports.pairs import PairTally
from mixpanel_export.sandbox.reports.ranges import ranges
from mixpanel_export.sandbox.reports.segments import segments_of
from mixpanel_export.sandbox.reports.table import Table
from mixpanel_export.sandbox.reports.tally import CountType, Number, Sums, Tally

__all__ = ["OPERATIONS"]

_LIMIT: Final = 60
_MAXIMUM_LIMIT: Final = 10_000
_BUCKETS: Final = 10
_MOST_BUCKETS: Final = 1_000
_MOST_DAYS: Final = 10_000


async def _query(call: Call) -> Response:
    event = call.parameters.required("event")
    counted = count_type(call.parameters)
    format = table_format(call.parameters)
    span = _unit_or_interval(call, counted)
    limit = call.parameters.integer("limit", minimum=1, maximum=_MAXIMUM_LIMIT) or _LIMIT
    on = _optional_expression(call, "on")
    tally = Tally(counted, len(span.starts))
    for entry in selected(call, span, event):
        period, user = span.index(entry), user_of(entry)
        for segment in (event,) if on is None else segments_of(on(entry)):
            tally.add(segment, period, user)
    segments = [event] if on is None else tally.largest(limit)
    return table_answer(tally, span, segments, format)


def _unit_or_interval(call: Call, counted: CountType) -> Span:
    unit = unit_of(call.parameters, UNITS)
    interval = call.parameters.integer("interval", minimum=1, maximum=_MOST_DAYS)
    if interval is None:
        refuse_hourly_users(counted, unit or "day")
        return dated_span(call, unit or "day")
    if counted == "general":
        raise BadRequest("interval cannot be used when type is general; use unit")
    if unit not in (None, "day"):
        raise BadRequest("interval is a number of days and cannot be used together with unit")
    return dated_span(call, "day", interval)


async def _numeric(call: Call) -> Response:
    event = call.parameters.required("event")
    on = _expression(call, "on")
    counted = count_type(call.parameters)
    format = table_format(call.parameters)
    span = _hours_or_days(call, counted)
    most = call.parameters.integer("buckets", minimum=1, maximum=_MOST_BUCKETS) or _BUCKETS
    found = [
        (number, span.index(entry), user_of(entry))
        for entry in selected(call, span, event)
        if _is_usable(number := on(entry))
    ]
    buckets = ranges([number for number, _, _ in found], most)
    tally = Tally(counted, len(span.starts))
    for number, period, user in found:
        tally.add(buckets.label_of(number), period, user)
    return table_answer(tally, span, buckets.labels, format)


async def _sum(call: Call) -> Response:
    event, span, sums = _summed(call)
    return _numbers_answer(call, span, event, sums.sums(), computed_at=computed_at())


async def _average(call: Call) -> Response:
    event, span, sums = _summed(call)
    return _numbers_answer(call, span, event, sums.means())


def _summed(call: Call) -> tuple[str, Span, Sums]:
    event = call.parameters.required("event")
    on = _expression(call, "on")
    span = _hours_or_days(call, "general")
    sums = Sums(len(span.starts))
    for entry in selected(call, span, event):
        number = on(entry)
        sums.add(span.index(entry), number if _is_usable(number) else 0)
    return event, span, sums


def _numbers_answer(call: Call, span: Span, event: str, numbers: list[Number], **more: str) -> Response:
    format = table_format(call.parameters)
    table = Table(span.dates, {event: numbers})
    if format == "csv":
        return csv_answer(table)
    return json_answer({"status": "ok", **more, "results": table.by_date(event)})


async def _multiseg(call: Call) -> Response:
    event = call.parameters.required("event")
    outer, inner = _expression(call, "outer"), _expression(call, "inner")
    counted = count_type(call.parameters)
    unit = unit_of(call.parameters, UNITS) or "day"
    refuse_hourly_users(counted, unit)
    span = dated_span(call, unit)
    limit = call.parameters.integer("limit", minimum=1) or _LIMIT
    tally = PairTally(counted, len(span.starts))
    for entry in selected(call, span, event):
        tally.add(segments_of(outer(entry)), segments_of(inner(entry)), span.index(entry), user_of(entry))
    kept = tally.largest(limit)
    refuse_too_many(len(span.dates) * sum(map(len, kept.values())))
    values = {
        segment: Table.of(tally.within(segment), span.dates, inner_segments).by_segment()
        for segment, inner_segments in kept.items()
    }
    return json_answer({"data": {"series": span.dates, "values": values}, "legend_size": len(values)})


def _hours_or_days(call: Call, counted: CountType) -> Span:
    unit = unit_of(call.parameters, HOUR_OR_DAY) or "day"
    refuse_hourly_users(counted, unit)
    return dated_span(call, unit)


def _expression(call: Call, parameter: str) -> Evaluate:
    return evaluation(parameter, call.parameters.required(parameter), call.project.profiles)


def _optional_expression(call: Call, parameter: str) -> Evaluate | None:
    return None if call.parameters.text(parameter) is None else _expression(call, parameter)


def _is_usable(value: Any) -> TypeGuard[Number]:
    return is_number(value) and in_range(value)


OPERATIONS = (
    Operation("GET", "query", "/segmentation", _query),
    Operation("GET", "query", "/segmentation/numeric", _numeric),
    Operation("GET", "query", "/segmentation/sum", _sum),
    Operation("GET", "query", "/segmentation/average", _average),
    Operation("GET", "query", "/segmentation/multiseg", _multiseg),
)

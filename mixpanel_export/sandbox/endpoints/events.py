"""The project's events and properties, and simple counts of them.

https://developer.mixpanel.com/reference/list-recent-events. Where the reference leaves something open:

- "Today", from which `interval` counts back, is the day of the latest event; see `reports.recent`.
- A null property counts as absent: neither it nor its values are counted.
- The top properties and values cover all the data. Bookkeeping (`time`, `distinct_id` and the like) is not
  listed; among equally common properties, custom ones come before Mixpanel's.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from starlette.responses import Response

from mixpanel_export.sandbox.endpoints.operation import Call, Operation
from mixpanel_export.sandbox.endpoints.series import (
    count_type,
    json_answer,
    recent_or_dated_span,
    refuse_hourly_users,
    selected,
    table_answer,
    table_format,
    unit_of,
)
from mixpanel_export.sandbox.http.parameters import Parameters
from mixpanel_export.sandbox.http.refusal import BadRequest
from mixpanel_export.sandbox.reports.identity import user_of
from mixpanel_export.sandbox.reports.periods import Unit
from mixpanel_export.sandbox.reports.recent import FIRST_DAY, latest_day
from mixpanel_export.sandbox.reports.segments import values_of
from mixpanel_export.sandbox.reports.selection import Selection
from mixpanel_export.sandbox.reports.tally import CountType, Tally

__all__ = ["OPERATIONS"]

_TOP_EVENTS: Final = 100
_TOP_PROPERTIES: Final = 10
_VALUES: Final = 255
_NAMES: Final = 255
_MOST_NAMES: Final = 5000
_NAMES_DAYS: Final = 31
_BOOKKEEPING: Final = frozenset({"time", "distinct_id", "$insert_id", "mp_processing_time_ms"})

_Events = Iterable[Mapping[str, Any]]


async def _query(call: Call) -> Response:
    names = call.parameters.names("event")
    if not names:
        call.parameters.required("event")
        raise BadRequest("event must have at least one name")
    counted, unit = _counted(call.parameters)
    format = table_format(call.parameters)
    span = recent_or_dated_span(call, unit)
    tally = Tally(counted, len(span.starts))
    for entry in selected(call, span, *names):
        if (period := span.index(entry)) >= 0:
            tally.add(entry["event"], period, user_of(entry))
    return table_answer(tally, span, tuple(dict.fromkeys(names)), format)


async def _top(call: Call) -> Response:
    call.parameters.required("type")
    counted = count_type(call.parameters)
    limit = call.parameters.integer("limit", minimum=1) or _TOP_EVENTS
    today = latest_day(call.project.events, call.today)
    yesterday = today - datetime.timedelta(days=1)
    now, before = (_by_name(call, counted, day, day) for day in (today, yesterday))
    events = [
        {
            "amount": now.total(name),
            "event": name,
            "percent_change": (now.total(name) - then) / then if (then := before.total(name)) else None,
        }
        for name in now.largest(limit)
    ]
    return json_answer({"events": events, "type": counted})


async def _names(call: Call) -> Response:
    call.parameters.required("type")
    counted = count_type(call.parameters)
    limit = call.parameters.integer("limit", minimum=1, maximum=_MOST_NAMES) or _NAMES
    if call.parameters.text("from_date") is None and call.parameters.text("to_date") is None:
        last = latest_day(call.project.events, call.today)
        first = last - datetime.timedelta(days=_NAMES_DAYS - 1)
    else:
        first, last = call.parameters.date_range(call.today)
    return json_answer(_by_name(call, counted, first, last).largest(limit))


async def _properties(call: Call) -> Response:
    event = call.parameters.required("event")
    name = call.parameters.required("name")
    wanted = call.parameters.names("values")
    counted, unit = _counted(call.parameters)
    format = table_format(call.parameters)
    limit = call.parameters.integer("limit", minimum=1) or _VALUES
    span = recent_or_dated_span(call, unit)
    tally = Tally(counted, len(span.starts))
    for entry in selected(call, span, event):
        if (period := span.index(entry)) >= 0:
            for value in values_of(entry["properties"].get(name)):
                tally.add(value, period, user_of(entry))
    values = tally.largest(limit) if wanted is None else tuple(dict.fromkeys(wanted))
    return table_answer(tally, span, values, format)


async def _top_properties(call: Call) -> Response:
    event = call.parameters.required("event")
    limit = call.parameters.integer("limit", minimum=1) or _TOP_PROPERTIES
    counts: Counter[str] = Counter()
    for entry in _ever(call, event):
        counts.update(name for name, value in entry["properties"].items() if value is not None)
    names = sorted(
        counts.keys() - _BOOKKEEPING,
        key=lambda name: (-counts[name], name.startswith(("$", "mp_")), name),
    )
    return json_answer({name: {"count": counts[name]} for name in names[:limit]})


async def _values(call: Call) -> Response:
    event = call.parameters.required("event")
    name = call.parameters.required("name")
    limit = call.parameters.integer("limit", minimum=1) or _VALUES
    tally = Tally("general", 1)
    for entry in _ever(call, event):
        for value in values_of(entry["properties"].get(name)):
            tally.add(value, 0, None)
    return json_answer(tally.largest(limit))


def _counted(parameters: Parameters) -> tuple[CountType, Unit]:
    parameters.required("type")
    parameters.required("unit")
    counted, unit = count_type(parameters), unit_of(parameters)
    assert unit is not None
    refuse_hourly_users(counted, unit)
    return counted, unit


def _by_name(call: Call, counted: CountType, first: datetime.date, last: datetime.date) -> Tally:
    """Return every event's count over these days as a whole."""
    tally = Tally(counted, 1)
    for event in Selection().of(call.project.events.events(first, last)):
        tally.add(event["event"], 0, user_of(event))
    return tally


def _ever(call: Call, name: str) -> Iterator[Mapping[str, Any]]:
    events: _Events = call.project.events.events(FIRST_DAY, call.today)
    return Selection(names=frozenset([name])).of(events)


OPERATIONS = (
    Operation("GET", "query", "/events", _query),
    Operation("GET", "query", "/events/top", _top),
    Operation("GET", "query", "/events/names", _names),
    Operation("GET", "query", "/events/properties", _properties),
    Operation("GET", "query", "/events/properties/top", _top_properties),
    Operation("GET", "query", "/events/properties/values", _values),
)

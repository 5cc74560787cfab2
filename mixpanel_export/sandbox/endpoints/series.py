"""Helpers of the segmentation and event queries: periods, counts and response formats.

Not an endpoint itself. See `reports` for the counting.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, cast

import msgspec
from attrs import field, frozen
from starlette.responses import Response

from mixpanel_export.sandbox.endpoints.operation import Call
from mixpanel_export.sandbox.http.parameters import Parameters
from mixpanel_export.sandbox.http.refusal import BadRequest
from mixpanel_export.sandbox.reports.evaluation import predicate
from mixpanel_export.sandbox.reports.periods import Unit, label, period_index, periods
from mixpanel_export.sandbox.reports.recent import latest_day, latest_time, recent_start
from mixpanel_export.sandbox.reports.selection import Selection
from mixpanel_export.sandbox.reports.table import Table
from mixpanel_export.sandbox.reports.tally import CountType, Tally

__all__ = [
    "HOUR_OR_DAY",
    "UNITS",
    "Span",
    "computed_at",
    "count_type",
    "csv_answer",
    "dated_span",
    "json_answer",
    "recent_or_dated_span",
    "refuse_hourly_users",
    "refuse_too_many",
    "selected",
    "table_answer",
    "table_format",
    "unit_of",
]

UNITS: Final = ("minute", "hour", "day", "week", "month")
HOUR_OR_DAY: Final = ("hour", "day")
_COUNT_TYPES: Final = ("general", "unique", "average")
_MOST_UNITS: Final = 10_000
# Responses are built in memory; this many numbers take some tens of megabytes.
_MOST_NUMBERS: Final = 1_000_000
_PERIODS_A_DAY: Final[Mapping[Unit, int]] = {"minute": 1440, "hour": 24}

TableFormat = Literal["json", "csv"]


@frozen
class Span:
    """The days of a query and their periods.

    Attributes:
        starts: the start of each period.
        dates: the label of each period.
    """

    first: datetime.date
    last: datetime.date
    unit: Unit
    starts: list[int]
    dates: list[str] = field(init=False)

    @dates.default  # pyright: ignore
    def _labels(self) -> list[str]:
        return [label(start, self.unit) for start in self.starts]

    def index(self, event: Mapping[str, Any]) -> int:
        """Return the index of the event's period; -1 before the first."""
        return period_index(self.starts, event["properties"]["time"])


def dated_span(call: Call, unit: Unit, interval: int = 1) -> Span:
    """Return the span from `from_date` to `to_date`."""
    first, last = call.parameters.date_range(call.today)
    return _span(first, last, unit, interval)


def recent_or_dated_span(call: Call, unit: Unit) -> Span:
    """Return the span from `from_date` to `to_date`, or of the last `interval` units up to the latest event."""
    parameters = call.parameters
    count = parameters.integer("interval", minimum=1, maximum=_MOST_UNITS)
    dated = parameters.text("from_date") or parameters.text("to_date")
    if count is None:
        if not dated:
            raise BadRequest("either interval or from_date and to_date is required")
        return dated_span(call, unit)
    if dated:
        raise BadRequest("interval cannot be used together with from_date and to_date")
    events = call.project.events
    last, now = latest_day(events, call.today), latest_time(events, call.today)
    start = recent_start(now, unit, count)
    first = datetime.date(1970, 1, 1) + datetime.timedelta(days=start // 86_400)
    whole_days = _span(first, last, unit, 1)
    return Span(first, last, unit, [begin for begin in whole_days.starts if start <= begin <= now])


def _span(first: datetime.date, last: datetime.date, unit: Unit, interval: int) -> Span:
    refuse_too_many(((last - first).days + 1) * _PERIODS_A_DAY.get(unit, 1))
    return Span(first, last, unit, periods(first, last, unit, interval))


def unit_of(parameters: Parameters, allowed: tuple[Unit, ...] = UNITS) -> Unit | None:
    """Return the parameter `unit`."""
    return cast("Unit | None", parameters.choice("unit", allowed))


def count_type(parameters: Parameters) -> CountType:
    """Return the parameter `type`, `general` by default."""
    return cast("CountType", parameters.choice("type", _COUNT_TYPES) or "general")


def refuse_hourly_users(counted: CountType, unit: Unit) -> None:
    """Refuse to count users by the hour or minute, as Mixpanel does."""
    if counted != "general" and unit in ("minute", "hour"):
        raise BadRequest(f"unit cannot be {unit} when type is {counted}: users are not counted hourly")


def selected(call: Call, span: Span, *names: str) -> Iterator[Mapping[str, Any]]:
    """Return the events of these names in the span that match `where`, without duplicates."""
    where = call.parameters.text("where")
    selection = Selection(
        names=frozenset(names),
        where=None if where is None else predicate("where", where, call.project.profiles),
    )
    return selection.of(call.project.events.events(span.first, span.last))


def table_format(parameters: Parameters) -> TableFormat:
    """Return the parameter `format`, `json` by default."""
    return cast("TableFormat", parameters.choice("format", ("json", "csv")) or "json")


def table_answer(tally: Tally, span: Span, segments: Sequence[str], format: TableFormat) -> Response:
    """Return the counts of these segments by date, in the requested format."""
    refuse_too_many(len(span.dates) * len(segments))
    table = Table.of(tally, span.dates, segments)
    return csv_answer(table) if format == "csv" else json_answer(table.json())


def csv_answer(table: Table) -> Response:
    """Return a table as CSV."""
    return Response(table.csv(), media_type="text/csv")


def json_answer(value: Any) -> Response:
    """Return JSON, encoded fast enough for large values."""
    try:
        body = msgspec.json.encode(value)
    except UnicodeEncodeError:
        # Half a surrogate pair, which JSON can only escape.
        body = json.dumps(value).encode()
    return Response(body, media_type="application/json")


def computed_at() -> str:
    """Return the current time in the format of reports."""
    return datetime.datetime.now(datetime.UTC).isoformat()


def refuse_too_many(numbers: int) -> None:
    """Refuse a response with too many numbers before building it."""
    if numbers > _MOST_NUMBERS:
        raise BadRequest(
            f"the response would have {numbers:,} numbers, more than the maximum of {_MOST_NUMBERS:,}; "
            "use a longer unit, a shorter range or a smaller limit"
        )

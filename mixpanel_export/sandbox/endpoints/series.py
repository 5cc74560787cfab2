"""What the segmentation and the event queries share: which periods, what is counted, how it is answered.

Not an endpoint itself. Counting is the business of `reports`.
"""

from __future__ import annotations

import datetime
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
# A sandbox answers in one piece; this many numbers are some tens of megabytes.
_MOST_NUMBERS: Final = 1_000_000
_PERIODS_A_DAY: Final[Mapping[Unit, int]] = {"minute": 1440, "hour": 24}

TableFormat = Literal["json", "csv"]


@frozen
class Span:
    """The days that are asked about, and the periods they are cut into.

    Attributes:
        starts: when the periods begin.
        dates: how they are written.
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
        """The number of the period that the event is in; -1 for one before the first."""
        return period_index(self.starts, event["properties"]["time"])


def dated_span(call: Call, unit: Unit, interval: int = 1) -> Span:
    """`from_date` to `to_date`."""
    first, last = call.parameters.date_range(call.today)
    return _span(first, last, unit, interval)


def recent_or_dated_span(call: Call, unit: Unit) -> Span:
    """Either `from_date` to `to_date` or the last `interval` units, up to the latest event."""
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
    return Span(first, last, unit, [each for each in whole_days.starts if start <= each <= now])


def _span(first: datetime.date, last: datetime.date, unit: Unit, interval: int) -> Span:
    refuse_too_many(((last - first).days + 1) * _PERIODS_A_DAY.get(unit, 1))
    return Span(first, last, unit, periods(first, last, unit, interval))


def unit_of(parameters: Parameters, allowed: tuple[Unit, ...] = UNITS) -> Unit | None:
    """The parameter `unit`."""
    return cast("Unit | None", parameters.choice("unit", allowed))


def count_type(parameters: Parameters) -> CountType:
    """The parameter `type`, `general` when left out."""
    return cast("CountType", parameters.choice("type", _COUNT_TYPES) or "general")


def refuse_hourly_users(counted: CountType, unit: Unit) -> None:
    """Mixpanel knows the users of a day, and of nothing shorter."""
    if counted != "general" and unit in ("minute", "hour"):
        raise BadRequest(f"unit cannot be {unit} when type is {counted}: users are not counted hourly")


def selected(call: Call, span: Span, *names: str) -> Iterator[Mapping[str, Any]]:
    """The events of these names in the span that satisfy the parameter `where`, each once."""
    where = call.parameters.text("where")
    selection = Selection(
        names=frozenset(names),
        where=None if where is None else predicate("where", where, call.project.profiles),
    )
    return selection.of(call.project.events.events(span.first, span.last))


def table_format(parameters: Parameters) -> TableFormat:
    """The parameter `format`, `json` when left out."""
    return cast("TableFormat", parameters.choice("format", ("json", "csv")) or "json")


def table_answer(tally: Tally, span: Span, segments: Sequence[str], format: TableFormat) -> Response:
    """The counts of these segments by date, in the form that was asked for."""
    refuse_too_many(len(span.dates) * len(segments))
    table = Table.of(tally, span.dates, segments)
    return csv_answer(table) if format == "csv" else json_answer(table.json())


def csv_answer(table: Table) -> Response:
    """A table as text."""
    return Response(table.csv(), media_type="text/csv")


def json_answer(value: Any) -> Response:
    """Any JSON, of which there may be a lot."""
    return Response(msgspec.json.encode(value), media_type="application/json")


def computed_at() -> str:
    """Now, as reports write when their numbers are from."""
    return datetime.datetime.now(datetime.UTC).isoformat()


def refuse_too_many(numbers: int) -> None:
    """Refuse an answer of so many numbers, before they are put together."""
    if numbers > _MOST_NUMBERS:
        raise BadRequest(
            f"the answer would have {numbers:,} numbers, and the most is {_MOST_NUMBERS:,}; "
            "use a longer unit, a shorter range or a smaller limit"
        )

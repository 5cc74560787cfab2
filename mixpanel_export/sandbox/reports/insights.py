"""Insights reports: their definition, and computing one from the events of its days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from mixpanel_export.expressions.numerals import in_range
from mixpanel_export.expressions.values import is_number
from mixpanel_export.sandbox.reports.evaluation import Evaluate, evaluation, predicate
from mixpanel_export.sandbox.reports.identity import user_of
from mixpanel_export.sandbox.reports.periods import Unit, period_index
from mixpanel_export.sandbox.reports.selection import Selection
from mixpanel_export.sandbox.reports.tally import CountType, Number, Sums, Tally
from mixpanel_export.sandbox.reports.where import Predicate

__all__ = ["InsightsReport", "Metric", "report_series"]

_Event = Mapping[str, Any]


@frozen
class Metric:
    """One line of a report.

    Attributes:
        name: the label of the line.
        event: the event it counts.
        counted: what to count.
        total_of: an expression to sum instead of counting.
        where: an expression the events must match.
    """

    name: str
    event: str
    counted: CountType = "general"
    total_of: str | None = None
    where: str | None = None


@frozen
class InsightsReport:
    """A saved report.

    Attributes:
        days: the number of days it covers, up to the latest with data.
    """

    bookmark_id: int
    name: str
    unit: Unit
    days: int
    metrics: tuple[Metric, ...] = field(converter=tuple[Metric, ...])


def report_series(
    report: InsightsReport, events: Iterable[_Event], starts: Sequence[int]
) -> dict[str, Sequence[Number]]:
    """Return the numbers of each metric, one for each period, in the report's order.

    Args:
        events: the events of the report's days, as stored.
        starts: the start of each period.
    """
    names = frozenset(metric.event for metric in report.metrics)
    lines = [_Line.of(metric, len(starts)) for metric in report.metrics]
    for event in Selection(names).of(events):
        period = period_index(starts, event["properties"]["time"])
        for line in lines:
            line.add(event, period)
    return {line.metric.name: line.numbers() for line in lines}


@frozen
class _Line:
    """A metric and its numbers so far."""

    metric: Metric
    where: Predicate | None
    total_of: Evaluate | None
    tally: Tally
    sums: Sums

    @classmethod
    def of(cls, metric: Metric, length: int) -> _Line:
        return cls(
            metric=metric,
            where=None if metric.where is None else predicate("where", metric.where),
            total_of=None if metric.total_of is None else evaluation("on", metric.total_of),
            tally=Tally(metric.counted, length),
            sums=Sums(length),
        )

    def add(self, event: _Event, period: int) -> None:
        if event["event"] != self.metric.event or not (self.where is None or self.where(event)):
            return
        if self.total_of is None:
            self.tally.add(self.metric.event, period, user_of(event))
            return
        number = self.total_of(event)
        if is_number(number) and in_range(number):
            self.sums.add(period, number)

    def numbers(self) -> Sequence[Number]:
        return self.tally.series(self.metric.event) if self.total_of is None else self.sums.sums()

"""One export to run: its checked arguments, its plan, and the request of each slice.

Pure. Arguments are checked once, here; the generated operation then builds each slice's request from them, so that
the contract decides its parameters.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack, cast

from attrs import evolve, frozen
from attrs import fields as attributes_of

from mixpanel_export._formats import COLUMN_NAMES, ON_MALFORMED, ColumnNames, OnMalformed
from mixpanel_export.download.plan import Plan, Slice, make_plan
from mixpanel_export.download.planner import Pace, SlicePlanner
from mixpanel_export.errors import BudgetExhaustedError, InvalidArgumentError
from mixpanel_export.http.arguments import check_options
from mixpanel_export.http.calls import Request, build_request, checked_arguments
from mixpanel_export.http.context import Context
from mixpanel_export.records.decode import EventDecoder
from mixpanel_export.records.event import Event, event_type
from mixpanel_export.records.verify import MAX_LINE
from mixpanel_export_api.api.export import EXPORT_RAW

if TYPE_CHECKING:
    from mixpanel_export.dates import DateLike
    from mixpanel_export_api.api import Expression

__all__ = ["DEFAULT_MEMORY", "DEFAULT_PARALLEL", "ExportFilters", "ExportJob", "ExportOptions"]

# Slices are downloaded in parallel only where that pays; see `planner`.
DEFAULT_PARALLEL = 32
# Bytes that a conversion to columns may take, beyond what the libraries themselves take.
DEFAULT_MEMORY = 256 << 20
_MIN_MEMORY = 64 << 20
# As large as a decompressed chunk, within which lines are not measured.
_MIN_LINE = 1 << 20
_HOUR = 3600.0


class ExportFilters(TypedDict, total=False):
    """The arguments that select events; see `Export.events`."""

    event: str | Sequence[str] | None
    where: str | Expression | None
    limit: int | None
    time_in_ms: bool | None
    bucket: str | None


class FetchOptions(ExportFilters, total=False):
    """The arguments that select events and properties, and say how to fetch them; see `Export.events`."""

    fields: Sequence[str] | None
    exclude: Sequence[str] | None
    parallel: int
    slice_days: int | None
    deduplicate: bool
    on_malformed: OnMalformed
    malformed_path: str | os.PathLike[str] | None
    max_line: int
    allow_unproved: bool


class ExportOptions(FetchOptions, total=False):
    """The same, and the arguments of columns; see `Export.batches`."""

    column_names: ColumnNames
    memory: int


@frozen
class ExportJob:
    """An export that is ready to run. `make` one.

    Attributes:
        filters: the contract's arguments except the dates, checked; None for one that was not given.
        event_type: the class of the events, with the export's time zone and unit of time.
        ticks: the unit of `time`: 1 for seconds, 1000 for milliseconds.
        fields: the properties to keep, beside those that identify an event; None for all.
        exclude: the properties to leave out.
        column_names: the way to name columns; see `_formats.ColumnNames`.
        deduplicate: leave out events that were sent again.
        memory: about how many bytes a conversion to columns may take.
        on_malformed: the treatment of lines that are not events; see `_formats.OnMalformed`.
        malformed_path: the file for such lines; None for the default of the delivery.
        max_line: about the most bytes of a line.
        allow_unproved: accept an answer that neither HTTP nor gzip proves to be whole.
    """

    context: Context
    plan: Plan
    filters: Mapping[str, Any]
    event_type: type[Event]
    ticks: int = 1
    fields: tuple[str, ...] | None = None
    deduplicate: bool = False
    memory: int = DEFAULT_MEMORY
    on_malformed: OnMalformed = "raise"
    malformed_path: Path | None = None
    max_line: int = MAX_LINE
    allow_unproved: bool = False
    exclude: tuple[str, ...] = ()
    column_names: ColumnNames = "exact"

    @classmethod
    def make(
        cls, context: Context, from_date: DateLike, to_date: DateLike, **options: Unpack[ExportOptions]
    ) -> ExportJob:
        """Check the arguments and make the plan.

        Raises:
            InvalidArgumentError: for the first argument that is not allowed, or not known.
        """
        check_options(options, ExportOptions)
        fields = _check_fields("fields", options.get("fields"))
        exclude = _check_exclude(options)
        event = options.get("event")
        given: dict[str, Any] = {name: options.get(name) for name in ExportFilters.__annotations__}
        given["event"] = [event] if isinstance(event, str) else event
        checked = checked_arguments(
            context, EXPORT_RAW, {**given, "from_date": from_date, "to_date": to_date}
        )
        filters = {name: checked.get(name) for name in given}
        plan = make_plan(
            checked["from_date"],
            checked["to_date"],
            parallel=options.get("parallel", DEFAULT_PARALLEL),
            slice_days=options.get("slice_days"),
            whole=filters["limit"] is not None,
        )
        ticks = 1000 if filters["time_in_ms"] else 1
        job = cls(
            context,
            plan,
            filters,
            event_type(context.zone, ticks, fields),
            ticks,
            fields,
            options.get("deduplicate", False),
            _check_bytes("memory", options.get("memory", DEFAULT_MEMORY), _MIN_MEMORY),
            _check_on_malformed(options.get("on_malformed", "raise")),
            Path(given_path) if (given_path := options.get("malformed_path")) is not None else None,
            _check_bytes("max_line", options.get("max_line", MAX_LINE), _MIN_LINE),
            options.get("allow_unproved", False),
            exclude,
            _check_column_names(options.get("column_names", "exact")),
        )
        # Refuses what does not fit in a URL; the URLs of all slices have the same length.
        job.request(Slice(checked["from_date"], checked["to_date"]))
        return job

    def request(self, slice_: Slice) -> Request:
        """Build the request of one slice."""
        arguments = {**self.filters, "from_date": slice_.from_date, "to_date": slice_.to_date}
        return build_request(self.context, EXPORT_RAW, arguments, headers={"Accept-Encoding": "gzip"})

    def decoder(self, slice_: Slice) -> EventDecoder:
        """Make the decoder of one slice's lines."""
        return EventDecoder(
            self.event_type,
            self.fields,
            f"the slice {slice_}",
            exclude=self.exclude,
            quotes=not self.exclude,
        )

    @property
    def options(self) -> ExportOptions:
        """The arguments that make the same export of other days; those with their default value are left out."""
        given: dict[str, Any] = {name: value for name, value in self.filters.items() if value is not None}
        for attribute in _OPTIONAL:
            if (value := getattr(self, attribute)) != _DEFAULTS[attribute]:
                given[attribute] = value
        return cast(ExportOptions, given)

    @property
    def days(self) -> tuple[datetime.date, datetime.date]:
        """The first and the last day."""
        slices = sorted((*self.plan.ranges, *self.plan.fixed))
        return slices[0].from_date, slices[-1].to_date

    def check_fits(self) -> None:
        """Check that the hour allows all slices, for a delivery that is worth nothing without the last one.

        Raises:
            BudgetExhaustedError: when the export could only fail, after it used up the hour; nothing is sent.
        """
        per_hour = self.context.budget("data").quota.per_hour
        requests = len(self.plan.fixed)
        if per_hour is None or requests <= per_hour or self.context.budget_wait().longest >= _HOUR:
            return
        raise BudgetExhaustedError(
            f"the export takes {requests:,} requests, more than the {per_hour:,} an hour of its budget, and may "
            f"not wait for another hour; nothing was sent",
            _HOUR,
            "Choose a larger slice_days, raise Limits(max_wait=…) to an hour, or export to a directory, "
            "which waits",
        )

    def planner(self) -> SlicePlanner:
        """Make a planner of the days, at the pace that the budget allows now."""
        budget = self.context.budget("data")
        quota = budget.quota
        left = max(0, quota.per_hour - budget.used()) if quota.per_hour is not None else None
        plan = self.plan
        if quota.concurrent is not None:
            # More would only wait for each other.
            plan = evolve(plan, parallel=min(plan.parallel, quota.concurrent))
        return SlicePlanner.of(plan, Pace(quota.per_second, quota.per_hour, left))


_OPTIONAL = ExportOptions.__annotations__.keys() & {attribute.name for attribute in attributes_of(ExportJob)}
_DEFAULTS: Mapping[str, Any] = {attribute.name: attribute.default for attribute in attributes_of(ExportJob)}


def _check_bytes(name: str, size: int, least: int) -> int:
    """Return a number of bytes, or raise if it is too small."""
    if isinstance(size, bool) or not isinstance(size, int) or size < least:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidArgumentError(name, size, f"expected an integer of at least {least:,} bytes")
    return size


def _check_on_malformed(value: OnMalformed) -> OnMalformed:
    if value not in ON_MALFORMED:
        raise InvalidArgumentError("on_malformed", value, f"expected one of {', '.join(ON_MALFORMED)}")
    return value


def _check_exclude(options: ExportOptions) -> tuple[str, ...]:
    exclude = _check_fields("exclude", options.get("exclude")) or ()
    if exclude and options.get("on_malformed") == "quarantine":
        raise InvalidArgumentError(
            "exclude",
            options.get("exclude"),
            "quarantined lines are written unchanged, so nothing can be left out of them; set on_malformed to "
            "'raise' or 'replace'",
        )
    return exclude


def _check_column_names(value: ColumnNames) -> ColumnNames:
    if value not in COLUMN_NAMES:
        raise InvalidArgumentError("column_names", value, f"expected one of {', '.join(COLUMN_NAMES)}")
    return value


def _check_fields(argument: str, fields: Sequence[str] | None) -> tuple[str, ...] | None:
    """Return the names without repetition, or raise if they are not a list of texts."""
    if fields is None:
        return None
    given: Any = fields
    names: tuple[object, ...] | None = None
    if isinstance(given, Iterable) and not isinstance(given, str):
        names = tuple(cast(Iterable[object], given))
    if names is None or not all(isinstance(name, str) for name in names):
        raise InvalidArgumentError(argument, fields, "expected a list of property names")
    return tuple(dict.fromkeys(cast(tuple[str, ...], names)))

"""One export, asked for: its arguments checked, its plan, and what it takes to run it.

Pure. Each slice's request is built by the generated operation, so that the contract decides its parameters.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, Unpack, cast

from attrs import frozen

from mixpanel_export import dates
from mixpanel_export.download.plan import Plan, Slice, make_plan
from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.http.arguments import check_options
from mixpanel_export.records.decode import EventDecoder
from mixpanel_export.records.event import Event, event_type
from mixpanel_export_api.api.export import EXPORT_RAW

if TYPE_CHECKING:
    from mixpanel_export.dates import DateLike
    from mixpanel_export.http.context import Context, Request
    from mixpanel_export_api.api import Expression

__all__ = ["DEFAULT_MEMORY", "DEFAULT_PARALLEL", "ExportFilters", "ExportJob", "ExportOptions"]

DEFAULT_PARALLEL = 8
# Bytes that a conversion to columns may take, beyond what the libraries themselves take.
DEFAULT_MEMORY = 256 << 20
_LEAST_MEMORY = 64 << 20


class ExportFilters(TypedDict, total=False):
    """What narrows an export down; see `Export.events`."""

    event: str | Sequence[str] | None
    where: str | Expression | None
    limit: int | None
    time_in_ms: bool | None
    bucket: str | None


class ExportOptions(ExportFilters, total=False):
    """What narrows an export down, and how it is divided; see `Export.events`."""

    parallel: int
    slice_days: int | None
    deduplicate: bool
    memory: int


@frozen
class ExportJob:
    """An export that can be run: what to ask for, slice by slice, and how to read the answers.

    Attributes:
        filters: the contract's arguments but the dates.
        ticks: what `time` is counted in: 1 for seconds, 1000 for milliseconds.
        fields: the properties to make of each event; None for all.
        deduplicate: leave out events that were sent again.
        memory: about how many bytes a conversion to columns may take.
    """

    context: Context
    plan: Plan
    filters: Mapping[str, Any]
    event_type: type[Event]
    ticks: int = 1
    fields: tuple[str, ...] | None = None
    deduplicate: bool = False
    memory: int = DEFAULT_MEMORY

    @classmethod
    def make(
        cls,
        context: Context,
        from_date: DateLike,
        to_date: DateLike,
        *,
        fields: Sequence[str] | None = None,
        **options: Unpack[ExportOptions],
    ) -> ExportJob:
        """Check the arguments and make the plan; raises InvalidArgumentError."""
        check_options(options, ExportOptions)
        projected = _checked_fields(fields)
        event = options.get("event")
        filters: dict[str, Any] = {
            "event": [event] if isinstance(event, str) else event,
            "where": options.get("where"),
            "limit": options.get("limit"),
            "time_in_ms": options.get("time_in_ms"),
            "bucket": options.get("bucket"),
        }
        # Checks everything, for all slices at once.
        context.request(EXPORT_RAW, {**filters, "from_date": from_date, "to_date": to_date})
        budget = context.limits.export if context.limits is not None else None
        plan = make_plan(
            dates.to_date("from_date", from_date),
            dates.to_date("to_date", to_date),
            parallel=options.get("parallel", DEFAULT_PARALLEL),
            slice_days=options.get("slice_days"),
            per_hour=budget.per_hour if budget is not None else None,
            whole=filters["limit"] is not None,
        )
        ticks = 1000 if filters["time_in_ms"] else 1
        return cls(
            context,
            plan,
            filters,
            event_type(context.zone, ticks, projected),
            ticks,
            projected,
            options.get("deduplicate", False),
            checked_memory(options.get("memory", DEFAULT_MEMORY)),
        )

    def request(self, piece: Slice) -> Request:
        """The request of one slice."""
        arguments = {**self.filters, "from_date": piece.from_date, "to_date": piece.to_date}
        return self.context.request(EXPORT_RAW, arguments, headers={"Accept-Encoding": "gzip"})

    def decoder(self, piece: Slice) -> EventDecoder:
        """What decodes one slice."""
        return EventDecoder(self.event_type, self.fields, f"the slice {piece}")

    @property
    def days(self) -> tuple[datetime.date, datetime.date]:
        """The first and the last day."""
        return self.plan.slices[0].from_date, self.plan.slices[-1].to_date


def checked_memory(memory: int) -> int:
    """As it is, or a refusal."""
    if isinstance(memory, bool) or not isinstance(memory, int) or memory < _LEAST_MEMORY:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidArgumentError("memory", memory, f"allowed are {_LEAST_MEMORY:,} bytes and more")
    return memory


def _checked_fields(fields: Sequence[str] | None) -> tuple[str, ...] | None:
    if fields is None:
        return None
    names: tuple[object, ...] | None = None
    if isinstance(fields, Iterable) and not isinstance(fields, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        names = tuple(dict.fromkeys(fields))
    if names is None or not all(isinstance(name, str) for name in names):
        raise InvalidArgumentError("fields", fields, "allowed is a list of property names")
    return cast(tuple[str, ...], names)

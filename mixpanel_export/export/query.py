"""One raw export, asked for: its request, what its events are, and what its failures are called.

Pure. The request is built by the generated operation, so that the contract decides its parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import httpx
from attrs import define, frozen

from mixpanel_export.errors import IncompleteExportError, MixpanelError
from mixpanel_export.export.event import Event, event_type
from mixpanel_export.export.stream import Arrival, EventStream
from mixpanel_export_api.api.export import EXPORT_RAW

if TYPE_CHECKING:
    from mixpanel_export.calls import Context, Request
    from mixpanel_export.dates import DateLike
    from mixpanel_export_api.api import Expression

__all__ = ["ExportFilters", "ExportQuery", "Progress"]


class ExportFilters(TypedDict, total=False):
    """What narrows an export down; see `Export.events`."""

    event: str | Sequence[str] | None
    where: str | Expression | None
    limit: int | None
    time_in_ms: bool | None
    bucket: str | None


@define
class Progress:
    """How far an export has come.

    Attributes:
        events: events decoded and checked.
        received: bytes that came over the network, compressed as they came.
        lines: bytes of JSON Lines, decompressed.
    """

    events: int = 0
    received: int = 0
    lines: int = 0

    def add(self, arrival: Arrival) -> None:
        """Count what has arrived."""
        self.events += len(arrival.events)
        self.received += len(arrival.chunk)
        self.lines += len(arrival.lines)


@frozen
class ExportQuery:
    """The request of one export, and how to read its answer."""

    context: Context
    request: Request
    event_type: type[Event]

    @classmethod
    def make(
        cls,
        context: Context,
        from_date: DateLike,
        to_date: DateLike,
        **filters: Unpack[ExportFilters],
    ) -> ExportQuery:
        """Check the arguments and build the request; raises InvalidArgumentError."""
        event = filters.get("event")
        arguments: Mapping[str, Any] = {
            **filters,
            "from_date": from_date,
            "to_date": to_date,
            "event": [event] if isinstance(event, str) else event,
        }
        request = context.request(EXPORT_RAW, arguments, headers={"Accept-Encoding": "gzip"})
        return cls(context, request, event_type(context.zone, 1000 if filters.get("time_in_ms") else 1))

    def stream(self, response: httpx.Response) -> EventStream:
        """What decodes the answer; raises when it is a failure, whose body must have been read."""
        if not response.is_success:
            self.context.check(response)
        return EventStream(
            response.headers.get("content-type", ""),
            response.headers.get("content-encoding", ""),
            self.event_type,
        )

    def not_reached(self, error: httpx.HTTPError) -> MixpanelError:
        """The exception for a request that got no answer."""
        return self.context.network_error(error, self.request)

    def broken_off(self, error: httpx.HTTPError) -> IncompleteExportError:
        """The exception for an answer that ended before it was complete."""
        return IncompleteExportError(str(self.context.network_error(error, self.request)))

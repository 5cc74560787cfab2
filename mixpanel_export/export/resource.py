"""`client.export`: the raw export, sync and async.

Two thin shells: they own the socket and the loop, and leave every decision to the pure parts beside them
(`query`, `stream`, `decode`, `files`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Unpack

import httpx

from mixpanel_export.dates import DateLike
from mixpanel_export.export.event import Event
from mixpanel_export.export.files import FileFormat, LineFile, check_format, writer_for
from mixpanel_export.export.query import ExportFilters, ExportQuery, Progress
from mixpanel_export.export.stream import Arrival
from mixpanel_export_api.api.export import AsyncExportResource, ExportResource

if TYPE_CHECKING:
    from mixpanel_export.calls import Context
    from mixpanel_export.client import AsyncMixpanelClient, MixpanelClient
    from mixpanel_export_api.api import Expression

__all__ = ["AsyncExport", "Export"]


class Export(ExportResource):
    """The raw export of events, over a synchronous client."""

    def __init__(self, client: MixpanelClient, context: Context, http: httpx.Client) -> None:
        super().__init__(client)
        self._context = context
        self._http = http

    def events(
        self,
        from_date: DateLike,
        to_date: DateLike,
        *,
        event: str | Sequence[str] | None = None,
        where: str | Expression | None = None,
        limit: int | None = None,
        time_in_ms: bool | None = None,
        bucket: str | None = None,
    ) -> Iterator[Event]:
        """Every raw event of a range of days, as it arrives, in flat memory.

        Arguments are checked, and refused, by this call; the request is sent when the first event is asked
        for. Mixpanel promises no order.

        Args:
            from_date: the first day, a `datetime.date` or `"YYYY-MM-DD"`. Days are UTC for projects made from
                2023 on, and the project's own time zone for older ones.
            to_date: the last day, included; at most today in the client's time zone.
            event: only events of this name, or of any of these names.
            where: only events for which this segmentation expression is true.
            limit: at most this many events, 1 to 100,000.
            time_in_ms: ask for `time` in milliseconds; `Event.time` is right either way.
            bucket: a data bucket id, for projects that have some.

        Yields:
            Event: each event once.

        Raises:
            InvalidArgumentError: for an argument that is not allowed; nothing is sent.
            APIError: when Mixpanel refuses.
            NetworkError: when Mixpanel cannot be reached.
            IncompleteExportError: when the answer breaks off in any way. What was yielded before is not all.
            MalformedEventError: when a line is no event; no line is ever skipped.

        Source: https://developer.mixpanel.com/reference/raw-event-export
        """
        query = ExportQuery.make(
            self._context,
            from_date,
            to_date,
            event=event,
            where=where,
            limit=limit,
            time_in_ms=time_in_ms,
            bucket=bucket,
        )
        return (each for arrival in self._receive(query) for each in arrival.events)

    def to_file(
        self,
        path: str | Path,
        from_date: DateLike,
        to_date: DateLike,
        *,
        format: FileFormat = "jsonl.gz",
        progress: Callable[[Progress], object] | None = None,
        **filters: Unpack[ExportFilters],
    ) -> Progress:
        """Write a range of days to one file, which appears under its name only when it is complete.

        Args:
            path: the file; an existing one is replaced, atomically.
            from_date: the first day, as for `events`.
            to_date: the last day, as for `events`.
            format: `jsonl`, or `jsonl.gz`, which keeps the gzip that arrives as it came.
            progress: called with the running totals as data arrives.
            filters: `event`, `where`, `limit`, `time_in_ms` and `bucket`, as for `events`.

        Returns:
            The totals.

        Raises:
            As `events` does; then there is no file, or the one that was there before.
        """
        check_format(format)
        query = ExportQuery.make(self._context, from_date, to_date, **filters)
        with LineFile(Path(path)) as target:
            totals = self._write(query, target.file, format, progress)
            target.complete()
        return totals

    def to_stream(
        self,
        file: IO[bytes],
        from_date: DateLike,
        to_date: DateLike,
        *,
        progress: Callable[[Progress], object] | None = None,
        **filters: Unpack[ExportFilters],
    ) -> Progress:
        """Write a range of days as JSON Lines to an open binary file, such as `sys.stdout.buffer`.

        Takes and raises what `to_file` does; when it raises, whole lines may have been written.
        """
        query = ExportQuery.make(self._context, from_date, to_date, **filters)
        return self._write(query, file, "jsonl", progress)

    def _write(
        self,
        query: ExportQuery,
        file: IO[bytes],
        file_format: FileFormat,
        progress: Callable[[Progress], object] | None,
    ) -> Progress:
        totals = Progress()
        writer = writer_for(file, file_format)
        for arrival in self._receive(query):
            writer.write(arrival)
            totals.add(arrival)
            if progress is not None:
                progress(totals)
        writer.end()
        return totals

    def _receive(self, query: ExportQuery) -> Iterator[Arrival]:
        request = self._http.build_request(**query.request.arguments)
        try:
            response = self._http.send(request, stream=True)
        except httpx.HTTPError as error:
            raise query.not_reached(error) from error
        try:
            if not response.is_success:
                response.read()
            stream = query.stream(response)
            for chunk in response.iter_raw():
                yield from stream.feed(chunk)
            yield stream.finish()
        except httpx.HTTPError as error:
            raise query.broken_off(error) from error
        finally:
            response.close()


class AsyncExport(AsyncExportResource):
    """The raw export of events, over an asynchronous client."""

    def __init__(self, client: AsyncMixpanelClient, context: Context, http: httpx.AsyncClient) -> None:
        super().__init__(client)
        self._context = context
        self._http = http

    def events(
        self,
        from_date: DateLike,
        to_date: DateLike,
        *,
        event: str | Sequence[str] | None = None,
        where: str | Expression | None = None,
        limit: int | None = None,
        time_in_ms: bool | None = None,
        bucket: str | None = None,
    ) -> AsyncIterator[Event]:
        """Every raw event of a range of days, as it arrives: `async for event in client.export.events(...)`.

        Takes, yields and raises what `Export.events` does.
        """
        query = ExportQuery.make(
            self._context,
            from_date,
            to_date,
            event=event,
            where=where,
            limit=limit,
            time_in_ms=time_in_ms,
            bucket=bucket,
        )
        return (each async for arrival in self._receive(query) for each in arrival.events)

    async def _receive(self, query: ExportQuery) -> AsyncIterator[Arrival]:
        request = self._http.build_request(**query.request.arguments)
        try:
            response = await self._http.send(request, stream=True)
        except httpx.HTTPError as error:
            raise query.not_reached(error) from error
        try:
            if not response.is_success:
                await response.aread()
            stream = query.stream(response)
            async for chunk in response.aiter_raw():
                for arrival in stream.feed(chunk):
                    yield arrival
            yield stream.finish()
        except httpx.HTTPError as error:
            raise query.broken_off(error) from error
        finally:
            await response.aclose()

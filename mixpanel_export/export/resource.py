"""`client.export`: the raw export, sync and async.

Two thin shells over one run (`run`): what is decided stands there and in the pure parts beside it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Unpack

import httpx

from mixpanel_export._formats import FORMATS, FileFormat, Layout, check_columnar, check_format, format_for
from mixpanel_export._worker import WorkThread, in_thread
from mixpanel_export.dates import DateLike
from mixpanel_export.directory.resource import AsyncDirectoryExports, DirectoryExports
from mixpanel_export.download.job import DEFAULT_PARALLEL, ExportJob, ExportOptions
from mixpanel_export.download.progress import Progress, ProgressListener
from mixpanel_export.export.iterate import EventBatches
from mixpanel_export.export.writer import Writing
from mixpanel_export.records.event import Event
from mixpanel_export_api.api.export import AsyncExportResource, ExportResource

if TYPE_CHECKING:
    from mixpanel_export.export.batches import AsyncRecordBatches, RecordBatches
    from mixpanel_export.http.context import Context
    from mixpanel_export_api.api import AsyncResources, Expression, Resources

__all__ = ["AsyncExport", "Export"]

# `raw` is the contract's own operation: one request, whatever the range.
_ALL_IN_ONE = 1_000_000


class Export(DirectoryExports, ExportResource):
    """The raw export of events, over a synchronous client."""

    def __init__(self, client: Resources, context: Context, http: httpx.Client) -> None:
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
        fields: Sequence[str] | None = None,
        parallel: int = DEFAULT_PARALLEL,
        slice_days: int | None = None,
        ordered: bool = True,
        deduplicate: bool = False,
        progress: ProgressListener | None = None,
    ) -> Iterator[Event]:
        """Every raw event of a range of days, each once, in flat memory.

        The range is divided into slices, which are downloaded side by side into spools (memory, then temporary
        files) and delivered when they are complete. What fails on the way is repeated; no event is delivered
        twice for that. Arguments are checked, and refused, by this call; the download begins when the first
        event is asked for, and ends when the iterator is closed or dropped.

        Args:
            from_date: the first day, a `datetime.date` or `"YYYY-MM-DD"`. Days are UTC for projects made from
                2023 on, and the project's own time zone for older ones.
            to_date: the last day, included; at most today in the client's time zone.
            event: only events of this name, or of any of these names.
            where: only events for which this segmentation expression is true.
            limit: at most this many events, 1 to 100,000; asks for the whole range in one request.
            time_in_ms: ask for `time` in milliseconds; `Event.time` is right either way.
            bucket: a data bucket id, for projects that have some.
            fields: make only these properties of each event, beside `time`, `distinct_id` and `$insert_id`.
                What is skipped is still checked to be JSON, but not made, which saves a fifth of the time.
            parallel: how many slices are downloaded at a time.
            slice_days: the days of a slice; by default what the request budget and `parallel` suggest.
            ordered: deliver the slices in the order of the range, or as they complete. Within a slice,
                Mixpanel promises no order.
            deduplicate: leave out events that were sent again: of those alike in event, `distinct_id`, `time` and
                `$insert_id`, only the one that Mixpanel processed last (`mp_processing_time_ms`) is delivered.
                Events without `$insert_id` are always delivered. `Progress.dropped` says how many were not.
            progress: called with the running totals, from the threads that download and from this one.

        Yields:
            Event: each event once.

        Raises:
            InvalidArgumentError: for an argument that is not allowed; nothing is sent.
            APIError: when Mixpanel refuses; at once.
            SliceFailedError: when a slice never came whole; none of its events was delivered.
            MalformedEventError: when a line is no event; no line is ever skipped.
            BudgetExhaustedError: when the request budget frees later than `Limits.max_wait`.

        Source: https://developer.mixpanel.com/reference/raw-event-export
        """
        job = ExportJob.make(
            self._context,
            from_date,
            to_date,
            fields=fields,
            event=event,
            where=where,
            limit=limit,
            time_in_ms=time_in_ms,
            bucket=bucket,
            parallel=parallel,
            slice_days=slice_days,
            deduplicate=deduplicate,
        )
        return self._iterate(job, ordered, progress)

    def _iterate(self, job: ExportJob, ordered: bool, progress: ProgressListener | None) -> Iterator[Event]:
        batches = EventBatches(job, self._http, ordered=ordered, listener=progress)
        try:
            while (batch := batches.next()) is not None:
                yield from batch
        finally:
            batches.close()

    def batches(
        self,
        from_date: DateLike,
        to_date: DateLike,
        *,
        layout: Layout = "wide",
        progress: ProgressListener | None = None,
        **options: Unpack[ExportOptions],
    ) -> RecordBatches:
        """A range of days as Arrow record batches, or as a data frame of pandas, Polars or DuckDB.

        Needs the extra `arrow`. Arguments are checked, and refused, by this call; the download begins when the
        first batch, the schema or a frame is asked for.

        Args:
            from_date: the first day, as for `events`.
            to_date: the last day, as for `events`.
            layout: `wide`, each property a column of the narrowest type that holds all its values, nested and mixed
                ones as JSON text; or `json`, all properties as one JSON text, always the same columns. In both,
                `time` is a timestamp (microseconds, with the client's time zone). With `wide` all is downloaded
                before the first batch comes, for only then is it known what columns there are.
            progress: called with the running totals, from the threads that download and from this one.
            options: `event`, `where`, `limit`, `time_in_ms`, `bucket`, `parallel`, `slice_days` and `deduplicate`,
                as for `events`; and `memory`, about how many bytes the conversion may take beside the libraries
                themselves, 64 MiB or more, by default 256 MiB: the more, the larger the batches.

        Returns:
            RecordBatches: an iterator of `pyarrow.RecordBatch`, with `schema`, `to_arrow()`, `to_polars()`,
            `to_pandas()` and `to_duckdb()`.

        Raises:
            MissingExtraError: when the extra `arrow` is not installed.
            InvalidArgumentError: for an argument that is not allowed; nothing is sent.
        """
        return _batches(self._context, self._http, from_date, to_date, layout, progress, options)

    def to_file(
        self,
        path: str | Path,
        from_date: DateLike,
        to_date: DateLike,
        *,
        format: FileFormat | None = None,
        layout: Layout | None = None,
        progress: ProgressListener | None = None,
        **options: Unpack[ExportOptions],
    ) -> Progress:
        """Write a range of days to one file, which appears under its name only when it is complete.

        Args:
            path: the file; an existing one is replaced, atomically.
            from_date: the first day, as for `events`.
            to_date: the last day, as for `events`.
            format: `jsonl`; `jsonl.gz`, which keeps the gzip that arrives as it came; `parquet`, or `csv` with one
                header, which need the extra `arrow`. By default what the file's name ends with, or `jsonl.gz`.
            layout: for `parquet` and `csv`, as for `batches`; `wide` when nothing is said.
            progress: called with the running totals, from the threads that download and from this one.
            options: `event`, `where`, `limit`, `time_in_ms`, `bucket`, `parallel`, `slice_days` and
                `deduplicate`, as for `events`, and `memory`, as for `batches`.

        Returns:
            The totals.

        Raises:
            As `events` does; then there is no file, or the one that was there before.
        """
        place = Path(path)
        wanted: FileFormat = format_for(place, format, FORMATS)
        return _writing(
            self._context, self._http, from_date, to_date, wanted, layout, progress, options
        ).to_file(place)

    def to_stream(
        self,
        file: IO[bytes],
        from_date: DateLike,
        to_date: DateLike,
        *,
        format: FileFormat = "jsonl",
        layout: Layout | None = None,
        progress: ProgressListener | None = None,
        **options: Unpack[ExportOptions],
    ) -> Progress:
        """Write a range of days to an open binary file, such as `sys.stdout.buffer`.

        Takes and raises what `to_file` does; when it raises, whole slices may have been written.
        """
        return _writing(
            self._context, self._http, from_date, to_date, format, layout, progress, options
        ).to_stream(file)

    def text(self, arguments: Mapping[str, Any]) -> str:
        """The answer of `raw`: the lines of an export as one text, as complete as any other delivery."""
        return _writing_text(self._context, self._http, arguments).text()


class AsyncExport(AsyncDirectoryExports, AsyncExportResource):
    """The raw export of events, over an asynchronous client."""

    def __init__(self, client: AsyncResources, context: Context, http: httpx.Client) -> None:
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
        fields: Sequence[str] | None = None,
        parallel: int = DEFAULT_PARALLEL,
        slice_days: int | None = None,
        ordered: bool = True,
        deduplicate: bool = False,
        progress: ProgressListener | None = None,
    ) -> AsyncIterator[Event]:
        """Every raw event of a range of days: `async for event in client.export.events(...)`.

        Takes, yields and raises what `Export.events` does. Close it with `aclose()` (or `contextlib.aclosing`)
        when you stop early and want its threads gone at that very moment.
        """
        job = ExportJob.make(
            self._context,
            from_date,
            to_date,
            fields=fields,
            event=event,
            where=where,
            limit=limit,
            time_in_ms=time_in_ms,
            bucket=bucket,
            parallel=parallel,
            slice_days=slice_days,
            deduplicate=deduplicate,
        )
        return self._iterate(job, ordered, progress)

    def batches(
        self,
        from_date: DateLike,
        to_date: DateLike,
        *,
        layout: Layout = "wide",
        progress: ProgressListener | None = None,
        **options: Unpack[ExportOptions],
    ) -> AsyncRecordBatches:
        """As `Export.batches`, to be used with `async for`; frames are awaited: `await batches.to_polars()`."""
        from mixpanel_export.export.batches import AsyncRecordBatches

        return AsyncRecordBatches(
            _batches(self._context, self._http, from_date, to_date, layout, progress, options)
        )

    async def to_file(
        self,
        path: str | Path,
        from_date: DateLike,
        to_date: DateLike,
        *,
        format: FileFormat | None = None,
        layout: Layout | None = None,
        progress: ProgressListener | None = None,
        **options: Unpack[ExportOptions],
    ) -> Progress:
        """As `Export.to_file`, in a thread; when the task is cancelled, it ends at once, and leaves no file."""
        place = Path(path)
        wanted: FileFormat = format_for(place, format, FORMATS)
        writing = _writing(self._context, self._http, from_date, to_date, wanted, layout, progress, options)
        return await in_thread(lambda: writing.to_file(place), writing.cancel)

    async def to_stream(
        self,
        file: IO[bytes],
        from_date: DateLike,
        to_date: DateLike,
        *,
        format: FileFormat = "jsonl",
        layout: Layout | None = None,
        progress: ProgressListener | None = None,
        **options: Unpack[ExportOptions],
    ) -> Progress:
        """As `Export.to_stream`; `file` is written to in a thread, and no more once the task is cancelled.

        Then it ends at once, unless `file` itself is waiting, as a full pipe does: that write is waited for.
        """
        writing = _writing(self._context, self._http, from_date, to_date, format, layout, progress, options)
        return await in_thread(lambda: writing.to_stream(file), writing.cancel)

    async def text(self, arguments: Mapping[str, Any]) -> str:
        """The answer of `raw`, as `Export.text`."""
        writing = _writing_text(self._context, self._http, arguments)
        return await in_thread(writing.text, writing.cancel)

    async def _iterate(
        self, job: ExportJob, ordered: bool, progress: ProgressListener | None
    ) -> AsyncIterator[Event]:
        batches = EventBatches(job, self._http, ordered=ordered, listener=progress)
        thread = WorkThread("events")
        try:
            while (batch := await thread.run(batches.next)) is not None:
                for each in batch:
                    yield each
        finally:
            await thread.end(batches.cancel, batches.close)


def _batches(
    context: Context,
    http: httpx.Client,
    from_date: DateLike,
    to_date: DateLike,
    layout: Layout,
    progress: ProgressListener | None,
    options: ExportOptions,
) -> RecordBatches:
    from mixpanel_export.export.batches import RecordBatches

    check_columnar("parquet", layout, None)
    job = ExportJob.make(context, from_date, to_date, **options)
    return RecordBatches(job, http, layout, listener=progress)


def _writing(
    context: Context,
    http: httpx.Client,
    from_date: DateLike,
    to_date: DateLike,
    format: FileFormat,
    layout: Layout | None,
    progress: ProgressListener | None,
    options: ExportOptions,
) -> Writing:
    check_format(format, FORMATS)
    check_columnar(format, layout, None)
    job = ExportJob.make(context, from_date, to_date, **options)
    return Writing(job, http, format, layout, progress)


def _writing_text(context: Context, http: httpx.Client, arguments: Mapping[str, Any]) -> Writing:
    return Writing(ExportJob.make(context, **arguments, slice_days=_ALL_IN_ONE), http, "jsonl")

"""`client.export`: the raw export, sync and async.

Two thin shells over `calls`, which checks the arguments of both; `iterate`, `batches` and `writer` deliver.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Unpack, overload

from mixpanel_export._streams import AsyncStream, Ending, Stream
from mixpanel_export._worker import WorkThread, in_thread
from mixpanel_export.download.job import DEFAULT_PARALLEL
from mixpanel_export.export.calls import DEFAULT_SAMPLE, ExportCalls
from mixpanel_export.export.planning import AsyncPlans, Plans
from mixpanel_export.records.verify import MAX_LINE
from mixpanel_export_api.api.export import AsyncExportResource, ExportResource

if TYPE_CHECKING:
    from mixpanel_export._formats import FileFormat, Layout, OnMalformed
    from mixpanel_export.columns.fixed import ColumnSchema
    from mixpanel_export.dates import DateLike
    from mixpanel_export.directory.request import FixedColumns
    from mixpanel_export.download.job import ExportJob, ExportOptions
    from mixpanel_export.download.progress import Progress, ProgressListener
    from mixpanel_export.export.batches import AsyncRecordBatches, RecordBatches
    from mixpanel_export.export.discovery import Discovery
    from mixpanel_export.export.tasks import ClientSource
    from mixpanel_export.export.typed import AsyncTypedStream, EventsOptions, TypedReader, TypedStream
    from mixpanel_export.http.connections import Connections
    from mixpanel_export.http.context import Context
    from mixpanel_export.records.event import Event
    from mixpanel_export.records.typed import E, Into
    from mixpanel_export.schema.lexicon import DescribedEvent
    from mixpanel_export.schema.project import ProjectSchema
    from mixpanel_export_api.api import AsyncResources, Expression, Resources

__all__ = ["AsyncExport", "Export"]


class Export(ExportCalls, Plans, ExportResource):
    """The raw export of events, over a synchronous client."""

    def __init__(
        self, client: Resources, context: Context, http: Connections, source: Callable[[], ClientSource]
    ) -> None:
        super().__init__(client)
        self._context = context
        self._http = http
        self._source = source

    @overload
    def events(
        self,
        from_date: DateLike,
        to_date: DateLike,
        *,
        into: None = None,
        **options: Unpack[EventsOptions],
    ) -> Stream[Event]: ...

    @overload
    def events(
        self,
        from_date: DateLike,
        to_date: DateLike,
        *,
        into: Into[E],
        **options: Unpack[EventsOptions],
    ) -> TypedStream[E | Event]: ...

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
        exclude: Sequence[str] | None = None,
        parallel: int = DEFAULT_PARALLEL,
        slice_days: int | None = None,
        ordered: bool = True,
        deduplicate: bool = False,
        on_malformed: OnMalformed = "raise",
        malformed_path: str | os.PathLike[str] | None = None,
        max_line: int = MAX_LINE,
        allow_unproved: bool = False,
        progress: ProgressListener | None = None,
        into: Into[Any] | None = None,
    ) -> Stream[Any]:
        """Iterate over every raw event of a range of days, each exactly once, in constant memory.

        The range is divided into slices, which are downloaded in parallel (to memory, then to temporary files) and
        delivered once they are complete. Failed slices are retried from scratch, and no event is delivered twice.
        This call checks the arguments; the download starts with the first event that you ask for, and ends when the
        iterator is exhausted, closed or garbage-collected.

        Args:
            from_date: the first day, a `datetime.date` or `"YYYY-MM-DD"`. Days are UTC for projects made from
                2023 on, and the project's own time zone for older ones.
            to_date: the last day, included; at most today in the client's time zone.
            event: only events of this name, or of any of these names.
            where: only events for which this segmentation expression is true.
            limit: at most this many events, 1 to 100,000; requests the whole range at once.
            time_in_ms: request `time` in milliseconds; `Event.time` is right either way.
            bucket: a data bucket id, for projects that have buckets.
            fields: keep only these properties of each event, beside `time`, `distinct_id` and `$insert_id`. The
                others are checked to be JSON but not decoded, which saves a fifth of the time.
            exclude: leave these properties out of every event, table and file, as for personal data; `distinct_id`
                and `$insert_id` too, if you name them. Errors then quote no line. Not with
                `on_malformed="quarantine"`.
            parallel: the number of slices to download at a time.
            slice_days: the days of a slice; by default chosen from the request budget and `parallel`.
            ordered: deliver the slices in the order of the range; otherwise, as they complete. Mixpanel promises no
                order within a slice.
            deduplicate: leave out events that were sent again: of events with equal event, `distinct_id`, `time`
                and `$insert_id`, only the one that Mixpanel processed last (`mp_processing_time_ms`) is delivered.
                Events without `$insert_id` are always delivered. `Progress.dropped` counts those left out.
            on_malformed: the treatment of a line that is not an event, for example because of a raw line break or a
                byte that is not UTF-8. `raise`: deliver all other slices, then raise MalformedEventError.
                `quarantine`: leave the line out; `Progress.malformed` counts such lines, and a warning is logged. A
                line with half a surrogate pair, or a number too large for a double, is left out too: it is legal
                JSON, but most programs refuse it. `replace`: replace what is not valid Unicode with U+FFFD, and
                treat what is not an event even then as `raise` does.
            malformed_path: with `quarantine`, the file for the lines that are left out, byte for byte.
            max_line: the most bytes of a line, 1 MiB or more; a longer one raises MalformedEventError.
            allow_unproved: accept a response whose end nothing proves, as behind an HTTP/1.0 proxy: without a
                length, chunks and gzip.
            progress: called with the current totals, from the threads that download and from this one.
            into: classes of events: a module that `mixpanel-export generate-types` wrote, one class derived from
                `TypedEvent`, or several. Events of their names are objects of these classes, with the types that
                they declare. An event with a value of another type, or without a property that its class requires,
                comes as an `Event`, unchanged; `TypedStream.misfits` counts these by property, and each property is
                logged once, at the end. Other events come as `Event`, too.

        Returns:
            Stream: an iterator of events, each once, with `to_pandas()`, `to_polars()` and `to_arrow()`, which load
            all of them as `batches` does.

        Raises:
            InvalidArgumentError: for an argument that is not allowed; nothing is sent.
            APIError: when Mixpanel refuses a request; at once.
            SliceFailedError: when no attempt delivered a slice completely; none of its events was delivered.
            MalformedEventError: when a line is not an event, after all other slices were delivered.
            BudgetExhaustedError: when the request budget would take longer than `Limits.max_wait` to free up.

        Source: https://developer.mixpanel.com/reference/raw-event-export
        """
        job = self._job(
            from_date,
            to_date,
            fields=fields,
            exclude=exclude,
            event=event,
            where=where,
            limit=limit,
            time_in_ms=time_in_ms,
            bucket=bucket,
            parallel=parallel,
            slice_days=slice_days,
            deduplicate=deduplicate,
            on_malformed=on_malformed,
            malformed_path=malformed_path,
            max_line=max_line,
            allow_unproved=allow_unproved,
        )
        reader = self._typed_reader(into, job)
        ending = Ending()
        events = self._iterate(job, ordered, progress, reader, ending)

        def frames() -> RecordBatches:
            return self._record_batches_of(job, progress)

        return Stream(events, frames, ending) if reader is None else reader.stream(events, frames, ending)

    def _iterate(
        self,
        job: ExportJob,
        ordered: bool,
        progress: ProgressListener | None,
        reader: TypedReader | None,
        ending: Ending,
    ) -> Iterator[Any]:
        batches = self._event_batches(job, ordered, progress, reader)
        with ending:
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
        columns: FixedColumns | None = None,
        progress: ProgressListener | None = None,
        **options: Unpack[ExportOptions],
    ) -> RecordBatches:
        """Iterate over a range of days as Arrow record batches, or get a pandas, Polars or DuckDB data frame.

        Needs the extra `arrow`. This call checks the arguments; the download starts with the first batch, schema or
        frame that you ask for.

        Args:
            from_date: the first day, as for `events`.
            to_date: the last day, as for `events`.
            layout: `wide`, a column for each property, of the narrowest type that holds all its values, nested and
                mixed ones as JSON text; or `json`, always the same columns, with all properties as one JSON text.
                In both, `time` is a timestamp (microseconds, in the client's time zone). With `wide`, the first
                batch comes when everything is downloaded, because only then are all columns known; and another
                day may have other types, which many engines cast without a word, so use `json` or `columns` for a
                table that stays.
            columns: for `wide`, fixed columns: the result of `columns()`, or the file it was saved to. All batches
                then have its schema, the first one comes at once, and what does not fit goes to the column
                `overflow`.
            progress: called with the current totals, from the threads that download and from this one.
            options: `event`, `where`, `limit`, `time_in_ms`, `bucket`, `fields`, `exclude`, `parallel`,
                `slice_days`, `deduplicate`, `on_malformed`, `malformed_path`, `max_line` and `allow_unproved`, as
                for `events`; and `memory`, about how many bytes the conversion may take beside the libraries
                themselves, 64 MiB or more, by default 256 MiB: more makes larger batches. `column_names="safe"`
                gives columns names of letters, digits and underscores, as warehouses require; the metadata of
                each column records its property.

        Returns:
            RecordBatches: an iterator of `pyarrow.RecordBatch`, with `schema`, `to_arrow()`, `to_polars()`,
            `to_pandas()` and `to_duckdb()`.

        Raises:
            MissingExtraError: when the extra `arrow` is not installed.
            InvalidArgumentError: for an argument that is not allowed; nothing is sent.
        """
        return self._record_batches(from_date, to_date, layout, progress, columns, options)

    def schema(
        self,
        from_date: DateLike | None = None,
        to_date: DateLike | None = None,
        *,
        sample: int = DEFAULT_SAMPLE,
        lexicon: bool | None = None,
        **options: Unpack[ExportOptions],
    ) -> ProjectSchema:
        """Find out the project's events and the types of their properties, from Lexicon and from a sample.

        `mixpanel_export.codegen.events` makes typed classes of them.

        Args:
            from_date: the first day to sample; by default 29 days before `to_date`.
            to_date: the last day to sample; by default today in the project's time zone.
            sample: fetch this many events to look at, in one request: up to 100,000, or 0 for Lexicon alone.
            lexicon: take the events and properties that Lexicon describes, too; by default, if it can be read.
            options: as for `events`: `event`, `where`, `fields` and `exclude` select what is in the schema.

        Returns:
            ProjectSchema: iterable, picklable, and JSON by `to_json()`.

        Raises:
            InvalidArgumentError: for an argument that is not allowed; nothing is sent.
            ExportError, APIError: when the sample fails, as for `events`.
        """
        return self._discover(self._discovery(from_date, to_date, sample, lexicon, options))

    def columns(
        self,
        from_date: DateLike,
        to_date: DateLike,
        *,
        sample: int = DEFAULT_SAMPLE,
        lexicon: bool | None = None,
        **options: Unpack[ExportOptions],
    ) -> ColumnSchema:
        """Choose fixed columns for exports, so that all parts have one schema, on every machine and every day.

        Pass them to `batches`, `to_file`, `to_directory` and the methods of slices. A value that does not fit its
        column is never cast: it goes to the column `overflow`, with the properties that have no column. Needs the
        extra `arrow`.

        Args:
            from_date: the first day to sample, as for `events`.
            to_date: the last day to sample.
            sample: fetch this many events to look at, in one request: up to 100,000, or 0 for Lexicon alone.
            lexicon: take the properties that Lexicon describes, too; by default, if it can be read.
            options: as for `batches`: `event`, `where`, `fields`, `exclude` and `column_names` apply to columns.

        Returns:
            ColumnSchema: picklable, and a JSON file after `save()`.

        Raises:
            MissingExtraError: when the extra `arrow` is not installed.
            InvalidArgumentError: for an argument that is not allowed; nothing is sent.
            ExportError, APIError: when the sample fails, as for `events`.
        """
        discovery = self._columns_discovery(from_date, to_date, sample, lexicon, options)
        return discovery.choose_columns(self._discover(discovery))

    def _discover(self, discovery: Discovery) -> ProjectSchema:
        described: Mapping[str, DescribedEvent] = {}
        if discovery.lexicon is not False:
            try:
                entities = self._client.call_operation(*discovery.lexicon_call)
                described = discovery.describe(entities)
            except discovery.lexicon_errors as error:
                described = discovery.go_without(error)
        return discovery.finish(described)

    def to_file(
        self,
        path: str | Path,
        from_date: DateLike,
        to_date: DateLike,
        *,
        format: FileFormat | None = None,
        layout: Layout | None = None,
        columns: FixedColumns | None = None,
        progress: ProgressListener | None = None,
        **options: Unpack[ExportOptions],
    ) -> Progress:
        """Write a range of days to one file, which appears under its name only when it is complete.

        Args:
            path: the file; an existing one is replaced, atomically.
            from_date: the first day, as for `events`.
            to_date: the last day, as for `events`.
            format: `jsonl`; `jsonl.gz`, which stores the gzip that arrives unchanged; or `parquet` and `csv`, which
                need the extra `arrow`. By default what the file's name ends with, and `jsonl.gz` for a name without
                an ending. A name that ends otherwise, such as `events.json`, is refused unless the format is given.
            layout: for `parquet` and `csv`, as for `batches`; by default `wide`.
            columns: fixed columns, as for `batches`.
            progress: called with the current totals, from the threads that download and from this one.
            options: `event`, `where`, `limit`, `time_in_ms`, `bucket`, `fields`, `exclude`, `parallel`,
                `slice_days`, `deduplicate`, `on_malformed`, `malformed_path`, `max_line` and `allow_unproved`, as
                for `events`, and `memory`, as for `batches`. With `fields`, lines are encoded again, each value
                with the text it was sent with. By default, malformed lines that are left out are written beside the
                file: to `events.malformed.jsonl` for `events.jsonl.gz`.

        Returns:
            The totals.

        Raises:
            DiskFullError: when there is no room for the file, or for temporary ones.
            MixpanelError: as for `events`; an existing file stays as it was.
        """
        target = Path(path)
        writer = self._file_writer(target, from_date, to_date, format, layout, progress, columns, options)
        return writer.to_file(target)

    def to_stream(
        self,
        file: IO[bytes],
        from_date: DateLike,
        to_date: DateLike,
        *,
        format: FileFormat = "jsonl",
        layout: Layout | None = None,
        columns: FixedColumns | None = None,
        progress: ProgressListener | None = None,
        **options: Unpack[ExportOptions],
    ) -> Progress:
        """Write a range of days to an open binary file, such as `sys.stdout.buffer`.

        Arguments and errors are those of `to_file`; after an error, complete slices may have been written.
        """
        return self._writer(from_date, to_date, format, layout, progress, options, columns).to_stream(file)

    def text(self, arguments: Mapping[str, Any]) -> str:
        """Return the lines of an export as one text, for `raw`; complete like every other delivery."""
        return self._text_writer(arguments).text()


class AsyncExport(ExportCalls, AsyncPlans, AsyncExportResource):
    """The raw export of events, over an asynchronous client."""

    def __init__(
        self, client: AsyncResources, context: Context, http: Connections, source: Callable[[], ClientSource]
    ) -> None:
        super().__init__(client)
        self._context = context
        self._http = http
        self._source = source

    @overload
    def events(
        self,
        from_date: DateLike,
        to_date: DateLike,
        *,
        into: None = None,
        **options: Unpack[EventsOptions],
    ) -> AsyncStream[Event]: ...

    @overload
    def events(
        self,
        from_date: DateLike,
        to_date: DateLike,
        *,
        into: Into[E],
        **options: Unpack[EventsOptions],
    ) -> AsyncTypedStream[E | Event]: ...

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
        exclude: Sequence[str] | None = None,
        parallel: int = DEFAULT_PARALLEL,
        slice_days: int | None = None,
        ordered: bool = True,
        deduplicate: bool = False,
        on_malformed: OnMalformed = "raise",
        malformed_path: str | os.PathLike[str] | None = None,
        max_line: int = MAX_LINE,
        allow_unproved: bool = False,
        progress: ProgressListener | None = None,
        into: Into[Any] | None = None,
    ) -> AsyncStream[Any]:
        """Iterate over every raw event of a range of days: `async for event in client.export.events(...)`.

        Arguments, events and errors are those of `Export.events`. If you stop early and want the threads to end at
        that moment, close the iterator with `aclose()` or `contextlib.aclosing`.
        """
        job = self._job(
            from_date,
            to_date,
            fields=fields,
            exclude=exclude,
            event=event,
            where=where,
            limit=limit,
            time_in_ms=time_in_ms,
            bucket=bucket,
            parallel=parallel,
            slice_days=slice_days,
            deduplicate=deduplicate,
            on_malformed=on_malformed,
            malformed_path=malformed_path,
            max_line=max_line,
            allow_unproved=allow_unproved,
        )
        reader = self._typed_reader(into, job)
        ending = Ending()
        events = self._iterate(job, ordered, progress, reader, ending)

        def frames() -> AsyncRecordBatches:
            return self._async_batches_of(job, progress)

        if reader is None:
            return AsyncStream(events, frames, ending)
        return reader.async_stream(events, frames, ending)

    def batches(
        self,
        from_date: DateLike,
        to_date: DateLike,
        *,
        layout: Layout = "wide",
        columns: FixedColumns | None = None,
        progress: ProgressListener | None = None,
        **options: Unpack[ExportOptions],
    ) -> AsyncRecordBatches:
        """Iterate over record batches as with `Export.batches`, but with `async for` and `await`.

        For a frame: `await batches.to_polars()`.
        """
        from mixpanel_export.export.batches import AsyncRecordBatches

        return AsyncRecordBatches(
            self._record_batches(from_date, to_date, layout, progress, columns, options)
        )

    def _async_batches_of(self, job: ExportJob, progress: ProgressListener | None) -> AsyncRecordBatches:
        from mixpanel_export.export.batches import AsyncRecordBatches

        return AsyncRecordBatches(self._record_batches_of(job, progress))

    async def schema(
        self,
        from_date: DateLike | None = None,
        to_date: DateLike | None = None,
        *,
        sample: int = DEFAULT_SAMPLE,
        lexicon: bool | None = None,
        **options: Unpack[ExportOptions],
    ) -> ProjectSchema:
        """Do the same as `Export.schema`."""
        return await self._discover(self._discovery(from_date, to_date, sample, lexicon, options))

    async def columns(
        self,
        from_date: DateLike,
        to_date: DateLike,
        *,
        sample: int = DEFAULT_SAMPLE,
        lexicon: bool | None = None,
        **options: Unpack[ExportOptions],
    ) -> ColumnSchema:
        """Do the same as `Export.columns`."""
        discovery = self._columns_discovery(from_date, to_date, sample, lexicon, options)
        return discovery.choose_columns(await self._discover(discovery))

    async def _discover(self, discovery: Discovery) -> ProjectSchema:
        described: Mapping[str, DescribedEvent] = {}
        if discovery.lexicon is not False:
            try:
                entities = await self._client.call_operation(*discovery.lexicon_call)
                described = discovery.describe(entities)
            except discovery.lexicon_errors as error:
                described = discovery.go_without(error)
        return await in_thread(lambda: discovery.finish(described), discovery.cancel)

    async def to_file(
        self,
        path: str | Path,
        from_date: DateLike,
        to_date: DateLike,
        *,
        format: FileFormat | None = None,
        layout: Layout | None = None,
        columns: FixedColumns | None = None,
        progress: ProgressListener | None = None,
        **options: Unpack[ExportOptions],
    ) -> Progress:
        """Write a range of days to one file, as `Export.to_file` does, in a thread.

        Cancelling the task ends the export at once and leaves no file.
        """
        target = Path(path)
        writer = self._file_writer(target, from_date, to_date, format, layout, progress, columns, options)
        return await in_thread(lambda: writer.to_file(target), writer.cancel)

    async def to_stream(
        self,
        file: IO[bytes],
        from_date: DateLike,
        to_date: DateLike,
        *,
        format: FileFormat = "jsonl",
        layout: Layout | None = None,
        columns: FixedColumns | None = None,
        progress: ProgressListener | None = None,
        **options: Unpack[ExportOptions],
    ) -> Progress:
        """Write a range of days to an open binary file, as `Export.to_stream` does, in a thread.

        Cancelling the task ends the export, after which nothing is written to `file`. It ends at once, except that
        a write in progress must return first: a full pipe can delay it.
        """
        writer = self._writer(from_date, to_date, format, layout, progress, options, columns)
        return await in_thread(lambda: writer.to_stream(file), writer.cancel)

    async def text(self, arguments: Mapping[str, Any]) -> str:
        """Return the lines of an export as one text, for `raw`."""
        writer = self._text_writer(arguments)
        return await in_thread(writer.text, writer.cancel)

    async def _iterate(
        self,
        job: ExportJob,
        ordered: bool,
        progress: ProgressListener | None,
        reader: TypedReader | None,
        ending: Ending,
    ) -> AsyncIterator[Any]:
        batches = self._event_batches(job, ordered, progress, reader)
        thread = WorkThread("events", batches.cancel, batches.close)
        with ending:
            try:
                while (batch := await thread.run(batches.next)) is not None:
                    for event in batch:
                        yield event
            finally:
                await thread.end()

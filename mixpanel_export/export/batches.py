"""The events of a range of days as Arrow record batches, as data frames, and as one file of columns.

See `staging` for the download and conversion behind them. This module imports without the extra `arrow`; making
`RecordBatches` needs it.
"""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self, TypeVar

from mixpanel_export._extras import needs_extra
from mixpanel_export._formats import Layout, check_columnar
from mixpanel_export._redaction import quoting
from mixpanel_export._resources import resource_limits
from mixpanel_export._streams import Ending
from mixpanel_export._worker import WorkThread, in_thread
from mixpanel_export.download.job import ExportJob
from mixpanel_export.download.malformed import MalformedFile
from mixpanel_export.download.progress import Progress, ProgressListener
from mixpanel_export.errors import ExportError
from mixpanel_export.http.connections import Connections

if TYPE_CHECKING:
    import duckdb
    import pandas
    import polars
    import pyarrow

    from mixpanel_export.columns.fixed import ColumnSchema
    from mixpanel_export.columns.writers import ColumnFormat

__all__ = ["AsyncRecordBatches", "RecordBatches", "close_with", "write_columns"]

T = TypeVar("T")

_READ = (
    "these batches were read already, all or in part; call batches() again, or keep them in memory with "
    "to_arrow()"
)


class RecordBatches:
    """An iterator over the events of a range of days, as `pyarrow.RecordBatch`es of one schema.

    Iterate once, or load all events into memory with `to_arrow()`, `to_polars()`, `to_pandas()` or `to_duckdb()`.
    Anything that reads Arrow streams takes it as it is (the Arrow PyCapsule interface): `pa.table(batches)`,
    `pl.DataFrame(batches)`, `duckdb.sql("from batches")`, `deltalake.write_deltalake(path, batches)`.

    It can be read once; a second attempt raises ExportError rather than finding nothing. Reading to the end,
    closing it, or leaving it as a context manager ends its threads and removes its temporary files. After a
    failure, every further read raises the same error; after a close before the end, or an Arrow stream dropped
    half-read, CancelledError. So read lazy frames, such as relations of DuckDB, before closing it.

    Raises:
        MixpanelError: as `client.export.events` does.
        UnrepresentableError: for a value that no column can hold.
        CancelledError: (an ExportError) when it was closed before its end, by any thread.
    """

    def __init__(
        self,
        job: ExportJob,
        http: Connections,
        layout: Layout,
        *,
        listener: ProgressListener | None = None,
        malformed: MalformedFile | None = None,
        columns: ColumnSchema | None = None,
    ) -> None:
        check_columnar("parquet", layout, None)
        from mixpanel_export.export.staging import StagedExport

        self._redact = job.context.auth.redact
        with resource_limits():
            self._staged = StagedExport(job, http, layout, listener, malformed, columns)
        self._lock = threading.Lock()
        self._tables: Iterator[pyarrow.Table] = self._staged.tables()
        self._batches: Iterator[pyarrow.RecordBatch] = iter(())
        self._is_read = False
        self._ending = Ending()
        # Closes it when its reader forgets to.
        self._finalizer = weakref.finalize(self, self._staged.close_from_any_thread)

    @property
    def schema(self) -> pyarrow.Schema:
        """The schema of all batches. In the layout `wide`, it waits until everything is downloaded."""
        with self._reading():
            return self._staged.schema()

    @property
    def progress(self) -> Progress:
        """The progress of the download."""
        return self._staged.progress

    def __iter__(self) -> Iterator[pyarrow.RecordBatch]:
        if self._ending.is_complete:
            raise ExportError(_READ)
        return self

    def __next__(self) -> pyarrow.RecordBatch:
        self._staged.cancellation.check_process()
        self._ending.check()
        while (batch := next(self._batches, None)) is None:
            table = self.next_table()
            if table is None:
                raise StopIteration
            self._batches = iter(table.to_batches())
        return batch

    def next_table(self) -> pyarrow.Table | None:
        """Return the next rows; None when there are no more."""
        with self._reading():
            self._is_read = True
            table = next(self._tables, None)
            self._ending.is_complete = table is None
            return table

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return all batches as an Arrow C stream, which keeps this object alive until it is read or released.

        In the layout `wide`, this waits until everything is downloaded. An error that ends the stream reaches the
        reader as text, in the reader's own exception type.

        Raises:
            ExportError: when the batches have been read, all or in part.

        Source: https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html
        """
        import pyarrow as pa

        schema = self._unread_schema()
        reader: Any = pa.RecordBatchReader.from_batches(schema, self._unread())
        return reader.__arrow_c_stream__(requested_schema)

    def to_arrow(self) -> pyarrow.Table:
        """Load all events into one Arrow table."""
        import pyarrow as pa

        schema = self._unread_schema()
        return pa.concat_tables([schema.empty_table(), *iter(self.next_table, None)])

    def to_polars(self) -> polars.DataFrame:
        """Load all events into a Polars data frame. Needs the extra `polars`."""
        with needs_extra("A Polars data frame", "polars"):
            import polars as pl
        table: Any = self.to_arrow()
        frame = pl.from_arrow(table)  # pyright: ignore[reportUnknownMemberType]
        assert isinstance(frame, pl.DataFrame)
        return frame

    def to_pandas(self) -> pandas.DataFrame:
        """Load all events into a pandas data frame of Arrow-backed columns. Needs the extra `pandas`.

        Whole numbers stay whole where some are missing, and text does not become Python objects.
        """
        with needs_extra("A pandas data frame", "pandas"):
            import pandas as pd
        table: Any = self.to_arrow()
        frame: pandas.DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype)
        return frame

    def to_duckdb(self, connection: duckdb.DuckDBPyConnection | None = None) -> duckdb.DuckDBPyRelation:
        """Load all events into an Arrow table, and return a DuckDB relation over it, to query with SQL.

        Args:
            connection: the connection of the relation; by default, DuckDB's default connection.
        """
        with needs_extra("A DuckDB relation", "arrow"):
            import duckdb
        table = self.to_arrow()
        return duckdb.from_arrow(table) if connection is None else connection.from_arrow(table)

    def close(self) -> None:
        """End the threads and remove the temporary files; may be called twice, and from any thread."""
        if self._staged.cancellation.is_ours:
            self._staged.cancel()
            with self._lock:
                self._close()

    def cancel(self) -> None:
        """Cancel the download and return at once; may be called from any thread."""
        self._staged.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _unread(self) -> Iterator[pyarrow.RecordBatch]:
        """Yield all batches; raise when another reader has taken some by then."""
        self._unread_schema()
        yield from self

    def _unread_schema(self) -> pyarrow.Schema:
        """Return the schema; raise when a reader of all events would miss some."""
        schema = self.schema
        if self._is_read:
            raise ExportError(_READ)
        return schema

    @contextlib.contextmanager
    def _reading(self) -> Generator[None]:
        """Let one thread read at a time, and close everything on a failure."""
        # In a forked child, a thread that is gone may hold the lock.
        self._staged.cancellation.check_process()
        with self._lock, resource_limits(), quoting(self._redact):
            self._ending.check()
            try:
                yield
            except BaseException as error:
                self._close(error)
                raise

    def _close(self, error: BaseException | None = None) -> None:
        self._ending.close(error)
        self._tables = iter(())
        self._staged.close()
        self._finalizer.detach()


class AsyncRecordBatches:
    """`RecordBatches` for asyncio: iterate with `async for`, and await the frames. The work runs in a thread."""

    def __init__(self, batches: RecordBatches) -> None:
        self._batches = batches

    async def schema(self) -> pyarrow.Schema:
        """Return the schema of all batches; see `RecordBatches.schema`."""
        return await self._in_thread(lambda: self._batches.schema)

    @property
    def progress(self) -> Progress:
        """The progress of the download."""
        return self._batches.progress

    async def __aiter__(self) -> AsyncIterator[pyarrow.RecordBatch]:
        iter(self._batches)
        thread = WorkThread("batches", self._batches.cancel, self._batches.close)
        try:
            while (batch := await thread.run(lambda: next(self._batches, None))) is not None:
                yield batch
        finally:
            await thread.end()

    async def to_arrow(self) -> pyarrow.Table:
        """Load all events into one Arrow table."""
        return await self._in_thread(self._batches.to_arrow)

    async def to_polars(self) -> polars.DataFrame:
        """Load all events into a Polars data frame. Needs the extra `polars`."""
        return await self._in_thread(self._batches.to_polars)

    async def to_pandas(self) -> pandas.DataFrame:
        """Load all events into a pandas data frame of Arrow-backed columns. Needs the extra `pandas`."""
        return await self._in_thread(self._batches.to_pandas)

    async def to_duckdb(self, connection: duckdb.DuckDBPyConnection | None = None) -> duckdb.DuckDBPyRelation:
        """Load all events into a DuckDB relation; see `RecordBatches.to_duckdb`."""
        return await self._in_thread(lambda: self._batches.to_duckdb(connection))

    async def aclose(self) -> None:
        """End the threads and remove the temporary files; may be called twice."""
        self._batches.cancel()
        await in_thread(self._batches.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        finished = False

        def cancel() -> None:
            # After work that finished, the batches can still be read.
            if not finished:
                self._batches.cancel()

        def run() -> T:
            nonlocal finished
            result = work()
            finished = True
            return result

        return await in_thread(run, cancel)


def write_columns(batches: RecordBatches, format: ColumnFormat, file: IO[bytes]) -> Progress:
    """Write all events to an open file; return the totals."""
    from mixpanel_export.columns.writers import write_all

    with batches:
        write_all(format, file, batches.schema, iter(batches.next_table, None))
        file.flush()
        return batches.progress


def close_with(batches: RecordBatches, close: Callable[[], None]) -> None:
    """Call `close` when the batches are closed or read to the end, as for a client made for them alone."""
    batches._staged.on_closed.append(close)  # pyright: ignore[reportPrivateUsage]

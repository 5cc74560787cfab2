"""A range of days as Arrow record batches, as data frames, and as one file of columns.

Slices are downloaded side by side and converted as they come, each into a temporary file. In the layout `json` they
are handed over as they are complete; in the layout `wide` when all are, for only then is it known what columns
there are. Memory is that of a few blocks of lines, whatever the size of the export.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
import weakref
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self, TypeVar, cast

import httpx
from attrs import frozen

from mixpanel_export._formats import Layout, check_columnar
from mixpanel_export._worker import WorkThread, in_thread
from mixpanel_export.columns.convert import TableConverter
from mixpanel_export.columns.native import load
from mixpanel_export.columns.slices import SliceWriter
from mixpanel_export.columns.tables import TableWidener
from mixpanel_export.columns.writers import ColumnFormat, read_tables, write_all
from mixpanel_export.download.job import ExportJob
from mixpanel_export.download.plan import Slice
from mixpanel_export.download.pool import SlicePool
from mixpanel_export.download.progress import Progress, ProgressListener
from mixpanel_export.download.session import SliceReceiver
from mixpanel_export.errors import MissingExtraError, quoting
from mixpanel_export.http.cancellation import Cancellation

if TYPE_CHECKING:
    import duckdb
    import pandas
    import polars
    import pyarrow

__all__ = ["AsyncRecordBatches", "RecordBatches", "write_columns"]

T = TypeVar("T")

_THREADS = "mixpanel-export"


@frozen
class _Staged:
    """A converted slice, in a temporary file."""

    path: Path

    def tables(self) -> Iterator[Any]:
        yield from read_tables("arrow", self.path)

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


class _Staging:
    """The slices of a job, downloaded and converted into temporary files. Close it, whatever happens.

    Its threads know nothing of whoever reads from it, so that a reader may be dropped.
    """

    def __init__(
        self, job: ExportJob, http: httpx.Client, layout: Layout, listener: ProgressListener | None
    ) -> None:
        self.cancellation: Cancellation = Cancellation()
        self._job = job
        self._layout: Layout = layout
        self._converter = TableConverter(layout, job.context.zone, job.ticks)
        self._writer = SliceWriter(self._converter, job.memory)
        # As they are parsed here, the lines need not be to prove them.
        self._slices = SliceReceiver(job, http, self.cancellation, listener=listener)
        self._folder: Path | None = None
        # A process that is forked off has not made the folder, and does not remove it.
        self._made_by: int | None = None
        self._download: SlicePool[_Staged] | None = None
        self._schema: Any = None
        self._staged: list[_Staged] = []

    @property
    def progress(self) -> Progress:
        return self._slices.progress

    def begin(self) -> Any:
        """Begin the download, or go on; answers the schema of all tables, when it is known."""
        if self._schema is None:
            self._folder = Path(tempfile.mkdtemp(prefix="mixpanel-export-"))
            self._made_by = os.getpid()
            self._download = SlicePool(
                self._job.plan, self._fetch, _Staged.remove, self.cancellation, abandon_connecting=True
            )
            if self._layout == "wide":
                # What the columns are is known in the end.
                self._staged.extend(iter(self._download.take, None))
                self.cancellation.check()
            self._schema = self._converter.schema
        return self._schema

    def tables(self) -> Iterator[Any]:
        """The rows, in the order of the plan."""
        widened = TableWidener(self.begin())
        assert self._download is not None
        staged = iter(self._staged) if self._layout == "wide" else iter(self._download.take, None)
        for each in staged:
            for table in each.tables():
                yield widened(table)
            each.remove()
        self.cancellation.check()
        self.close()

    def cancel(self) -> None:
        """Have everything end, and return at once. May be called from any thread."""
        self.cancellation.cancel()
        if self._download is not None:
            self._download.cancel()

    def close(self) -> None:
        """End the threads and remove the files; may be called twice, but not by a thread that converts."""
        self.cancellation.cancel()
        if self._download is not None:
            self._download.close()
        self._slices.close()
        if self._folder is not None and self._made_by == os.getpid():
            shutil.rmtree(self._folder, ignore_errors=True)

    def drop(self) -> None:
        """Close it, from whatever thread."""
        if threading.current_thread().name.startswith(_THREADS):
            # Garbage is collected in any, and none waits for itself.
            threading.Thread(target=self.close, daemon=True).start()
        else:
            self.close()

    def _fetch(self, piece: Slice) -> _Staged:
        """Receive and convert a slice; called in the threads of the download."""
        assert self._folder is not None
        path = self._folder / f"{piece.from_date}.arrow"
        with tempfile.TemporaryFile() as file:
            received = self._slices.receive(piece, file)
            self._slices.finish(received, lambda spool: self._writer.write(spool, "arrow", path))
        return _Staged(path)


class RecordBatches:
    """The events of a range of days as `pyarrow.RecordBatch`es of one schema: iterate over it, once.

    Or have them all at once, in memory, with `to_arrow()`, `to_polars()`, `to_pandas()` or `to_duckdb()`. Its end,
    closing it, and leaving it as a context manager end its threads and remove its temporary files.

    Raises what `client.export.events` raises, `UnrepresentableError` for a value that no column can hold, and
    `ExportError` where it is read while another thread closes it.
    """

    def __init__(
        self,
        job: ExportJob,
        http: httpx.Client,
        layout: Layout,
        *,
        listener: ProgressListener | None = None,
    ) -> None:
        check_columnar("parquet", layout, None)
        load("pyarrow")
        self._redact = job.context.auth.redact
        self._staging = _Staging(job, http, layout, listener)
        self._lock = threading.Lock()
        self._tables: Iterator[Any] = self._staging.tables()
        self._batches: Iterator[pyarrow.RecordBatch] = iter(())
        # Also when nobody closes it.
        self._dropped = weakref.finalize(self, self._staging.drop)

    @property
    def schema(self) -> pyarrow.Schema:
        """The schema of all batches; in the layout `wide`, this waits until everything is downloaded."""
        with self._reading():
            return cast("pyarrow.Schema", self._staging.begin())

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        return self._staging.progress

    def __iter__(self) -> Iterator[pyarrow.RecordBatch]:
        return self

    def __next__(self) -> pyarrow.RecordBatch:
        while (batch := next(self._batches, None)) is None:
            table = self.next_table()
            if table is None:
                raise StopIteration
            self._batches = iter(table.to_batches())
        return batch

    def next_table(self) -> pyarrow.Table | None:
        """The next rows; None when there are no more."""
        with self._reading():
            return cast("pyarrow.Table | None", next(self._tables, None))

    def to_arrow(self) -> pyarrow.Table:
        """All events as one table, in memory."""
        pa = load("pyarrow")
        schema = self.schema
        tables = list(iter(self.next_table, None))
        return cast("pyarrow.Table", pa.concat_tables([schema.empty_table(), *tables]))

    def to_polars(self) -> polars.DataFrame:
        """All events as a Polars data frame, in memory. Needs the extra `polars`."""
        try:
            import polars as pl
        except ImportError as error:
            raise MissingExtraError("A Polars data frame", "polars") from error
        frames: Any = pl
        table: Any = self.to_arrow()
        return cast("polars.DataFrame", frames.from_arrow(table))

    def to_pandas(self) -> pandas.DataFrame:
        """All events as a pandas data frame of Arrow-backed columns, in memory. Needs the extra `pandas`.

        Whole numbers stay whole where some are missing, and text is not made into Python objects.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise MissingExtraError("A pandas data frame", "pandas") from error
        table: Any = self.to_arrow()
        return cast("pandas.DataFrame", table.to_pandas(types_mapper=pd.ArrowDtype))

    def to_duckdb(self, connection: duckdb.DuckDBPyConnection | None = None) -> duckdb.DuckDBPyRelation:
        """All events as a DuckDB relation over an Arrow table in memory, to be queried with SQL.

        Args:
            connection: where to; DuckDB's default connection when there is none.
        """
        table = self.to_arrow()
        where: Any = connection if connection is not None else load("duckdb")
        return cast("duckdb.DuckDBPyRelation", where.from_arrow(table))

    def close(self) -> None:
        """End the threads and remove the temporary files; may be called from any thread, and twice."""
        self._staging.cancel()
        with self._lock:
            self._close()

    def cancel(self) -> None:
        """Have it end, and return at once; from whatever thread."""
        self._staging.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextlib.contextmanager
    def _reading(self) -> Generator[None]:
        """One reads at a time, and a failure ends everything."""
        with self._lock, quoting(self._redact):
            try:
                yield
            except BaseException:
                self._close()
                raise

    def _close(self) -> None:
        self._tables = iter(())
        self._staging.close()
        self._dropped.detach()


class AsyncRecordBatches:
    """`RecordBatches` for `async for`; frames are awaited. Its work is done in a thread of its own."""

    def __init__(self, batches: RecordBatches) -> None:
        self._batches = batches

    async def schema(self) -> pyarrow.Schema:
        """As `RecordBatches.schema`."""
        return await self._in_thread(lambda: self._batches.schema)

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        return self._batches.progress

    async def __aiter__(self) -> AsyncIterator[pyarrow.RecordBatch]:
        thread = WorkThread("batches")
        try:
            while (batch := await thread.run(lambda: next(self._batches, None))) is not None:
                yield batch
        finally:
            await thread.end(self._batches.cancel, self._batches.close)

    async def to_arrow(self) -> pyarrow.Table:
        """As `RecordBatches.to_arrow`."""
        return await self._in_thread(self._batches.to_arrow)

    async def to_polars(self) -> polars.DataFrame:
        """As `RecordBatches.to_polars`."""
        return await self._in_thread(self._batches.to_polars)

    async def to_pandas(self) -> pandas.DataFrame:
        """As `RecordBatches.to_pandas`."""
        return await self._in_thread(self._batches.to_pandas)

    async def to_duckdb(self, connection: duckdb.DuckDBPyConnection | None = None) -> duckdb.DuckDBPyRelation:
        """As `RecordBatches.to_duckdb`."""
        return await self._in_thread(lambda: self._batches.to_duckdb(connection))

    async def aclose(self) -> None:
        """As `RecordBatches.close`."""
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
            if not finished:
                # Cancelled, or failed: the work is to come to its end.
                self._batches.cancel()

        def done() -> T:
            nonlocal finished
            made = work()
            finished = True
            return made

        return await in_thread(done, cancel)


def write_columns(batches: RecordBatches, format: ColumnFormat, file: IO[bytes]) -> Progress:
    """Write all events to an open file; answers the totals."""
    with batches:
        write_all(format, file, batches.schema, iter(batches.next_table, None))
        file.flush()
        return batches.progress

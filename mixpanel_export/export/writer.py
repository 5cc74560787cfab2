"""Write all events of an export to one file or stream. See `directory` for exports that can be resumed."""

from __future__ import annotations

import io
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol, TypeVar, cast

from mixpanel_export._atomic import AtomicFile
from mixpanel_export._formats import COLUMNAR, FileFormat, Layout
from mixpanel_export._resources import resource_limits
from mixpanel_export.download.job import ExportJob
from mixpanel_export.download.jsonl import COPIES
from mixpanel_export.download.malformed import AtomicMalformedFile, MalformedFile, malformed_beside
from mixpanel_export.download.progress import Progress, ProgressListener
from mixpanel_export.download.session import SliceStream
from mixpanel_export.http.cancellation import Cancellation
from mixpanel_export.http.connections import Connections

if TYPE_CHECKING:
    from mixpanel_export.columns.fixed import ColumnSchema
    from mixpanel_export.columns.writers import ColumnFormat

__all__ = ["ExportWriter"]

S = TypeVar("S", bound="_Source")


class _Source(Protocol):
    def cancel(self) -> None: ...

    def close(self) -> None: ...


class ExportWriter:
    """Writes all events of a job, once, when `to_file`, `to_stream` or `text` is called.

    These run in any thread, and raise CancelledError after `cancel`, which may be called from any other.
    """

    def __init__(
        self,
        job: ExportJob,
        http: Connections,
        format: FileFormat,
        layout: Layout | None = None,
        listener: ProgressListener | None = None,
        columns: ColumnSchema | None = None,
    ) -> None:
        self._job = job
        self._http = http
        self._format: FileFormat = format
        self._layout: Layout = layout or "wide"
        self._listener = listener
        self._fixed = columns
        self._cancellation = Cancellation()
        self._source: _Source | None = None

    def cancel(self) -> None:
        """Tell the export to end, and return at once."""
        self._cancellation.cancel()
        if self._source is not None:
            self._source.cancel()

    @resource_limits()
    def to_file(self, path: Path) -> Progress:
        """Write to a file, which appears under its name only when it is complete.

        Malformed lines that are left out are written to a file beside it, which appears first.
        """
        lines = AtomicMalformedFile(self._job.malformed_path or malformed_beside(path))
        with AtomicFile(path) as target, lines as beside:
            totals = self._write(target.file, beside)
            # A caller that has cancelled expects no file.
            self._cancellation.check()
            if self._job.on_malformed == "quarantine":
                beside.complete()
            target.complete()
        return totals

    @resource_limits()
    def to_stream(self, file: IO[bytes]) -> Progress:
        """Write to an open file."""
        return self._write(file, None)

    def text(self) -> str:
        """Return all lines as one text."""
        file = io.BytesIO()
        self.to_stream(file)
        return file.getvalue().decode()

    def _write(self, file: IO[bytes], malformed: MalformedFile | None) -> Progress:
        self._job.check_fits()
        target = cast("IO[bytes]", _UntilCancelled(file, self._cancellation))
        write = self._columns if self._format in COLUMNAR else self._lines
        return write(target, malformed)

    def _columns(self, file: IO[bytes], malformed: MalformedFile | None) -> Progress:
        from mixpanel_export.export.batches import RecordBatches, write_columns

        batches = RecordBatches(
            self._job,
            self._http,
            self._layout,
            listener=self._listener,
            malformed=malformed,
            columns=self._fixed,
        )
        return write_columns(self._cancellable(batches), cast("ColumnFormat", self._format), file)

    def _lines(self, file: IO[bytes], malformed: MalformedFile | None) -> Progress:
        stream = self._cancellable(
            SliceStream(self._job, self._http, check="json", listener=self._listener, malformed=malformed)
        )
        try:
            while (spool := stream.take()) is not None:
                with spool:
                    COPIES[self._format](spool, file)
            file.flush()
            return stream.progress
        finally:
            stream.close()

    def _cancellable(self, source: S) -> S:
        """Let `cancel` cancel a source; close it and raise if `cancel` was called before it existed."""
        self._source = source
        try:
            self._cancellation.check()
        except BaseException:
            source.close()
            raise
        return source


class _UntilCancelled:
    """An open file whose first write after a cancellation raises.

    Later writes are discarded, so that a writer can still end its format on the way out without another error; gzip
    does so even when it is garbage-collected, where nobody could handle one.
    """

    def __init__(self, file: IO[bytes], cancellation: Cancellation) -> None:
        self._file = file
        self._cancellation = cancellation
        self._is_over = False

    def write(self, data: Any) -> int:
        if self._is_over:
            return len(data)
        try:
            self._cancellation.check()
        except BaseException:
            self._is_over = True
            raise
        return self._file.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

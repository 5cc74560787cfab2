"""All events of an export on their way to one file or stream, in the caller's thread or in that of a task."""

from __future__ import annotations

import io
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol, TypeVar, cast

import httpx

from mixpanel_export._atomic import AtomicFile
from mixpanel_export._formats import COLUMNAR, FileFormat, Layout
from mixpanel_export.download.job import ExportJob
from mixpanel_export.download.jsonl import COPIES
from mixpanel_export.download.progress import Progress, ProgressListener
from mixpanel_export.download.session import SliceStream
from mixpanel_export.http.cancellation import Cancellation

if TYPE_CHECKING:
    from mixpanel_export.columns.writers import ColumnFormat

__all__ = ["S", "Writing"]

S = TypeVar("S", bound="_Source")


class _Source(Protocol):
    def cancel(self) -> None: ...

    def close(self) -> None: ...


class Writing:
    """All events of a job on their way to one file, in whatever thread; `cancel` may be called from any other.

    It begins when `to_file`, `to_stream` or `text` is called. They raise CancelledError once it is cancelled.
    """

    def __init__(
        self,
        job: ExportJob,
        http: httpx.Client,
        format: FileFormat,
        layout: Layout | None = None,
        listener: ProgressListener | None = None,
    ) -> None:
        self._job = job
        self._http = http
        self._format: FileFormat = format
        self._layout: Layout = layout or "wide"
        self._listener = listener
        self._cancellation = Cancellation()
        self._source: _Source | None = None

    def cancel(self) -> None:
        """Have it end, and return at once."""
        self._cancellation.cancel()
        if self._source is not None:
            self._source.cancel()

    def to_file(self, path: Path) -> Progress:
        """Write them to a file, which appears under its name only when it is complete."""
        with AtomicFile(path) as target:
            totals = self.to_stream(target.file)
            # Who has given it up looks for no file.
            self._cancellation.check()
            target.complete()
        return totals

    def to_stream(self, file: IO[bytes]) -> Progress:
        """Write them to an open file."""
        target = cast("IO[bytes]", _UntilCancelled(file, self._cancellation))
        return self._columns(target) if self._format in COLUMNAR else self._lines(target)

    def text(self) -> str:
        """All their lines."""
        file = io.BytesIO()
        self.to_stream(file)
        return file.getvalue().decode()

    def _columns(self, file: IO[bytes]) -> Progress:
        from mixpanel_export.export.batches import RecordBatches, write_columns

        batches = RecordBatches(self._job, self._http, self._layout, listener=self._listener)
        return write_columns(self._begun(batches), cast("ColumnFormat", self._format), file)

    def _lines(self, file: IO[bytes]) -> Progress:
        run = self._begun(SliceStream(self._job, self._http, check="json", listener=self._listener))
        try:
            while (spool := run.take()) is not None:
                with spool:
                    COPIES[self._format](spool, file)
            file.flush()
            return run.progress
        finally:
            run.close()

    def _begun(self, source: S) -> S:
        """The same, to be cancelled; also when that was asked for before there was anything to cancel."""
        self._source = source
        try:
            self._cancellation.check()
        except BaseException:
            source.close()
            raise
        return source


class _UntilCancelled:
    """An open file, until a cancellation: the next write raises.

    Those after it go nowhere. Whoever writes an end on the way out has no other failure then; gzip even writes it
    when it is collected, where nobody could handle one.
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

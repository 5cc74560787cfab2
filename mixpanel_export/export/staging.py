"""Download and convert the slices of an export into temporary files, and read the tables from them.

Slices are downloaded side by side and converted as they arrive. In the layout `json`, each can be read once it is
complete; in the layout `wide`, only when all are, because only then are all columns known. Memory holds a few
blocks of lines, however large the export is. Needs the extra `arrow`.
"""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from mixpanel_export._formats import Layout
from mixpanel_export._temporary import Scratch, spool_file, temporary_disk_errors
from mixpanel_export.columns.fixed import ColumnSchema, converter_of
from mixpanel_export.columns.slices import SliceWriter
from mixpanel_export.columns.tables import TableWidener
from mixpanel_export.columns.writers import read_tables
from mixpanel_export.download.job import ExportJob
from mixpanel_export.download.malformed import MalformedFile
from mixpanel_export.download.pool import Claim, SlicePool
from mixpanel_export.download.progress import Progress, ProgressListener
from mixpanel_export.download.session import SliceReceiver
from mixpanel_export.download.spool import Spool
from mixpanel_export.errors import MalformedEventError, UnrepresentableError
from mixpanel_export.http.cancellation import Cancellation
from mixpanel_export.http.connections import Connections

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["StagedExport"]

_THREADS = "mixpanel-export"
# A received slice of this size stays in memory; a larger one moves to a temporary file.
_IN_MEMORY = 1 << 20


@frozen
class _StagedSlice:
    """A converted slice in a temporary file, or the reason why there is none."""

    path: Path
    refused: MalformedEventError | UnrepresentableError | None = None

    def tables(self) -> Iterator[pa.Table]:
        return read_tables("arrow", self.path)

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


@frozen
class _Download:
    """A download that has started.

    Attributes:
        scratch: the directory of the temporary files.
        process: the process that made the directory. A fork of it must not remove it.
    """

    pool: SlicePool[_StagedSlice]
    scratch: Scratch
    process: int

    def slices(self) -> Iterator[_StagedSlice]:
        """Yield the slices in the order of the plan, each when it is complete."""
        return iter(self.pool.take, None)

    def close(self) -> None:
        """Remove the files; the threads must have ended."""
        if self.process == os.getpid():
            self.scratch.remove()


class StagedExport:
    """The tables of an export, by way of temporary files. The caller closes it.

    Its threads hold no reference to its reader, so the garbage collector can find an abandoned one.
    """

    def __init__(
        self,
        job: ExportJob,
        http: Connections,
        layout: Layout,
        listener: ProgressListener | None,
        malformed: MalformedFile | None = None,
        columns: ColumnSchema | None = None,
    ) -> None:
        self.cancellation: Cancellation = Cancellation()
        self._job = job
        # All columns are known only when everything is there.
        self._is_widening = layout == "wide" and columns is None
        self._converter = converter_of(job, layout, columns)
        self._writer = SliceWriter(self._converter, job.memory)
        # Verification need not parse the lines: they are parsed here.
        self._receiver = SliceReceiver(
            job,
            http,
            self.cancellation,
            listener=listener,
            malformed=malformed or MalformedFile(job.malformed_path),
        )
        self._download: _Download | None = None
        self._complete: list[_StagedSlice] = []
        self._schema: pa.Schema | None = None
        self.on_closed: list[Callable[[], None]] = []

    @property
    def progress(self) -> Progress:
        """The progress of the download."""
        return self._receiver.progress

    def schema(self) -> pa.Schema:
        """Return the schema of all tables; start the download, and in the layout `wide` wait for all of it."""
        if self._schema is None:
            download = self._start()
            if self._is_widening:
                self._complete.extend(download.slices())
                self.cancellation.check()
            self._schema = self._converter.schema
        return self._schema

    def tables(self) -> Iterator[pa.Table]:
        """Yield all rows, in the order of the plan, and close when there are no more.

        Raises:
            MalformedEventError: after all other slices, when a line is not an event.
            UnrepresentableError: after all other slices, for a value that no column can hold.
        """
        widen = TableWidener(self.schema())
        refused: MalformedEventError | UnrepresentableError | None = None
        slices: Iterable[_StagedSlice] = self._complete if self._is_widening else self._start().slices()
        for staged in slices:
            if staged.refused is not None:
                refused = refused or staged.refused
                continue
            for table in staged.tables():
                yield widen(table)
            staged.remove()
        self.cancellation.check()
        self.close()
        if refused is not None:
            raise refused

    def cancel(self) -> None:
        """Cancel the download and return at once; may be called from any thread."""
        self.cancellation.cancel()
        if self._download is not None:
            self._download.pool.cancel()

    def close(self) -> None:
        """End the threads and remove the files; may be called twice, but not in a thread that converts."""
        if not self.cancellation.is_ours:
            return
        self.cancellation.cancel()
        if self._download is not None:
            self._download.pool.close()
        self._receiver.close()
        if self._download is not None:
            self._download.close()
        while self.on_closed:
            self.on_closed.pop()()

    def close_from_any_thread(self) -> None:
        """Close it, in another thread if this one converts: the garbage collector runs in any."""
        if threading.current_thread().name.startswith(_THREADS):
            threading.Thread(target=self.close, daemon=True).start()
        else:
            self.close()

    def _start(self) -> _Download:
        """Start the download, unless it has started."""
        if self._download is None:
            self.cancellation.check()
            scratch = Scratch()
            pool = SlicePool(
                self._job.planner(),
                functools.partial(self._stage, scratch.path),
                _StagedSlice.remove,
                self.cancellation,
                abandon_connecting=True,
            )
            self._download = _Download(pool, scratch, os.getpid())
        return self._download

    def _stage(self, folder: Path, claim: Claim) -> _StagedSlice:
        """Receive and convert a slice, in a thread of the pool."""
        path = folder / f"{claim.slice_.from_date}_{claim.slice_.to_date}.arrow"
        with spool_file(_IN_MEMORY) as file:
            received = self._receiver.receive(claim, file)
            try:
                self._receiver.finish(received, lambda spool: self._write(spool, path))
            except (MalformedEventError, UnrepresentableError) as error:
                path.unlink(missing_ok=True)
                return _StagedSlice(path, error)
        return _StagedSlice(path)

    def _write(self, spool: Spool, path: Path) -> None:
        with temporary_disk_errors():
            self._writer.write(spool, "arrow", path)

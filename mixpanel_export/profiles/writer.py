"""Write profiles to a file or a stream, in the calling thread or beside an event loop.

`Writing` is the destination; `write` and `write_async` fetch the pages for it. See `pagination` for which pages
there are, and `file` for how a file is made.
"""

from __future__ import annotations

import contextlib
import gzip
import importlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from mixpanel_export._atomic import disk_errors
from mixpanel_export._formats import COLUMNAR, FORMATS, FileFormat, format_for
from mixpanel_export._resources import resource_limits
from mixpanel_export._worker import WorkThread
from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.http.cancellation import Cancellation
from mixpanel_export.http.connections import Connections
from mixpanel_export.profiles.fetch import async_batches, batches
from mixpanel_export.profiles.file import (
    PartialFile,
    ProfilesProgress,
    ProfilesProgressListener,
    lines_of,
)
from mixpanel_export.profiles.pagination import Batch, Paging
from mixpanel_export.profiles.query import ProfileQuery

if TYPE_CHECKING:
    from mixpanel_export.http.context import Context
    from mixpanel_export_api.api import AsyncCaller

__all__ = ["Writing", "write", "write_async", "writing_to_file", "writing_to_stream"]


class Writing(ABC):
    """The destination of a query's pages. Everything may block except `cancel`; use it in one thread at a time.

    Attributes:
        query: the query to run.
        paging: the place to start from. Both are final once the destination is open.
    """

    def __init__(self, query: ProfileQuery, listener: ProfilesProgressListener | None) -> None:
        self.query: ProfileQuery = query
        self.paging: Paging = Paging(allows_shortfall=query.allows_shortfall, keeps_texts=True)
        self._listener = listener
        self._found = 0
        self._cancellation = Cancellation()

    def cancel(self) -> None:
        """Cancel the work in progress and return at once. May be called from any thread."""
        self._cancellation.cancel()

    @abstractmethod
    def open(self) -> None:
        """Make ready for the first page."""

    @abstractmethod
    def close(self) -> None:
        """Release the destination; does nothing when it was never opened."""

    def add(self, batch: Batch) -> None:
        """Write the next page."""
        self._write(batch)
        if self._listener is not None:
            self._listener(self._progress())

    def complete(self) -> ProfilesProgress:
        """Finish after the last page and return the totals."""
        self._finish()
        return self._progress()

    @abstractmethod
    def _write(self, batch: Batch) -> None: ...

    @abstractmethod
    def _finish(self) -> None: ...

    def _progress(self) -> ProfilesProgress:
        return ProfilesProgress.of(self.paging, self._found)


class _ToFile(Writing):
    def __init__(
        self, file: PartialFile, query: ProfileQuery, listener: ProfilesProgressListener | None
    ) -> None:
        super().__init__(query, listener)
        self._file = file

    def open(self) -> None:
        self._file.open()
        self.paging, as_of = self._file.left(self._cancellation, allows_shortfall=self.query.allows_shortfall)
        self.query, self._found = self.query.as_of(as_of), self.paging.taken

    def close(self) -> None:
        self._file.close()

    def _write(self, batch: Batch) -> None:
        self._file.add(batch, self.paging, self.query.as_of_timestamp)

    def _finish(self) -> None:
        self._file.complete(self._cancellation)


class _ToStream(Writing):
    def __init__(
        self, file: IO[bytes], query: ProfileQuery, listener: ProfilesProgressListener | None
    ) -> None:
        super().__init__(query, listener)
        self._file = file

    def open(self) -> None:
        """Do nothing: the caller opened the stream."""

    def close(self) -> None:
        """Do nothing: the caller closes the stream."""

    def _write(self, batch: Batch) -> None:
        self._file.write(lines_of(batch))

    def _finish(self) -> None:
        self._file.flush()


class _ToPipe(Writing):
    def __init__(
        self,
        path: Path,
        format: FileFormat,
        query: ProfileQuery,
        listener: ProfilesProgressListener | None,
    ) -> None:
        super().__init__(query, listener)
        self._path = path
        self._is_gzip = format == "jsonl.gz"
        self._resources = contextlib.ExitStack()
        self._file: IO[bytes] | None = None

    def open(self) -> None:
        self._resources.enter_context(disk_errors(self._path))
        file: IO[bytes] = self._resources.enter_context(self._path.open("wb"))
        if self._is_gzip:
            packed = gzip.GzipFile(fileobj=file, mode="wb", mtime=0)
            file = cast("IO[bytes]", self._resources.enter_context(packed))
        self._file = file

    def close(self) -> None:
        self._resources.close()

    def _write(self, batch: Batch) -> None:
        if self._file is not None:
            with disk_errors(self._path):
                self._file.write(lines_of(batch))

    def _finish(self) -> None:
        self.close()


def writing_to_file(
    context: Context,
    path: str | Path,
    format: FileFormat | None,
    listener: ProfilesProgressListener | None,
    filters: Mapping[str, Any],
) -> Writing:
    """Check the arguments and return a file that appears under its name only when it is complete."""
    place = Path(path)
    wanted: FileFormat = format_for(place, format, FORMATS)
    if wanted in COLUMNAR:
        # Raises MissingExtraError without pyarrow.
        importlib.import_module("mixpanel_export.columns")
    query = ProfileQuery.make(context, **filters)
    project = context.project_id or context.auth.fingerprint
    fingerprint = query.fingerprint(wanted, context.servers.rest, project, context.workspace_id)
    if place.exists() and not place.is_file() and not place.is_dir():
        # A pipe or a device, which is never replaced.
        if wanted in COLUMNAR:
            raise InvalidArgumentError(
                "format", wanted, "expected 'jsonl' or 'jsonl.gz' for a pipe or a device"
            )
        return _ToPipe(place, wanted, query, listener)
    return _ToFile(PartialFile(place, wanted, fingerprint), query, listener)


def writing_to_stream(
    context: Context,
    file: IO[bytes],
    listener: ProfilesProgressListener | None,
    filters: Mapping[str, Any],
) -> Writing:
    """Check the arguments and return a stream to write to."""
    return _ToStream(file, ProfileQuery.make(context, **filters), listener)


def write(context: Context, http: Connections, writing: Writing) -> ProfilesProgress:
    """Fetch and write every page, in this thread."""
    try:
        with resource_limits():
            writing.open()
        with contextlib.closing(batches(context, http, writing.query, writing.paging)) as pages:
            for batch in pages:
                writing.add(batch)
        return writing.complete()
    finally:
        writing.close()


async def write_async(context: Context, client: AsyncCaller, writing: Writing) -> ProfilesProgress:
    """Fetch every page in this task, and write it in a thread; cancelling the task ends both."""
    thread = WorkThread("profiles", writing.cancel, writing.close)
    try:
        with resource_limits():
            await thread.run(writing.open)
        async with contextlib.aclosing(
            async_batches(context, client, writing.query, writing.paging)
        ) as pages:
            async for batch in pages:
                await thread.run(partial(writing.add, batch))
        return await thread.run(writing.complete)
    finally:
        await thread.end()

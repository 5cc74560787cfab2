"""`client.export`'s directory exports, sync and async: thin shells over one run (`directory`)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar, Unpack

import httpx

from mixpanel_export._formats import FORMATS, FileFormat, Layout, PartitionBy, check_format
from mixpanel_export._worker import in_thread
from mixpanel_export.dates import DateLike
from mixpanel_export.directory.plan import DEFAULT_LOOK_BACK, DirectoryRequest
from mixpanel_export.directory.results import DirectoryExport, PlanSummary
from mixpanel_export.directory.run import DirectoryRun
from mixpanel_export.download.job import ExportJob, ExportOptions
from mixpanel_export.download.progress import ProgressListener

if TYPE_CHECKING:
    from mixpanel_export.http.context import Context

__all__ = ["AsyncDirectoryExports", "DirectoryExports"]

T = TypeVar("T")

PathLike = str | os.PathLike[str]


class _Directories:
    """What both need: the runs, ready to be run."""

    _context: Context
    _http: httpx.Client

    def _run(self, asked: DirectoryRequest, progress: ProgressListener | None = None) -> DirectoryRun:
        if asked.format is not None:
            check_format(asked.format, FORMATS)
        return DirectoryRun(self._context, self._http, asked, progress)

    def _planned(
        self, from_date: DateLike, to_date: DateLike, path: PathLike | None, asked: DirectoryRequest
    ) -> PlanSummary:
        if path is not None:
            return self._run(asked).plan()
        return PlanSummary.of(ExportJob.make(self._context, from_date, to_date, **asked.options))


class DirectoryExports(_Directories):
    """Exports to a directory, over a synchronous client."""

    def to_directory(
        self,
        path: PathLike,
        from_date: DateLike,
        to_date: DateLike,
        *,
        format: FileFormat = "jsonl.gz",
        layout: Layout | None = None,
        partition_by: PartitionBy | None = None,
        overwrite: bool = False,
        verify: bool = False,
        progress: ProgressListener | None = None,
        **options: Unpack[ExportOptions],
    ) -> DirectoryExport:
        """Write a range of days to a directory, one file a slice, and go on there after any interruption.

        Each file (`events_2024-01-01_2024-01-12.jsonl.gz`) gets its name when it is complete and on the disk,
        and is then listed in `manifest.json`, with its events, size and SHA-256, and the query. The process may
        be killed, or the machine lose its power, at any instant: the same call again clears away what was
        half-written and fetches what is missing, nothing else. A call with another range, filter or format
        is refused.

        **Readers go by the manifest.** It is replaced atomically; what it lists is complete, and each day is in
        one of its files. A file beside it that it does not list is being made or removed. When days are fetched
        again, the new file has another name (`…_r2.jsonl.gz`), and takes the place of the old one when the
        manifest says so; the old one is then removed. A reader who misses a file reads the manifest again.

        Only files that a manifest has announced are ever removed; with `overwrite`, all that are named like slices.

        Args:
            path: the directory; made if need be. One process at a time exports to it. Or a URL, as text:
                `s3://bucket/prefix`, `gs://bucket/prefix`, `az://container/prefix` (extra `cloud`), for which all
                of this holds too. Credentials come from the provider's usual environment variables. Files are made
                in the system's temporary directory, and sent when they are complete.
            from_date: the first day, as for `events`.
            to_date: the last day, as for `events`. A day that is not over yet is complete up to this moment;
                `update_directory` fetches it again.
            format: `jsonl.gz`, which keeps the gzip that arrives as it came, `jsonl`, or, with columns, `parquet`
                or `csv`.
            layout: for formats with columns: `wide`, each property a column, or `json`, with all properties as one
                text; by default `wide`.
            partition_by: for formats with columns: `date` divides the events of each slice by day, in the client's
                time zone, into folders: `date=2024-01-01/events_2024-01-01_2024-01-12.parquet`.
            overwrite: remove what the directory holds of an earlier export, and begin anew.
            verify: read all finished files and compare checksums, and fetch again what is damaged. Without, that
                they are there and have their size is enough.
            progress: called with the running totals of this run, from the threads that download.
            options: `event`, `where`, `limit`, `time_in_ms`, `bucket`, `parallel`, `slice_days` and
                `deduplicate`, as for `events`, and `memory`, as for `batches`. `parallel`, `slice_days` and
                `memory` may differ from call to call.

        Raises:
            DirectoryMismatchError: (a ValueError) when the directory holds another export.
            DirectoryBusyError: when another process is exporting to it.
            ManifestError: when its manifest cannot be read.
            DiskFullError: when there is no room.
            DestinationError: when objects under a URL cannot be read or written.
            MissingExtraError: when the format or the URL needs an extra that is not installed.
            As `events` does, for a slice; those that are complete stay.
        """
        asked = DirectoryRequest(
            path=os.fspath(path),
            from_date=from_date,
            to_date=to_date,
            format=format,
            layout=layout,
            partition_by=partition_by,
            options=options,
            overwrite=overwrite,
            verify=verify,
        )
        return self._run(asked, progress).run()

    def update_directory(
        self,
        path: PathLike,
        *,
        to_date: DateLike | None = None,
        look_back: int = DEFAULT_LOOK_BACK,
        from_date: DateLike | None = None,
        format: FileFormat | None = None,
        layout: Layout | None = None,
        partition_by: PartitionBy | None = None,
        verify: bool = False,
        progress: ProgressListener | None = None,
        **options: Unpack[ExportOptions],
    ) -> DirectoryExport:
        """Extend a directory to a later day, and fetch its last days again for events that came late.

        The query is the manifest's. Slices that have one of the last `look_back` complete days, or a day that
        was not over when it was fetched, are fetched again whole; each takes the place of the old one at once,
        when the manifest lists it. An update that was interrupted is continued by the next.

        Args:
            path: the directory, or its URL.
            to_date: the new last day; by default yesterday in the client's time zone. The range never shrinks.
            look_back: how many of the last complete days are fetched again.
            from_date: the first day, for a directory that has no complete slice yet; so one command serves the
                first run and all others.
            format: for the first run, as `from_date`.
            layout: as `format`.
            partition_by: as `format`.
            verify: as for `to_directory`.
            progress: as for `to_directory`.
            options: as for `to_directory`. Given again, query and format must be the manifest's.

        Raises:
            As `to_directory` does.
        """
        asked = DirectoryRequest(
            path=os.fspath(path),
            from_date=from_date,
            to_date=to_date,
            format=format,
            layout=layout,
            partition_by=partition_by,
            options=options,
            verify=verify,
            look_back=look_back,
        )
        return self._run(asked, progress).run()

    def plan(
        self,
        from_date: DateLike,
        to_date: DateLike,
        *,
        path: PathLike | None = None,
        format: FileFormat = "jsonl.gz",
        layout: Layout | None = None,
        partition_by: PartitionBy | None = None,
        overwrite: bool = False,
        verify: bool = False,
        **options: Unpack[ExportOptions],
    ) -> PlanSummary:
        """What an export would ask for; nothing is sent, and nothing changed.

        Args:
            path: a directory or its URL, for what `to_directory` would do with the same arguments. Otherwise it
                is for `events` and the other ways to export.
        """
        asked = DirectoryRequest(
            path=os.fspath(path or ""),
            from_date=from_date,
            to_date=to_date,
            format=format,
            layout=layout,
            partition_by=partition_by,
            options=options,
            overwrite=overwrite,
            verify=verify,
        )
        return self._planned(from_date, to_date, path, asked)

    def plan_update(
        self,
        path: PathLike,
        *,
        to_date: DateLike | None = None,
        look_back: int = DEFAULT_LOOK_BACK,
        from_date: DateLike | None = None,
        format: FileFormat | None = None,
        layout: Layout | None = None,
        partition_by: PartitionBy | None = None,
        verify: bool = False,
        **options: Unpack[ExportOptions],
    ) -> PlanSummary:
        """What `update_directory` would do with the same arguments; nothing is sent, and nothing changed."""
        asked = DirectoryRequest(
            path=os.fspath(path),
            from_date=from_date,
            to_date=to_date,
            format=format,
            layout=layout,
            partition_by=partition_by,
            options=options,
            verify=verify,
            look_back=look_back,
        )
        return self._run(asked).plan()


class AsyncDirectoryExports(_Directories):
    """Exports to a directory, over an asynchronous client; each runs in a thread, and ends when it is cancelled."""

    async def to_directory(
        self,
        path: PathLike,
        from_date: DateLike,
        to_date: DateLike,
        *,
        format: FileFormat = "jsonl.gz",
        layout: Layout | None = None,
        partition_by: PartitionBy | None = None,
        overwrite: bool = False,
        verify: bool = False,
        progress: ProgressListener | None = None,
        **options: Unpack[ExportOptions],
    ) -> DirectoryExport:
        """As `Export.to_directory`."""
        asked = DirectoryRequest(
            path=os.fspath(path),
            from_date=from_date,
            to_date=to_date,
            format=format,
            layout=layout,
            partition_by=partition_by,
            options=options,
            overwrite=overwrite,
            verify=verify,
        )
        run = self._run(asked, progress)
        return await in_thread(run.run, run.cancel)

    async def update_directory(
        self,
        path: PathLike,
        *,
        to_date: DateLike | None = None,
        look_back: int = DEFAULT_LOOK_BACK,
        from_date: DateLike | None = None,
        format: FileFormat | None = None,
        layout: Layout | None = None,
        partition_by: PartitionBy | None = None,
        verify: bool = False,
        progress: ProgressListener | None = None,
        **options: Unpack[ExportOptions],
    ) -> DirectoryExport:
        """As `Export.update_directory`."""
        asked = DirectoryRequest(
            path=os.fspath(path),
            from_date=from_date,
            to_date=to_date,
            format=format,
            layout=layout,
            partition_by=partition_by,
            options=options,
            verify=verify,
            look_back=look_back,
        )
        run = self._run(asked, progress)
        return await in_thread(run.run, run.cancel)

    async def plan(
        self,
        from_date: DateLike,
        to_date: DateLike,
        *,
        path: PathLike | None = None,
        format: FileFormat = "jsonl.gz",
        layout: Layout | None = None,
        partition_by: PartitionBy | None = None,
        overwrite: bool = False,
        verify: bool = False,
        **options: Unpack[ExportOptions],
    ) -> PlanSummary:
        """As `Export.plan`."""
        asked = DirectoryRequest(
            path=os.fspath(path or ""),
            from_date=from_date,
            to_date=to_date,
            format=format,
            layout=layout,
            partition_by=partition_by,
            options=options,
            overwrite=overwrite,
            verify=verify,
        )
        return await in_thread(lambda: self._planned(from_date, to_date, path, asked))

    async def plan_update(
        self,
        path: PathLike,
        *,
        to_date: DateLike | None = None,
        look_back: int = DEFAULT_LOOK_BACK,
        from_date: DateLike | None = None,
        format: FileFormat | None = None,
        layout: Layout | None = None,
        partition_by: PartitionBy | None = None,
        verify: bool = False,
        **options: Unpack[ExportOptions],
    ) -> PlanSummary:
        """As `Export.plan_update`."""
        asked = DirectoryRequest(
            path=os.fspath(path),
            from_date=from_date,
            to_date=to_date,
            format=format,
            layout=layout,
            partition_by=partition_by,
            options=options,
            verify=verify,
            look_back=look_back,
        )
        run = self._run(asked)
        return await in_thread(run.plan, run.cancel)

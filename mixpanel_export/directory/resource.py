"""`client.export`'s directory exports, sync and async: thin shells over one `DirectoryRun`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from mixpanel_export._worker import in_thread

if TYPE_CHECKING:
    from mixpanel_export.dates import DateLike
    from mixpanel_export.directory.request import DirectoryOptions, PathLike
    from mixpanel_export.directory.results import DirectoryExport
    from mixpanel_export.directory.run import DirectoryRun
    from mixpanel_export.download.progress import ProgressListener
    from mixpanel_export.http.connections import Connections
    from mixpanel_export.http.context import Context

__all__ = ["AsyncDirectoryExports", "DirectoryExports", "ExportRuns"]

DEFAULT_LOOK_BACK = 5


class ExportRuns:
    """The runs behind both flavours of `client.export`."""

    _context: Context
    _http: Connections

    def _run(
        self,
        path: PathLike,
        from_date: DateLike | None,
        to_date: DateLike | None,
        options: DirectoryOptions,
        *,
        overwrite: bool = False,
        look_back: int | None = None,
        refetch: bool = False,
        progress: ProgressListener | None = None,
    ) -> DirectoryRun:
        from mixpanel_export.directory.request import DirectoryRequest
        from mixpanel_export.directory.run import DirectoryRun

        request = DirectoryRequest.make(
            path, from_date, to_date, options, overwrite=overwrite, look_back=look_back, refetch=refetch
        )
        context = self._context if refetch else self._context.patient
        return DirectoryRun(context, self._http, request, progress)


class DirectoryExports(ExportRuns):
    """Exports to a directory, over a synchronous client."""

    def to_directory(
        self,
        path: PathLike,
        from_date: DateLike,
        to_date: DateLike,
        *,
        overwrite: bool = False,
        progress: ProgressListener | None = None,
        **options: Unpack[DirectoryOptions],
    ) -> DirectoryExport:
        """Write a range of days to a directory, one file per slice; resume there after any interruption.

        Each file (`events_2024-01-01_2024-01-12.jsonl.gz`) gets its name once it is complete and on the disk. It is
        then listed in `manifest.json` with its number of events, its size and its SHA-256; the manifest also
        records the query. The process can be killed, or the machine lose power, at any moment: the same call again
        removes unfinished files and fetches only what is missing. A call with another range, filter or format is
        refused.

        **Readers should use the manifest.** It is replaced atomically; the files that it lists are complete, and
        each day is in exactly one of them. A file that it does not list is being made or removed. When days are
        fetched again, the new file gets another name (`…_r2.jsonl.gz`) and replaces the old one when the manifest
        lists it; the old file is then removed. A reader that finds a file missing should read the manifest again.

        Only files that a manifest has announced are ever removed; with `overwrite`, all files named like slices.

        Args:
            path: the directory, created if needed; one process at a time can export to it. Or a URL, as text:
                `s3://bucket/prefix`, `gs://bucket/prefix`, `az://container/prefix` (extra `cloud`), with the same
                promises. Credentials come from the provider's usual environment variables. Files are made in
                the system's temporary directory and uploaded once they are complete.
            from_date: the first day, as for `events`.
            to_date: the last day, as for `events`. A day that is not over yet is complete up to now;
                `update_directory` fetches it again.
            overwrite: replace an earlier export in the directory.
            progress: called with the running totals of this run, from the threads that download.
            options: `format` (by default `jsonl.gz`), `layout`, `partition_by`, `columns` and `verify`: see
                `DirectoryOptions`. `event`, `where`, `fields`, `limit`, `time_in_ms`, `bucket`, `parallel`,
                `slice_days` and `deduplicate`, as for `events`, and `memory`, as for `batches`. `parallel`,
                `slice_days`, `memory` and `verify` can differ from call to call.

        Raises:
            DirectoryMismatchError: (a ValueError) when the directory holds another export.
            DirectoryBusyError: when another process is exporting to it.
            ManifestError: when its manifest cannot be read.
            DiskFullError: when there is no room.
            DestinationError: when objects under a URL cannot be read or written.
            MissingExtraError: when the format or the URL needs an extra that is not installed.
            ExportError, APIError: for a slice that could not be fetched, as for `events`; the complete ones stay.
        """
        return self._run(path, from_date, to_date, options, overwrite=overwrite, progress=progress).run()

    def update_directory(
        self,
        path: PathLike,
        *,
        to_date: DateLike | None = None,
        look_back: int = DEFAULT_LOOK_BACK,
        from_date: DateLike | None = None,
        progress: ProgressListener | None = None,
        **options: Unpack[DirectoryOptions],
    ) -> DirectoryExport:
        """Extend a directory to a later day, and fetch its last days again for events that arrived late.

        The query is the manifest's. A slice is fetched again, whole, if it has one of the last `look_back` complete
        days, or a day that was not over when it was fetched; the new file replaces the old one when the manifest
        lists it. An interrupted update is resumed by the next.

        Args:
            path: the directory, or its URL.
            to_date: the new last day; by default yesterday in the client's time zone. The range never shrinks.
            look_back: the number of last complete days to fetch again.
            from_date: the first day, for a directory without a complete slice; so one call serves the first run
                and all later ones.
            progress: as for `to_directory`.
            options: as for `to_directory`. `format`, `layout`, `partition_by` and `columns` are for the first run;
                given again, they and the query must be the manifest's.

        Raises:
            MixpanelError: the errors of `to_directory`.
        """
        return self._run(path, from_date, to_date, options, look_back=look_back, progress=progress).run()

    def refetch(
        self,
        path: PathLike,
        from_date: DateLike,
        to_date: DateLike,
        *,
        progress: ProgressListener | None = None,
        **options: Unpack[DirectoryOptions],
    ) -> DirectoryExport:
        """Fetch some days of a directory again, as an orchestrator does when it runs one partition once more.

        The query is the manifest's. Each slice with one of these days is fetched again, whole, and the new file
        replaces the old one when the manifest lists it; a day that has become empty is then empty. Missing days are
        fetched, too. If it is interrupted, the same call, `to_directory` and `update_directory` all resume it.

        Args:
            path: the directory, or its URL.
            from_date: the first day to fetch again.
            to_date: the last one, included.
            progress: as for `to_directory`.
            options: as for `to_directory`. The format and the filters must be the manifest's, if given.

        Raises:
            InvalidArgumentError: for days outside the directory's range.
            DirectoryMismatchError: (a ValueError) when the directory holds another export, or no complete slice.
            MixpanelError: the other errors of `to_directory`.
        """
        return self._run(path, from_date, to_date, options, refetch=True, progress=progress).run()


class AsyncDirectoryExports(ExportRuns):
    """Exports to a directory, over an asynchronous client; each runs in a thread that ends with its task."""

    async def to_directory(
        self,
        path: PathLike,
        from_date: DateLike,
        to_date: DateLike,
        *,
        overwrite: bool = False,
        progress: ProgressListener | None = None,
        **options: Unpack[DirectoryOptions],
    ) -> DirectoryExport:
        """Do the same as `Export.to_directory`."""
        run = self._run(path, from_date, to_date, options, overwrite=overwrite, progress=progress)
        return await in_thread(run.run, run.cancel)

    async def update_directory(
        self,
        path: PathLike,
        *,
        to_date: DateLike | None = None,
        look_back: int = DEFAULT_LOOK_BACK,
        from_date: DateLike | None = None,
        progress: ProgressListener | None = None,
        **options: Unpack[DirectoryOptions],
    ) -> DirectoryExport:
        """Do the same as `Export.update_directory`."""
        run = self._run(path, from_date, to_date, options, look_back=look_back, progress=progress)
        return await in_thread(run.run, run.cancel)

    async def refetch(
        self,
        path: PathLike,
        from_date: DateLike,
        to_date: DateLike,
        *,
        progress: ProgressListener | None = None,
        **options: Unpack[DirectoryOptions],
    ) -> DirectoryExport:
        """Do the same as `Export.refetch`."""
        run = self._run(path, from_date, to_date, options, refetch=True, progress=progress)
        return await in_thread(run.run, run.cancel)

"""One run of a directory export: lock, reconcile, plan, fetch, publish, rewrite.

Each slice is written, synced, named and listed in the manifest by itself, so that a run can end at any moment and
the next one resumes. See `resume` and `plan` for the decisions, `slice_files` for the files, `publish` for the
manifest's updates, and `rewrite` for stale schemas.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from attrs import frozen

from mixpanel_export._atomic import disk_errors
from mixpanel_export._formats import COLUMNAR, Layout
from mixpanel_export._resources import resource_limits
from mixpanel_export.directory.conversion import Conversion, LinesConversion
from mixpanel_export.directory.destination import open_storage
from mixpanel_export.directory.filenames import FileName, name_of
from mixpanel_export.directory.manifest import Manifest, ManifestSlice
from mixpanel_export.directory.plan import DirectoryPlan, plan_downloads
from mixpanel_export.directory.publish import Publisher
from mixpanel_export.directory.request import DirectoryRequest
from mixpanel_export.directory.results import DirectoryExport, DirectoryOutline
from mixpanel_export.directory.resume import ResumeState, reconcile
from mixpanel_export.directory.rewrite import StaleFiles
from mixpanel_export.directory.slice_files import SliceFiles
from mixpanel_export.directory.staging import Staging
from mixpanel_export.directory.verify import find_damaged
from mixpanel_export.download.job import DEFAULT_MEMORY
from mixpanel_export.download.pool import Claim, SlicePool
from mixpanel_export.download.progress import Progress, ProgressListener
from mixpanel_export.download.session import SliceReceiver
from mixpanel_export.errors import MalformedEventError, UnrepresentableError
from mixpanel_export.http.cancellation import Cancellation
from mixpanel_export.http.connections import Connections
from mixpanel_export.records.inflate import CHUNK_SIZE, LARGE_CHUNK_SIZE

if TYPE_CHECKING:
    from mixpanel_export.columns.fixed import ColumnSchema
    from mixpanel_export.http.context import Context

__all__ = ["DirectoryRun"]


@frozen
class _Refused:
    """A slice that is complete, and has a line that cannot be written."""

    error: MalformedEventError | UnrepresentableError


class DirectoryRun:
    """One run of an export to a directory. Call `run` once; `cancel` can be called from any thread."""

    def __init__(
        self,
        context: Context,
        http: Connections,
        request: DirectoryRequest,
        listener: ProgressListener | None = None,
    ) -> None:
        self._context = context
        self._http = http
        self._request = request
        self._listener = listener
        self._cancellation = Cancellation()
        # The pool cancels its own when the download is over, and there is more to do then.
        self._download_cancellation = Cancellation()
        self._storage = open_storage(request.path, retry=context.retry, cancellation=self._cancellation)

    def cancel(self) -> None:
        """Make `run` raise soon; complete slices stay."""
        self._cancellation.cancel()
        self._download_cancellation.cancel()

    def plan(self) -> DirectoryOutline:
        """Return the work of `run`; change nothing, and take no lock."""
        state = self._reconcile()
        damaged = self._find_damaged(state)
        plan = plan_downloads(state, damaged, ())
        query = plan.manifest.query
        done = [entry for entry in plan.manifest.slices if entry.slice_ not in plan.job.plan.fixed]
        return DirectoryOutline(
            plan.job,
            query.from_date,
            query.to_date,
            done,
            damaged,
            cast(Layout | None, query.layout),
            _fixed_columns(plan.manifest),
        )

    @resource_limits()
    def run(self) -> DirectoryExport:
        """Fetch the missing slices.

        Raises:
            DirectoryBusyError: when another process is exporting to the directory.
            DiskFullError: when there is no room.
            CancelledError: when it was cancelled.
            MissingExtraError: when the format needs packages that are not installed.
            ExportError, APIError: for a slice that could not be fetched; the others are complete, and stay.
        """
        # Fail before anything is created; the state is read again under the lock.
        self._conversion_for(self._reconcile().manifest)
        with disk_errors(self._storage.disk, hint=None), self._storage.locked() as staging:
            plan, damaged = self._prepare(staging)
            publisher = Publisher(self._storage, staging, plan.manifest, plan.names)
            with disk_errors(self._storage.disk, publisher.bytes_missing, hint=None):
                progress = self._fetch(plan, publisher)
                manifest = publisher.finish()
                unlisted = self._storage.paths() - manifest.paths
        return DirectoryExport(
            path=self._storage.location,
            manifest=manifest,
            fetched=progress.slices_done,
            found=len(manifest.slices) - progress.slices_done,
            damaged=damaged,
            unknown=sorted(path for path in unlisted if FileName.parse(name_of(path)) is not None),
            progress=progress,
        )

    def _reconcile(self) -> ResumeState:
        recorded = None if self._request.overwrite else self._storage.read_manifest()
        return reconcile(self._request, self._context, recorded, self._storage.paths())

    def _prepare(self, staging: Staging) -> tuple[DirectoryPlan, Mapping[str, str]]:
        """Remove what is not to stay, and plan what is to come."""
        storage = self._storage
        state = self._reconcile()
        reserved: set[str] = set()
        staging.remove_all_parts()
        if not self._request.overwrite and (recorded := storage.read_manifest()) is not None:
            reserved = storage.recover(recorded)
        damaged = self._find_damaged(state)
        drop = {*state.drop, *damaged}
        if drop:
            # Before they are removed, so that readers never look for a file that is gone.
            storage.write_manifest(state.manifest.without(drop))
            storage.remove(drop)
        return plan_downloads(state, damaged, storage.names() | reserved), damaged

    def _find_damaged(self, state: ResumeState) -> dict[str, str]:
        return find_damaged(
            self._storage,
            state.manifest.slices,
            state.manifest.query.format,
            read=self._request.verify,
            cancellation=self._cancellation,
        )

    def _fetch(self, plan: DirectoryPlan, publisher: Publisher) -> Progress:
        """Announce the planned slices, fetch and publish them, and rewrite what became stale."""
        conversion = self._conversion_for(plan.manifest)
        publisher.commit(plan.manifest)
        is_columnar = plan.manifest.query.format in COLUMNAR
        slices = SliceReceiver(
            plan.job,
            self._http,
            self._download_cancellation,
            # Nothing parses lines that stay lines, so they are parsed to be verified: in the CPU's cache.
            check="frame" if is_columnar else "json",
            chunk_size=LARGE_CHUNK_SIZE if is_columnar else CHUNK_SIZE,
            stays=not is_columnar,
            listener=self._listener,
        )
        with contextlib.closing(slices):
            files = SliceFiles(
                format=plan.manifest.query.format,
                staging=publisher.staging,
                conversion=conversion,
                slices=slices,
                redact=self._context.auth.redact,
            )
            self._download(plan, files, publisher)
        StaleFiles(publisher, conversion, self._cancellation).rewrite()
        return slices.progress

    def _download(self, plan: DirectoryPlan, files: SliceFiles, publisher: Publisher) -> None:
        """Fetch and publish the planned slices; raise after all others when the lines of one are refused."""

        def fetch(claim: Claim) -> ManifestSlice | _Refused:
            try:
                return files.fetch(claim, plan.names.of(claim.slice_))
            except (MalformedEventError, UnrepresentableError) as error:
                return _Refused(error)

        def discard(entry: ManifestSlice | _Refused) -> None:
            if isinstance(entry, ManifestSlice):
                files.discard(entry)

        pool: SlicePool[ManifestSlice | _Refused] = SlicePool(
            plan.job.planner(), fetch, discard, self._download_cancellation, ordered=False
        )
        refused: _Refused | None = None
        try:
            while (entry := pool.take()) is not None:
                if isinstance(entry, _Refused):
                    refused = refused or entry
                    continue
                try:
                    publisher.publish(entry, files.conversion.columns)
                except BaseException:
                    files.discard(entry)
                    raise
        finally:
            pool.close()
        if refused is not None:
            raise refused.error

    def _conversion_for(self, manifest: Manifest) -> Conversion:
        """Make the conversion to the directory's format, starting from the columns that its manifest records.

        Raises:
            MissingExtraError: when the format needs packages that are not installed.
        """
        query = manifest.query
        if query.format not in COLUMNAR:
            return LinesConversion(query.format)
        from mixpanel_export.directory.columnar import conversion_for

        memory = self._request.options.get("memory", DEFAULT_MEMORY)
        return conversion_for(query, self._context, manifest.columns, memory)


def _fixed_columns(manifest: Manifest) -> ColumnSchema | None:
    if manifest.query.columns is None:
        return None
    from mixpanel_export.columns.fixed import ColumnSchema

    return ColumnSchema.from_manifest(manifest.columns)

"""An export to a directory: its slices fetched into files, each listed by the manifest once it is there for good.

Joins `resume` (what is to be done), `folder` (the disk) and `download` (the threads). A slice is written, synced
and named by itself, and the manifest is committed after each, so that a run may end at any instant and the next
one goes on.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

import httpx
from attrs import evolve

from mixpanel_export.export.download import Download
from mixpanel_export.export.fetch import Cancellation
from mixpanel_export.export.files import COPIES, FileFormat
from mixpanel_export.export.folder import CONVERTED, Folder, digest_of, durable
from mixpanel_export.export.manifest import Manifest, ManifestSlice
from mixpanel_export.export.naming import FileName
from mixpanel_export.export.plan import Slice
from mixpanel_export.export.progress import ProgressListener
from mixpanel_export.export.resume import Asked, Start, Work, plan_work, start
from mixpanel_export.export.run import Slices, Spool
from mixpanel_export.export.summaries import DirectoryExport, PlanSummary

if TYPE_CHECKING:
    from mixpanel_export.calls import Context

__all__ = ["DirectoryRun"]


class DirectoryRun:
    """One run of an export to a directory. `run` once; `cancel` may be called from any thread."""

    def __init__(
        self, context: Context, http: httpx.Client, asked: Asked, listener: ProgressListener | None = None
    ) -> None:
        self._context = context
        self._http = http
        self._asked = asked
        self._listener = listener
        self._folder = Folder(asked.path)
        self._cancellation = Cancellation()
        self._manifest: Manifest | None = None

    def cancel(self) -> None:
        """End it: `run` raises soon, and what is complete stays."""
        self._cancellation.cancel()

    def plan(self) -> PlanSummary:
        """What `run` would do; changes nothing, and needs no lock."""
        begun = self._start()
        damaged = self._damaged(begun)
        work = plan_work(begun, damaged, self._remaining(begun, damaged))
        query = work.manifest.query
        done = [each for each in work.manifest.slices if each.piece not in work.names]
        return PlanSummary.of(work.job, (query.from_date, query.to_date), done, damaged)

    def run(self) -> DirectoryExport:
        """Fetch what is missing.

        Raises:
            DirectoryBusyError: when another process is at it.
            DiskFullError: when there is no room.
            CancelledError: when it was cancelled.
            Whatever a slice raises that could not be fetched; the others are complete, and stay.
        """
        # Before anything is made on the disk, and again when nobody else can change it.
        self._start()
        with self._folder.disk_errors(self._needed), self._folder.locked():
            begun = self._start()
            work, damaged = self._prepare(begun)
            slices = Slices(work.job, self._http, self._cancellation, check="frame", listener=self._listener)
            self._fetch_all(work, slices)
            manifest = self._finish()
            unknown = sorted(
                name for name in self._folder.names() - manifest.names if FileName.parse(name) is not None
            )
        return DirectoryExport(
            path=self._asked.path,
            manifest=manifest,
            fetched=len(work.names),
            found=len(manifest.slices) - len(work.names),
            damaged=damaged,
            unknown=unknown,
            progress=slices.progress,
        )

    def _start(self) -> Start:
        before = None if self._asked.overwrite else self._folder.read()
        return start(self._asked, self._context, before, self._folder.names())

    def _prepare(self, begun: Start) -> tuple[Work, dict[str, str]]:
        """Clear away what is not to stay, and announce what is to come."""
        folder = self._folder
        if not self._asked.overwrite and (before := folder.read()) is not None:
            folder.recover(before)
        damaged = self._damaged(begun)
        drop = {*begun.drop, *damaged}
        if drop:
            # The manifest lets go of them first: a reader never looks for a file that is gone.
            folder.write(begun.manifest.without(drop))
            folder.remove(drop)
        work = plan_work(begun, damaged, folder.names())
        self._commit(work.manifest)
        return work, damaged

    def _damaged(self, begun: Start) -> dict[str, str]:
        return self._folder.damaged(
            begun.manifest.slices, checksums=self._asked.verify, check=self._cancellation.check
        )

    def _remaining(self, begun: Start, damaged: Mapping[str, str]) -> set[str]:
        """The names that `_prepare` would leave."""
        manifest = begun.manifest
        return self._folder.names() - {*begun.drop, *damaged, *manifest.pending, *manifest.obsolete}

    def _fetch_all(self, work: Work, slices: Slices) -> None:
        def fetch(piece: Slice) -> ManifestSlice:
            return self._fetch(piece, work.names[piece], slices)

        download: Download[ManifestSlice] = Download(
            work.job.plan,
            fetch,
            self._discard,
            self._cancellation,
            ordered=False,
        )
        try:
            while (done := download.take()) is not None:
                self._deliver(done)
        finally:
            download.close()

    def _fetch(self, piece: Slice, name: str, slices: Slices) -> ManifestSlice:
        """Receive a slice into the file that is to get its name; called in the threads of the download."""
        part = self._folder.part(name)
        try:
            with part.open("w+b") as file:
                spool, digest = slices.receive(piece, file)
                spool = slices.deduplicated(spool)
                as_it_came = self._keeps(spool)
                if as_it_came:
                    durable(file)
            if not as_it_came:
                digest = self._convert(spool, name)
            return ManifestSlice(
                file=name,
                from_date=piece.from_date,
                to_date=piece.to_date,
                events=spool.events,
                bytes=part.stat().st_size,
                json_bytes=spool.verified.bytes,
                sha256=digest,
                fetched_at=datetime.datetime.now(datetime.UTC).replace(microsecond=0),
                dropped=spool.dropped,
            )
        except BaseException:
            self._folder.remove_parts(name)
            raise

    def _discard(self, done: ManifestSlice) -> None:
        # What cannot be removed now is removed by the next run.
        with contextlib.suppress(OSError):
            self._folder.remove_parts(done.file)

    def _keeps(self, spool: Spool) -> bool:
        """Whether a slice's file is what is wanted, just as it came."""
        verified = spool.verified
        wanted = self._format == "jsonl.gz"
        return verified.is_gzip and wanted and verified.is_closed and spool.as_it_came

    @property
    def _format(self) -> FileFormat:
        assert self._manifest is not None
        return cast(FileFormat, self._manifest.query.format)

    def _convert(self, spool: Spool, name: str) -> str:
        """Put a slice into the form that is wanted; answers the SHA-256 of that."""
        part, converted = self._folder.part(name), self._folder.part(name, CONVERTED)
        with part.open("rb") as source, converted.open("wb") as target:
            COPIES[self._format](evolve(spool, file=source), target)
            durable(target)
        converted.replace(part)
        return digest_of(part)

    def _deliver(self, done: ManifestSlice) -> None:
        """A slice's file gets its name, and then the manifest says so, which is the switch for readers."""
        assert self._manifest is not None
        self._folder.publish(done.file)
        before = self._manifest
        self._commit(before.committed(done))
        self._folder.remove(set(self._manifest.obsolete) - set(before.obsolete))

    def _finish(self) -> Manifest:
        assert self._manifest is not None
        if self._manifest.obsolete:
            self._commit(evolve(self._manifest, obsolete=()))
        return self._manifest

    def _commit(self, manifest: Manifest) -> None:
        self._folder.write(manifest)
        self._manifest = manifest

    def _needed(self) -> int | None:
        return self._manifest.bytes_missing() if self._manifest is not None else None

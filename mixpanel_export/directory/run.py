"""An export to a directory: its slices fetched into files, each listed by the manifest once it is there for good.

Joins `resume` (what is to be done), `folder` (the place), `download` (the threads) and `conversion` (the format). A
slice is written, synced and named by itself, and the manifest is committed after each, so that a run may end at
any instant and the next one goes on.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

import httpx
from attrs import evolve

from mixpanel_export._atomic import digest_of, durable
from mixpanel_export._formats import COLUMNAR, Columns, fingerprint_of
from mixpanel_export.directory.conversion import Conversion, LinesConversion, WrittenFile
from mixpanel_export.directory.filenames import FileName, is_partition, name_of, path_of
from mixpanel_export.directory.local import LocalStorage
from mixpanel_export.directory.manifest import Contents, Manifest, ManifestSlice, Query
from mixpanel_export.directory.object_store import is_url, open_objects
from mixpanel_export.directory.plan import (
    DirectoryPlan,
    DirectoryRequest,
    ResumeState,
    plan_downloads,
    reconcile,
)
from mixpanel_export.directory.remote import RemoteStorage
from mixpanel_export.directory.results import DirectoryExport, PlanSummary
from mixpanel_export.directory.storage import CONVERTED, Storage
from mixpanel_export.download.job import DEFAULT_MEMORY
from mixpanel_export.download.plan import Slice
from mixpanel_export.download.pool import SlicePool
from mixpanel_export.download.progress import ProgressListener
from mixpanel_export.download.session import SliceReceiver
from mixpanel_export.download.spool import Spool
from mixpanel_export.errors import quoting
from mixpanel_export.http.cancellation import Cancellation

if TYPE_CHECKING:
    from mixpanel_export.directory.manifest import Query
    from mixpanel_export.http.context import Context

if TYPE_CHECKING:
    from mixpanel_export.http.context import Context

__all__ = ["DirectoryRun", "conversion_of"]


class DirectoryRun:
    """One run of an export to a directory. `run` once; `cancel` may be called from any thread."""

    def __init__(
        self,
        context: Context,
        http: httpx.Client,
        asked: DirectoryRequest,
        listener: ProgressListener | None = None,
    ) -> None:
        self._context = context
        self._http = http
        self._asked = asked
        self._listener = listener
        self._cancellation = Cancellation()
        # The download ends its own when it is over; there is more to do then.
        self._downloading = Cancellation()
        self._manifest: Manifest | None = None
        self._made: Conversion | None = None
        self._folder = self._folder_at(asked.path)

    def cancel(self) -> None:
        """End it: `run` raises soon, and what is complete stays."""
        self._cancellation.cancel()
        self._downloading.cancel()

    def plan(self) -> PlanSummary:
        """What `run` would do; changes nothing, and needs no lock."""
        begun = self._start()
        damaged = self._damaged(begun)
        work = plan_downloads(begun, damaged, self._remaining(begun, damaged))
        query = work.manifest.query
        done = [each for each in work.manifest.slices if each.piece not in work.names]
        return PlanSummary.of(work.job, (query.from_date, query.to_date), done, damaged)

    def run(self) -> DirectoryExport:
        """Fetch what is missing.

        Raises:
            DirectoryBusyError: when another process is at it.
            DiskFullError: when there is no room.
            CancelledError: when it was cancelled.
            MissingExtraError: when the format needs packages that are not installed.
            Whatever a slice raises that could not be fetched; the others are complete, and stay.
        """
        # Before anything is made there, and again when nobody else can change it.
        self._convert_by(self._start().manifest)
        with self._folder.disk_errors(self._needed), self._folder.locked():
            begun = self._start()
            work, damaged = self._prepare(begun)
            slices = SliceReceiver(work.job, self._http, self._downloading, listener=self._listener)
            with contextlib.closing(slices):
                self._fetch_all(work, slices)
            self._settle()
            manifest = self._finish()
            unknown = sorted(
                path for path in self._folder.paths() - manifest.paths if FileName.parse(name_of(path))
            )
        return DirectoryExport(
            path=self._folder.location,
            manifest=manifest,
            fetched=len(work.names),
            found=len(manifest.slices) - len(work.names),
            damaged=damaged,
            unknown=unknown,
            progress=slices.progress,
        )

    def _folder_at(self, path: str) -> Storage:
        if not is_url(path):
            return LocalStorage(Path(path))
        return RemoteStorage(
            open_objects(
                path,
                retry=self._context.retry,
                check=self._cancellation.check,
                sleep=self._cancellation.sleep,
            )
        )

    def _start(self) -> ResumeState:
        before = None if self._asked.overwrite else self._folder.read()
        return reconcile(self._asked, self._context, before, self._folder.paths())

    def _prepare(self, begun: ResumeState) -> tuple[DirectoryPlan, dict[str, str]]:
        """Clear away what is not to stay, and announce what is to come."""
        folder = self._folder
        avoided: set[str] = set()
        if self._asked.overwrite:
            folder.remove_all_parts()
        elif (before := folder.read()) is not None:
            avoided = folder.recover(before)
        damaged = self._damaged(begun)
        drop = {*begun.drop, *damaged}
        if drop:
            # The manifest lets go of them first: a reader never looks for a file that is gone.
            folder.write(begun.manifest.without(drop))
            folder.remove(drop)
        work = plan_downloads(begun, damaged, self._names() | avoided)
        self._convert_by(work.manifest)
        self._commit(work.manifest)
        return work, damaged

    def _damaged(self, begun: ResumeState) -> dict[str, str]:
        return self._folder.damaged(
            begun.manifest.slices, checksums=self._asked.verify, check=self._cancellation.check
        )

    def _remaining(self, begun: ResumeState, damaged: Mapping[str, str]) -> set[str]:
        """The names that `_prepare` would leave."""
        manifest = begun.manifest
        return self._names() - {*begun.drop, *damaged, *manifest.transient_names}

    def _names(self) -> set[str]:
        """The names that files have there, whatever their partition."""
        return {name_of(path) for path in self._folder.paths()}

    def _convert_by(self, manifest: Manifest) -> None:
        memory = self._asked.options.get("memory", DEFAULT_MEMORY)
        self._made = conversion_of(manifest.query, self._context, manifest.columns, memory)

    @property
    def _query(self) -> Query:
        assert self._manifest is not None
        return self._manifest.query

    @property
    def _conversion(self) -> Conversion:
        assert self._made is not None
        return self._made

    def _fetch_all(self, work: DirectoryPlan, slices: SliceReceiver) -> None:
        def fetch(piece: Slice) -> ManifestSlice:
            return self._fetch(piece, work.names[piece], slices)

        download: SlicePool[ManifestSlice] = SlicePool(
            work.job.plan,
            fetch,
            self._discard,
            self._downloading,
            ordered=False,
        )
        try:
            while (done := download.take()) is not None:
                self._deliver(done)
        finally:
            download.close()

    def _fetch(self, piece: Slice, name: str, slices: SliceReceiver) -> ManifestSlice:
        """Receive a slice into the file that is to get its name; called in the threads of the download."""
        part = self._folder.part(name)
        contents: Mapping[str | None, Contents]
        try:
            with part.open("w+b") as file:
                done, made, digest = self._receive(piece, file, name, slices)
            if made is None:
                contents = {None: Contents(done.events, part.stat().st_size, digest)}
            else:
                contents = self._converted(name, made)
            schema = self._schema_of([self._folder.part(path_of(name, each)) for each in contents])
            return evolve(done, schema=schema).holding(name, contents)
        except BaseException:
            self._folder.remove_parts(name)
            raise

    def _receive(
        self, piece: Slice, file: IO[bytes], name: str, slices: SliceReceiver
    ) -> tuple[ManifestSlice, Sequence[WrittenFile] | None, str]:
        """Have a slice in a file, or in those that it was converted to; their contents are not yet looked at.

        What is parsed to be converted is proved then, too. All else is proved while it comes.
        """
        if self._query.format in COLUMNAR:
            received = slices.receive(piece, file)
            done, made = slices.finish(
                received, lambda spool: (_entry(spool, name), self._convert(spool, name))
            )
            return done, made, ""
        spool, digest = slices.fetch(piece, file)
        spool = slices.deduplicated(spool)
        if self._keeps(spool):
            durable(file)
            return _entry(spool, name), None, digest
        return _entry(spool, name), self._convert(spool, name), ""

    def _discard(self, done: ManifestSlice) -> None:
        # What cannot be removed now is removed by the next run.
        with contextlib.suppress(OSError):
            self._folder.remove_parts(done.file)

    def _keeps(self, spool: Spool) -> bool:
        """Whether a slice's file is what is wanted, just as it came."""
        verified = spool.verified
        wanted = self._query.format == "jsonl.gz"
        return verified.is_gzip and wanted and verified.is_closed and spool.is_unchanged

    def _convert(self, spool: Spool, name: str) -> Sequence[WrittenFile]:
        """Write a slice in the form that is wanted, beside the file that it was received into."""

        def part(partition: str | None) -> Path:
            if partition is None:
                return self._folder.part(name, CONVERTED)
            return self._folder.part(path_of(name, partition))

        with quoting(self._context.auth.redact):
            return self._conversion.convert(spool, part)

    def _converted(self, name: str, made: Sequence[WrittenFile]) -> Mapping[str | None, Contents]:
        """Have what was written take the place of what was received; answers what it is."""
        received, converted = self._folder.part(name), self._folder.part(name, CONVERTED)
        if [each.partition for each in made] == [None]:
            converted.replace(received)
        else:
            received.unlink()
        return self._contents(name, made)

    def _contents(self, name: str, made: Sequence[WrittenFile]) -> Mapping[str | None, Contents]:
        """What was written for a slice, on the disk for good."""
        contents: dict[str | None, Contents] = {}
        for each in made:
            assert each.partition not in contents
            assert each.partition is None or is_partition(each.partition)
            part = self._folder.part(path_of(name, each.partition))
            with part.open("r+b") as file:
                durable(file)
            contents[each.partition] = Contents(each.events, part.stat().st_size, digest_of(part))
        assert contents
        assert None not in contents or len(contents) == 1
        return contents

    def _schema_of(self, files: Sequence[Path]) -> str | None:
        """The state of the columns that files are written for; None when they are not, or it is just changing."""
        if self._query.format not in COLUMNAR:
            return None
        before = fingerprint_of(self._conversion.columns)
        current = all(map(self._conversion.is_current, files))
        return before if current and fingerprint_of(self._conversion.columns) == before else None

    def _deliver(self, done: ManifestSlice) -> None:
        """A slice's file gets its name, and then the manifest says so, which is the switch for readers."""
        assert self._manifest is not None
        self._folder.publish(done.paths)
        before = self._manifest
        self._commit(evolve(before.committed(done), columns=self._conversion.columns))
        self._folder.remove(set(self._manifest.obsolete) - set(before.obsolete))

    def _settle(self) -> None:
        """Have every file written for all columns that were found in the end.

        A file that is not gets a successor with another name, which the manifest takes up as it does a slice that
        was fetched again.
        """
        assert self._manifest is not None
        manifest, names = evolve(self._manifest, columns=self._conversion.columns), self._names()
        final = fingerprint_of(manifest.columns)
        rewritten: dict[str, ManifestSlice] = {}
        for each in manifest.stale():
            self._cancellation.check()
            # One that is known to be written for other columns need not be looked at.
            if each.schema is None and self._is_current(each):
                manifest = manifest.committed(evolve(each, schema=final))
            else:
                name = FileName.parse(each.file)
                assert name is not None
                rewritten[str(evolve(name, revision=name.revision + 1).free(names))] = each
        manifest = evolve(manifest, rewriting=tuple(rewritten))
        if manifest == self._manifest:
            return
        self._commit(manifest)
        for new, each in rewritten.items():
            self._cancellation.check()
            self._deliver(self._rewritten(each, new, final))

    def _is_current(self, each: ManifestSlice) -> bool:
        for path in each.paths:
            with self._folder.local(path) as file:
                if not self._conversion.is_current(file):
                    return False
        return True

    def _rewritten(self, each: ManifestSlice, name: str, schema: str) -> ManifestSlice:
        """A slice with the same events in files of another name, not yet published."""
        try:
            for partition in each.files:
                with self._folder.local(path_of(each.file, partition)) as file:
                    target = self._folder.part(path_of(name, partition))
                    self._conversion.rewrite(file, target, self._cancellation.check)
            made = [WrittenFile(partition, contents.events) for partition, contents in each.files.items()]
            return evolve(each, schema=schema).holding(name, self._contents(name, made))
        except BaseException:
            self._folder.remove_parts(name)
            raise

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


def _entry(spool: Spool, name: str) -> ManifestSlice:
    """What the manifest is to say of a slice, but for its files."""
    return ManifestSlice(
        file=name,
        from_date=spool.slice_.from_date,
        to_date=spool.slice_.to_date,
        events=spool.events,
        bytes=0,
        json_bytes=spool.verified.bytes,
        sha256="",
        fetched_at=datetime.datetime.now(datetime.UTC).replace(microsecond=0),
        dropped=spool.dropped,
    )


def conversion_of(query: Query, context: Context, columns: Columns, memory: int) -> Conversion:
    """The conversion for a directory.

    Args:
        columns: what its manifest has recorded of them.
        memory: about how many bytes it may take.

    Raises:
        MissingExtraError: when its format needs packages that are not installed.
    """
    if query.format not in COLUMNAR:
        return LinesConversion(query.format)
    from mixpanel_export.directory.columnar import conversion_for

    return conversion_for(query, context, columns, memory)

"""Rewrite files whose schema is stale: those written before all columns were known.

A stale file gets a successor with another name, which replaces it in the manifest as a slice fetched again does.
"""

from __future__ import annotations

import shutil

from attrs import evolve, frozen

from mixpanel_export._formats import fingerprint_of
from mixpanel_export._mounts import durable
from mixpanel_export.directory.conversion import Conversion, WrittenFile
from mixpanel_export.directory.filenames import FileName, malformed_name, path_of
from mixpanel_export.directory.manifest import Malformed, ManifestSlice
from mixpanel_export.directory.publish import Publisher
from mixpanel_export.directory.slice_files import sealed_contents
from mixpanel_export.http.cancellation import Cancellation

__all__ = ["StaleFiles"]


@frozen
class StaleFiles:
    """The files of a directory that lack columns, or have them in a narrower kind."""

    publisher: Publisher
    conversion: Conversion
    cancellation: Cancellation

    def rewrite(self) -> None:
        """Rewrite every stale file with all columns found by the end of the run."""
        manifest = evolve(self.publisher.manifest, columns=self.conversion.columns)
        taken = self.publisher.storage.names()
        schema = fingerprint_of(manifest.columns)
        successors: dict[str, ManifestSlice] = {}
        for entry in manifest.stale():
            self.cancellation.check()
            # A recorded fingerprint is known to be another; without one, look into the files.
            if entry.schema is None and self._is_current(entry):
                manifest = manifest.committed(evolve(entry, schema=schema))
            else:
                successors[str(FileName.of(entry.file).next().free(taken))] = entry
        manifest = evolve(manifest, rewriting=tuple(successors))
        if manifest == self.publisher.manifest:
            return
        self.publisher.commit(manifest)
        for name, entry in successors.items():
            self.cancellation.check()
            self.publisher.publish(self._rewritten(entry, name, schema), self.conversion.columns)

    def _is_current(self, entry: ManifestSlice) -> bool:
        for path in entry.paths:
            with self.publisher.storage.local_file(path, self.publisher.staging) as file:
                if not self.conversion.is_current(file):
                    return False
        return True

    def _rewritten(self, entry: ManifestSlice, name: str, schema: str) -> ManifestSlice:
        """Write the events of a slice to staged files of another name."""
        storage, staging = self.publisher.storage, self.publisher.staging
        try:
            for partition in entry.files:
                with storage.local_file(path_of(entry.file, partition), staging) as file:
                    self.conversion.rewrite(file, staging.part(path_of(name, partition)), self.cancellation)
            written = [WrittenFile(partition, contents.events) for partition, contents in entry.files.items()]
            contents = sealed_contents(staging, name, written)
            malformed = self._copied(entry.malformed, malformed_name(name))
            return evolve(entry, schema=schema, malformed=malformed).with_files(name, contents)
        except BaseException:
            staging.remove_parts(name)
            raise

    def _copied(self, malformed: Malformed | None, name: str) -> Malformed | None:
        """Copy the file of a slice's malformed lines, so that it stays beside the slice's own."""
        if malformed is None:
            return None
        storage, staging = self.publisher.storage, self.publisher.staging
        with (
            storage.local_file(malformed.file, staging) as path,
            path.open("rb") as file,
            staging.part(name).open("wb") as copy,
        ):
            shutil.copyfileobj(file, copy)
            durable(copy, staging.folder)
        return evolve(malformed, file=name)

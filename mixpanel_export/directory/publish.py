"""Publish finished slices: first their files, then the manifest that makes them visible to readers."""

from __future__ import annotations

from attrs import define, evolve

from mixpanel_export._formats import Columns
from mixpanel_export.directory.manifest import Manifest, ManifestSlice
from mixpanel_export.directory.plan import SliceNames
from mixpanel_export.directory.staging import Staging
from mixpanel_export.directory.storage import Storage

__all__ = ["Publisher"]


@define
class Publisher:
    """The one writer of a locked directory's manifest.

    Attributes:
        manifest: the manifest, as last written; when this is made, the one about to be written.
        names: the names of the files that are being made.
    """

    storage: Storage
    staging: Staging
    manifest: Manifest
    names: SliceNames

    def commit(self, manifest: Manifest) -> None:
        """Write a manifest."""
        self.storage.write_manifest(manifest)
        self.manifest = manifest

    def publish(self, entry: ManifestSlice, columns: Columns) -> None:
        """Give a slice's staged files their paths, list them, and remove the files that they replace."""
        self._announce(entry.file)
        self.storage.publish(entry.all_paths, self.staging)
        before = self.manifest
        self.commit(evolve(before.committed(entry), columns=columns))
        self.storage.remove(set(self.manifest.obsolete) - set(before.obsolete))

    def _announce(self, name: str) -> None:
        """List a file, and all others that are being made, before the first of them gets its path.

        A run that is killed in between leaves no file that the manifest does not know.
        """
        if name not in (*self.manifest.pending, *self.manifest.rewriting):
            listed = {entry.file for entry in self.manifest.slices}
            coming = [chosen for chosen in self.names.chosen() if chosen not in listed]
            self.commit(evolve(self.manifest, pending=tuple(sorted({*self.manifest.pending, *coming}))))

    def bytes_missing(self) -> int | None:
        """Estimate the bytes still to be written; None while no slice is complete."""
        return self.manifest.bytes_missing()

    def finish(self) -> Manifest:
        """Write the final manifest, without files that are gone by now or were never finished."""
        if self.manifest.obsolete or self.manifest.pending:
            self.commit(evolve(self.manifest, obsolete=(), pending=()))
        return self.manifest

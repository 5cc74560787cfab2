"""Publish finished slices: first their files, then the manifest that makes them visible to readers."""

from __future__ import annotations

from attrs import define, evolve

from mixpanel_export._formats import Columns
from mixpanel_export.directory.manifest import Manifest, ManifestSlice
from mixpanel_export.directory.staging import Staging
from mixpanel_export.directory.storage import Storage

__all__ = ["Publisher"]


@define
class Publisher:
    """The one writer of a locked directory's manifest.

    Attributes:
        manifest: the manifest, as last written; when this is made, the one about to be written.
    """

    storage: Storage
    staging: Staging
    manifest: Manifest

    def commit(self, manifest: Manifest) -> None:
        """Write a manifest."""
        self.storage.write_manifest(manifest)
        self.manifest = manifest

    def publish(self, entry: ManifestSlice, columns: Columns) -> None:
        """Give a slice's staged files their paths, list them, and remove the files that they replace."""
        self.storage.publish(entry.paths, self.staging)
        before = self.manifest
        self.commit(evolve(before.committed(entry), columns=columns))
        self.storage.remove(set(self.manifest.obsolete) - set(before.obsolete))

    def bytes_missing(self) -> int | None:
        """Estimate the bytes still to be written; None while no slice is complete."""
        return self.manifest.bytes_missing()

    def finish(self) -> Manifest:
        """Write the final manifest, without the files that are gone by now."""
        if self.manifest.obsolete:
            self.commit(evolve(self.manifest, obsolete=()))
        return self.manifest

"""A directory export under a URL. See `object_store` for its objects, and `lock` for its lease.

Files are made on this machine, in a scratch directory that is removed at the end, and uploaded once they are
complete. An object appears whole or not at all. The manifest is written last, on the condition that it is still the
version that was read.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping
from pathlib import Path

from mixpanel_export._temporary import Scratch, temporary_folder
from mixpanel_export._worker import Workers
from mixpanel_export.directory.filenames import MANIFEST, is_folder, name_of, with_malformed
from mixpanel_export.directory.lock import DEFAULT_TIMING, Lease, LeaseTiming
from mixpanel_export.directory.manifest import Manifest
from mixpanel_export.directory.object_store import ChangedError, Objects, Version
from mixpanel_export.directory.staging import Staging
from mixpanel_export.directory.storage import Storage
from mixpanel_export.errors import DirectoryBusyError

__all__ = ["RemoteStorage"]

_SCRATCH = "mixpanel-export-scratch-"
_UPLOADS_AT_ONCE = 4


class RemoteStorage(Storage):
    """A directory under a URL. Files are staged in a scratch directory, and uploading publishes them."""

    def __init__(self, objects: Objects, timing: LeaseTiming = DEFAULT_TIMING) -> None:
        super().__init__(objects.url)
        self._objects = objects
        self._lease = Lease(objects, timing)
        self._version: Version | None = None

    @property
    def disk(self) -> Path:
        """The system's temporary directory."""
        return temporary_folder()

    @contextlib.contextmanager
    def locked(self) -> Generator[Staging]:
        """Take the lease, and make a scratch directory."""
        with self._lease.held(), Scratch(_SCRATCH) as scratch:
            # Record the version that may be replaced, even if it cannot be parsed.
            self._manifest_text()
            yield Staging(scratch)

    def paths(self) -> set[str]:
        """List the objects, except those in other folders."""
        return {path for path in self._objects.sizes() if _is_inside(path)}

    def sizes(self, paths: Iterable[str]) -> Mapping[str, int]:
        """List the objects and their sizes."""
        return self._objects.sizes() if any(True for _ in paths) else {}

    def chunks(self, path: str) -> Iterator[bytes]:
        """Read an object."""
        yield from map(bytes, self._objects.chunks(path))

    @contextlib.contextmanager
    def local_file(self, path: str, staging: Staging) -> Generator[Path]:
        """Download the object; the copy is removed afterwards."""
        copy = staging.copy(path)
        try:
            with copy.open("wb") as file:
                for chunk in self._objects.chunks(path):
                    file.write(chunk)
            yield copy
        finally:
            copy.unlink(missing_ok=True)

    def write_manifest(self, manifest: Manifest) -> None:
        """Replace the manifest, unless another process has changed it."""
        self._lease.check()
        try:
            self._version = self._objects.write(MANIFEST, manifest.to_json(), self._version)
        except ChangedError:
            raise DirectoryBusyError(
                f"{self.location}/{MANIFEST} was changed by another process; complete slices there stay. Let only "
                "one process at a time export to it"
            ) from None

    def publish(self, paths: Collection[str], staging: Staging) -> None:
        """Upload the staged files."""
        self._lease.check()

        def upload(path: str) -> None:
            part = staging.part(path)
            self._objects.upload(path, part)
            part.unlink()

        with Workers(_UPLOADS_AT_ONCE, "send") as uploads:
            for _ in uploads.map(upload, paths):
                pass

    def remove(self, names: Collection[str]) -> None:
        """Delete the objects of these names; unfinished files are only in the scratch directory of their run."""
        if not names:
            return
        self._lease.check()
        names = with_malformed(names)
        self._objects.delete(sorted(path for path in self.paths() if name_of(path) in names))

    def recover(self, manifest: Manifest) -> set[str]:
        """Remove what an interrupted run left behind, and avoid its names: it may still be alive and use them."""
        super().recover(manifest)
        return manifest.transient_names

    def _manifest_text(self) -> bytes | None:
        found = self._objects.read(MANIFEST)
        self._version = found[1] if found is not None else None
        return found[0] if found is not None else None


def _is_inside(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return bool(name) and (not folder or is_folder(folder))

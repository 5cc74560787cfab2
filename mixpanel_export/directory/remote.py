"""A directory of slices under a URL: `store` has the objects, `lease` the lock; here an export is made of them.

Files are made on this machine, in a scratch directory that is removed in the end, and sent when they are complete.
An object appears whole or not at all; the manifest is written last, on the condition that it is still the one
that was read, and is what readers go by.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
import time
from collections.abc import Collection, Generator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from filelock import FileLock, Timeout

from mixpanel_export._locks import LOCK
from mixpanel_export.directory.filenames import is_folder, name_of
from mixpanel_export.directory.lock import DEFAULT_TIMING, Lease, LeaseTiming
from mixpanel_export.directory.manifest import Manifest
from mixpanel_export.directory.object_store import ChangedError, Objects, Version
from mixpanel_export.directory.storage import MANIFEST, Storage
from mixpanel_export.errors import DirectoryBusyError

__all__ = ["RemoteStorage"]

_SCRATCH = "mixpanel-export-scratch-"
# A scratch directory that nobody has locked is left over, once it is older than it takes to lock it.
_LEFT_OVER_SECONDS = 600
_SENDERS = 4


class RemoteStorage(Storage):
    """One under a URL."""

    def __init__(self, objects: Objects, times: LeaseTiming = DEFAULT_TIMING) -> None:
        super().__init__(objects.url)
        self._objects = objects
        self._lease = Lease(objects, times)
        self._scratch: Path | None = None
        self._version: Version | None = None

    @property
    def staging_dir(self) -> Path:
        """The scratch directory."""
        assert self._scratch is not None
        return self._scratch

    @property
    def disk(self) -> Path:
        """Where scratch directories are."""
        return Path(tempfile.gettempdir())

    @contextlib.contextmanager
    def locked(self) -> Generator[None]:
        """Have it, and a scratch directory."""
        with self._lease.held(), _scratch() as scratch:
            self._scratch = scratch
            # What is there now is what may be replaced, though it need not be a manifest.
            self._manifest()
            yield

    def paths(self) -> set[str]:
        """The paths of what is in it, and in the folders of its partitions."""
        return {path for path in self._objects.sizes() if _is_inside(path)}

    def write(self, manifest: Manifest) -> None:
        """Replace the manifest, unless another process has done so."""
        self._lease.check()
        try:
            self._version = self._objects.write(MANIFEST, manifest.to_json(), self._version)
        except ChangedError:
            raise DirectoryBusyError(
                f"{self.location}/{MANIFEST} was changed by another process; what is complete there stays. Let one "
                "process at a time export to it"
            ) from None

    def publish(self, paths: Iterable[str]) -> None:
        """Send them."""
        self._lease.check()

        def send(path: str) -> None:
            part = self.part(path)
            self._objects.upload(path, part)
            part.unlink()

        with ThreadPoolExecutor(_SENDERS, "mixpanel-export-send") as senders:
            for _ in senders.map(send, paths):
                pass

    @contextlib.contextmanager
    def local(self, path: str) -> Generator[Path]:
        """A copy of it, for as long as it is needed."""
        copy = self.part(path, ".copy")
        try:
            with copy.open("wb") as file:
                for chunk in self._objects.chunks(path):
                    file.write(chunk)
            yield copy
        finally:
            copy.unlink(missing_ok=True)

    def remove(self, names: Collection[str]) -> None:
        """Remove objects of these names."""
        if not names:
            return
        self._lease.check()
        for name in names:
            self.remove_parts(name)
        self._objects.delete(sorted(path for path in self.paths() if name_of(path) in names))

    def recover(self, manifest: Manifest) -> set[str]:
        """Remove what an interrupted run has left; should it still live, its names stay its own."""
        super().recover(manifest)
        return manifest.transient_names

    def _manifest(self) -> bytes | None:
        found = self._objects.read(MANIFEST)
        self._version = found[1] if found is not None else None
        return found[0] if found is not None else None

    def _sizes(self, paths: Iterable[str]) -> Mapping[str, int]:
        return self._objects.sizes() if any(True for _ in paths) else {}

    def _digest(self, path: str) -> str:
        digest = hashlib.sha256()
        for chunk in self._objects.chunks(path):
            digest.update(chunk)
        return digest.hexdigest()


def _is_inside(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return bool(name) and (not folder or is_folder(folder))


@contextlib.contextmanager
def _scratch() -> Generator[Path]:
    """A directory for files in the making; those that killed processes have left are removed."""
    place = Path(tempfile.gettempdir())
    for each in place.glob(f"{_SCRATCH}*"):
        with contextlib.suppress(OSError, Timeout):
            if time.time() - each.stat().st_mtime > _LEFT_OVER_SECONDS:
                with FileLock(each / LOCK).acquire(timeout=0):
                    shutil.rmtree(each, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_SCRATCH) as name, FileLock(Path(name) / LOCK):
        yield Path(name)

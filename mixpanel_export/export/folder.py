"""A directory of slices on disk: its lock, its manifest, and files that appear in it whole or not at all.

Every change survives a power cut: contents are synced before a file gets its name, and the name before the
manifest speaks of it. What files there are to be is for `resume` to say, and what goes into them for `directory`.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import socket
from collections.abc import Callable, Collection, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

from filelock import FileLock, Timeout

from mixpanel_export.errors import ExportError, InvalidArgumentError
from mixpanel_export.export.files import sync_folder
from mixpanel_export.export.manifest import Manifest, ManifestError, ManifestSlice

__all__ = ["MANIFEST", "DirectoryBusyError", "DiskFullError", "Folder"]

MANIFEST = "manifest.json"
_LOCK = ".lock"
# Another process may be between the end of its work and the removal of its lock.
_LOCK_SECONDS = 0.3
_READERS = 4
_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


class DirectoryBusyError(ExportError):
    """Another process is exporting to the same directory; nothing was changed."""


class DiskFullError(ExportError):
    """There was no room for a file. What stands under a final name is whole; the same export continues there.

    Attributes:
        path: the directory.
        needed: about how many bytes the missing days take; None when no slice is complete yet.
    """

    def __init__(self, path: str, why: str, needed: int | None) -> None:
        self.path = path
        self.needed = needed
        about = f" about {needed / 1e6:,.1f} MB of" if needed else ""
        super().__init__(
            f"{path} has no room left ({why}); nothing half-written stands under a final name. Free{about} space "
            "there and run the same export again: it continues where this one stopped"
        )


class Folder:
    """One directory of an export."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextlib.contextmanager
    def locked(self) -> Generator[None]:
        """Have the directory, made if need be, for oneself.

        Raises:
            DirectoryBusyError: when another process has it.
        """
        try:
            if not self.path.is_dir():
                self.path.mkdir(parents=True)
                sync_folder(self.path.parent)
        except FileExistsError:
            raise InvalidArgumentError(
                "path", str(self.path), "it is a file; allowed is a directory"
            ) from None
        place = self.path / _LOCK
        owner = _owner(place)
        lock = FileLock(place, thread_local=False)
        try:
            lock.acquire(timeout=_LOCK_SECONDS)
        except Timeout:
            raise DirectoryBusyError(
                f"{self.path} is being exported to by {owner or 'another process'}; wait until that has ended, or "
                "choose another directory"
            ) from None
        try:
            # For people; Windows lets nobody write to a file that is locked.
            with contextlib.suppress(OSError):
                place.write_text(f"process {os.getpid()} on {socket.gethostname()}\n", encoding="utf-8")
            yield
        finally:
            # Before it is released: whoever was waiting for this file sees that it is gone, and makes another.
            # Windows keeps an open file; there, it stays.
            try:
                with contextlib.suppress(OSError):
                    place.unlink()
            finally:
                lock.release()

    def names(self) -> set[str]:
        """The names of what is in it."""
        try:
            return {each.name for each in self.path.iterdir()}
        except (FileNotFoundError, NotADirectoryError):
            return set()

    def read(self) -> Manifest | None:
        """Its manifest, if it has one; raises ManifestError when that cannot be read."""
        place = self.path / MANIFEST
        try:
            return Manifest.from_json(place.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return None
        except ManifestError as error:
            raise ManifestError(
                f"{place}: {error}. Restore it, export to another directory, or start this one anew with overwrite"
            ) from error

    def write(self, manifest: Manifest) -> None:
        """Replace the manifest: readers see the one before or this one."""
        part = self.path / f".{MANIFEST}.part"
        try:
            with part.open("wb") as file:
                file.write(manifest.to_json())
                durable(file)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        part.replace(self.path / MANIFEST)
        sync_folder(self.path)

    def part(self, name: str, stage: str = "") -> Path:
        """Where a file is written before it gets its name."""
        return self.path / f".{name}{stage}.part"

    def publish(self, name: str) -> None:
        """Give a file that was written and synced its name."""
        self.part(name).replace(self.path / name)
        sync_folder(self.path)

    def remove(self, names: Iterable[str]) -> None:
        """Remove files, and what was being written of them."""
        for name in names:
            (self.path / name).unlink(missing_ok=True)
            self.remove_parts(name)

    def remove_parts(self, name: str) -> None:
        """Remove what was being written of a file."""
        for stage in ("", CONVERTED):
            self.part(name, stage).unlink(missing_ok=True)

    def recover(self, manifest: Manifest) -> None:
        """Remove what an interrupted run has left: exactly what its manifest announces, nothing else."""
        (self.path / f".{MANIFEST}.part").unlink(missing_ok=True)
        self.remove([*manifest.pending, *manifest.obsolete])

    def damaged(
        self, slices: Collection[ManifestSlice], *, checksums: bool, check: Callable[[], object]
    ) -> dict[str, str]:
        """Which files are not as the manifest says, and why.

        Args:
            checksums: read them all, instead of their sizes alone.
            check: called before each file; may raise to end it.
        """

        def look(each: ManifestSlice) -> str | None:
            check()
            return self._why_damaged(each, checksums)

        with ThreadPoolExecutor(_READERS, "mixpanel-export-verify") as readers:
            found = zip(slices, readers.map(look, slices), strict=True)
            return {each.file: why for each, why in found if why is not None}

    def _why_damaged(self, each: ManifestSlice, checksums: bool) -> str | None:
        place = self.path / each.file
        try:
            size = place.stat().st_size
            if size != each.bytes:
                return f"has {size:,} bytes instead of {each.bytes:,}"
            if checksums and digest_of(place) != each.sha256:
                return "has another checksum"
        except FileNotFoundError:
            return "is missing"
        return None

    @contextlib.contextmanager
    def disk_errors(self, needed: Callable[[], int | None]) -> Generator[None]:
        """Say clearly that the disk is full."""
        try:
            yield
        except OSError as error:
            if error.errno not in _FULL:
                raise
            raise DiskFullError(str(self.path), error.strerror or str(error), needed()) from error


CONVERTED = ".converted"


def durable(file: IO[bytes]) -> None:
    """Have what was written on the disk, not only with the system."""
    file.flush()
    os.fsync(file.fileno())


def digest_of(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _owner(lock: Path) -> str:
    """Who wrote the lock file."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return lock.read_text(encoding="utf-8").strip()
    return ""

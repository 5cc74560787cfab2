"""A directory of slices: its lock, its manifest, and files that appear in it whole or not at all.

What every directory does, and the local one; there, each change survives a power cut: contents are synced before a
file gets its name, and the name before the manifest speaks of it. What files there are to be is for `resume` to
say, and what goes into them for `directory`.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import socket
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Generator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

from filelock import FileLock, Timeout

from mixpanel_export.errors import ExportError, InvalidArgumentError
from mixpanel_export.export.files import sync_folder
from mixpanel_export.export.manifest import Manifest, ManifestError, ManifestSlice
from mixpanel_export.export.naming import FileName, is_folder, path_of

__all__ = ["LOCK", "MANIFEST", "DirectoryBusyError", "DiskFullError", "Folder", "LocalFolder"]

MANIFEST = "manifest.json"
LOCK = ".lock"
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


class Folder(ABC):
    """One directory of an export.

    A file's path is relative to it: its name, or `date=2024-01-01/` and the name. Files are made in `workshop`, a
    local place, and get their paths by `publish`.

    Attributes:
        location: its path, or its URL.
    """

    def __init__(self, location: Path | str) -> None:
        self.location = location

    @property
    @abstractmethod
    def workshop(self) -> Path:
        """Where files are made."""

    @property
    @abstractmethod
    def disk(self) -> Path:
        """Whose room that takes."""

    @abstractmethod
    def locked(self) -> AbstractContextManager[None]:
        """Have the directory, made if need be, for oneself.

        Raises:
            DirectoryBusyError: when another process has it.
        """

    @abstractmethod
    def paths(self) -> set[str]:
        """The paths of what is in it, and in the folders of its partitions."""

    @abstractmethod
    def write(self, manifest: Manifest) -> None:
        """Replace the manifest: readers see the one before or this one."""

    @abstractmethod
    def publish(self, paths: Iterable[str]) -> None:
        """Give files that were made and synced their paths, all that a slice has."""

    @abstractmethod
    def local(self, path: str) -> AbstractContextManager[Path]:
        """A file of it, to be read here."""

    @abstractmethod
    def remove(self, names: Collection[str]) -> None:
        """Remove the files of these names, whatever their partition, and what was being made of them."""

    @abstractmethod
    def _manifest(self) -> bytes | None:
        """The manifest's text."""

    @abstractmethod
    def _sizes(self, paths: Iterable[str]) -> Mapping[str, int]:
        """The sizes of these files, those that are there."""

    @abstractmethod
    def _digest(self, path: str) -> str:
        """The SHA-256 of a file; raises FileNotFoundError."""

    def read(self) -> Manifest | None:
        """Its manifest, if it has one; raises ManifestError when that cannot be read."""
        text = self._manifest()
        try:
            return Manifest.from_json(text) if text is not None else None
        except ManifestError as error:
            place = str(self.location).rstrip("/")
            raise ManifestError(
                f"{place}/{MANIFEST}: {error}. Restore it, export to another directory, or start this one anew "
                "with overwrite"
            ) from error

    def part(self, path: str, stage: str = "") -> Path:
        """Where a file is made before it gets its path."""
        return self.workshop / f".{path.replace('/', '.')}{stage}.part"

    def remove_parts(self, name: str) -> None:
        """Remove what was being made of a file."""
        for stage in ("", CONVERTED):
            self.part(name, stage).unlink(missing_ok=True)
        for each in self.workshop.glob(f".date=*.{name}.part"):
            each.unlink(missing_ok=True)

    def remove_all_parts(self) -> None:
        """Remove whatever was being made of files with names of ours, of which no manifest need know."""
        for each in self.workshop.glob(".*.part"):
            made_of = each.name[1:].removesuffix(".part").removesuffix(CONVERTED)
            folder, _, name = made_of.partition(".") if made_of.startswith("date=") else ("", "", made_of)
            if FileName.parse(name) is not None and (not folder or is_folder(folder)):
                each.unlink(missing_ok=True)

    def recover(self, manifest: Manifest) -> set[str]:
        """Remove what an interrupted run has left: exactly what its manifest announces, nothing else.

        Returns:
            The names that are not to be used again, although they are free.
        """
        self.remove(manifest.passing)
        return set()

    def damaged(
        self, slices: Collection[ManifestSlice], *, checksums: bool, check: Callable[[], object]
    ) -> dict[str, str]:
        """Which slices' files are not as the manifest says, by name, and why.

        Args:
            checksums: read them all, instead of their sizes alone.
            check: called before each slice; may raise to end it.
        """
        sizes = self._sizes(path for each in slices for path in each.paths)

        def look(each: ManifestSlice) -> str | None:
            check()
            return self._why_damaged(each, sizes, checksums)

        with ThreadPoolExecutor(_READERS, "mixpanel-export-verify") as readers:
            found = zip(slices, readers.map(look, slices), strict=True)
            return {each.file: why for each, why in found if why is not None}

    def _why_damaged(self, each: ManifestSlice, sizes: Mapping[str, int], checksums: bool) -> str | None:
        for partition, contents in each.files.items():
            path = path_of(each.file, partition)
            where = f"(of {partition}) " if partition is not None else ""
            size = sizes.get(path)
            if size is None:
                return f"{where}is missing"
            if size != contents.bytes:
                return f"{where}has {size:,} bytes instead of {contents.bytes:,}"
            try:
                if checksums and self._digest(path) != contents.sha256:
                    return f"{where}has another checksum"
            except FileNotFoundError:
                return f"{where}is missing"
        return None

    @contextlib.contextmanager
    def disk_errors(self, needed: Callable[[], int | None]) -> Generator[None]:
        """Say clearly that the disk is full."""
        try:
            yield
        except OSError as error:
            if error.errno not in _FULL:
                raise
            raise DiskFullError(str(self.disk), error.strerror or str(error), needed()) from error


class LocalFolder(Folder):
    """One on the disk. Files are made in it, hidden, so that a rename publishes them."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path

    @property
    def workshop(self) -> Path:
        """The directory itself."""
        return self.path

    @property
    def disk(self) -> Path:
        """The directory itself."""
        return self.path

    @contextlib.contextmanager
    def locked(self) -> Generator[None]:
        """Have it, made if need be, for oneself."""
        try:
            if not self.path.is_dir():
                self.path.mkdir(parents=True)
                sync_folder(self.path.parent)
        except FileExistsError:
            raise InvalidArgumentError(
                "path", str(self.path), "it is a file; allowed is a directory"
            ) from None
        place = self.path / LOCK
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

    def paths(self) -> set[str]:
        """The paths of what is in it, and in the folders of its partitions."""
        paths = set(self._names_in(self.path))
        inside = {
            f"{folder}/{name}" for folder in self._folders() for name in self._names_in(self.path / folder)
        }
        return paths | inside

    def write(self, manifest: Manifest) -> None:
        """Replace the manifest by a rename."""
        part = self._manifest_part
        try:
            with part.open("wb") as file:
                file.write(manifest.to_json())
                durable(file)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        part.replace(self.path / MANIFEST)
        sync_folder(self.path)

    def publish(self, paths: Iterable[str]) -> None:
        """Rename them."""
        for path in paths:
            target = self.path / path
            folder = target.parent
            if not folder.is_dir():
                folder.mkdir()
                sync_folder(self.path)
            self.part(path).replace(target)
            sync_folder(folder)

    @contextlib.contextmanager
    def local(self, path: str) -> Generator[Path]:
        """The file itself."""
        yield self.path / path

    def remove(self, names: Collection[str]) -> None:
        """Remove files of these names, and folders of partitions that are then empty."""
        if not names:
            return
        for name in names:
            (self.path / name).unlink(missing_ok=True)
            self.remove_parts(name)
        for folder in map(self.path.joinpath, self._folders()):
            for name in names:
                (folder / name).unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                folder.rmdir()

    def recover(self, manifest: Manifest) -> set[str]:
        """Remove what an interrupted run has left, half a manifest too."""
        self._manifest_part.unlink(missing_ok=True)
        return super().recover(manifest)

    @property
    def _manifest_part(self) -> Path:
        return self.path / f".{MANIFEST}.part"

    def _manifest(self) -> bytes | None:
        try:
            return (self.path / MANIFEST).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _sizes(self, paths: Iterable[str]) -> Mapping[str, int]:
        sizes: dict[str, int] = {}
        for path in paths:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                sizes[path] = (self.path / path).stat().st_size
        return sizes

    def _digest(self, path: str) -> str:
        return digest_of(self.path / path)

    def _folders(self) -> list[str]:
        return sorted(filter(is_folder, self._names_in(self.path)))

    def _names_in(self, folder: Path) -> list[str]:
        try:
            return [each.name for each in folder.iterdir()]
        except (FileNotFoundError, NotADirectoryError):
            return []


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

"""A directory of slices: its lock, its manifest, and files that appear in it whole or not at all.

What every directory does, and the local one; there, each change survives a power cut: contents are synced before a
file gets its name, and the name before the manifest speaks of it. What files there are to be is for `resume` to
say, and what goes into them for `directory`.
"""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Generator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

from mixpanel_export._atomic import disk_errors
from mixpanel_export.directory.filenames import FileName, is_folder, path_of
from mixpanel_export.directory.manifest import Manifest, ManifestSlice
from mixpanel_export.errors import ManifestError

__all__ = ["MANIFEST", "Storage"]

MANIFEST = "manifest.json"
_READERS = 4


class Storage(ABC):
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
    def staging_dir(self) -> Path:
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
        return self.staging_dir / f".{path.replace('/', '.')}{stage}.part"

    def remove_parts(self, name: str) -> None:
        """Remove what was being made of a file."""
        for stage in ("", CONVERTED):
            self.part(name, stage).unlink(missing_ok=True)
        for each in self.staging_dir.glob(f".date=*.{name}.part"):
            each.unlink(missing_ok=True)

    def remove_all_parts(self) -> None:
        """Remove whatever was being made of files with names of ours, of which no manifest need know."""
        for each in self.staging_dir.glob(".*.part"):
            made_of = each.name[1:].removesuffix(".part").removesuffix(CONVERTED)
            folder, _, name = made_of.partition(".") if made_of.startswith("date=") else ("", "", made_of)
            if FileName.parse(name) is not None and (not folder or is_folder(folder)):
                each.unlink(missing_ok=True)

    def recover(self, manifest: Manifest) -> set[str]:
        """Remove what an interrupted run has left: exactly what its manifest announces, nothing else.

        Returns:
            The names that are not to be used again, although they are free.
        """
        self.remove(manifest.transient_names)
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
        with disk_errors(self.disk, needed):
            yield


CONVERTED = ".converted"

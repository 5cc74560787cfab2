"""The storage protocol of a directory export: a lock, a manifest, and files that appear whole or not at all.

See `local` and `remote` for the two kinds, and `destination` for how one is opened.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from mixpanel_export.directory.filenames import MANIFEST, name_of
from mixpanel_export.directory.manifest import RESTORE, Manifest
from mixpanel_export.directory.staging import Staging
from mixpanel_export.errors import ManifestError

__all__ = ["Storage"]


class Storage(ABC):
    """The files of one directory.

    A file's path is relative to the directory: a name, or `date=2024-01-01/` and a name. Whatever changes the
    directory needs its lock: new files are made in the `Staging` that `locked` yields, and `publish` gives them
    their paths.

    Attributes:
        location: the directory's path, or its URL.
    """

    def __init__(self, location: Path | str) -> None:
        self.location = location

    @property
    @abstractmethod
    def disk(self) -> Path:
        """The local folder whose disk the staged files fill."""

    @abstractmethod
    def locked(self) -> AbstractContextManager[Staging]:
        """Lock the directory, creating it if needed.

        Raises:
            DirectoryBusyError: when another process holds the lock.
        """

    @abstractmethod
    def paths(self) -> set[str]:
        """Return the paths of all files in the directory and in its partition folders."""

    @abstractmethod
    def sizes(self, paths: Iterable[str]) -> Mapping[str, int]:
        """Return the sizes of the files among `paths` that exist."""

    @abstractmethod
    def chunks(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of a file; raise FileNotFoundError when there is none."""

    @abstractmethod
    def local_file(self, path: str, staging: Staging) -> AbstractContextManager[Path]:
        """Provide a file on the local disk, for reading."""

    @abstractmethod
    def write_manifest(self, manifest: Manifest) -> None:
        """Replace the manifest atomically: readers see the old one or the new one."""

    @abstractmethod
    def publish(self, paths: Collection[str], staging: Staging) -> None:
        """Give the staged and synced files of a slice their paths."""

    @abstractmethod
    def remove(self, names: Collection[str]) -> None:
        """Remove the files of these names, in every partition, of their malformed lines, and unfinished ones."""

    @abstractmethod
    def _manifest_text(self) -> bytes | None:
        """Return the manifest's JSON; None without one."""

    def names(self) -> set[str]:
        """Return the names of all files, in any partition."""
        return {name_of(path) for path in self.paths()}

    def read_manifest(self) -> Manifest | None:
        """Read the manifest; None without one.

        Raises:
            ManifestError: when it cannot be read.
        """
        text = self._manifest_text()
        try:
            return Manifest.from_json(text) if text is not None else None
        except ManifestError as error:
            place = str(self.location).rstrip("/")
            raise ManifestError(f"{place}/{MANIFEST}: {error}", RESTORE) from error

    def recover(self, manifest: Manifest) -> set[str]:
        """Remove what an interrupted run left behind: exactly the files that its manifest announces, nothing else.

        Returns:
            The names that must not be used again, although they are free.
        """
        self.remove(manifest.transient_names)
        return set()

"""A directory export on a local disk.

Every change survives a power cut: a file's contents are synced before it is renamed, and the rename is synced
before the manifest lists the file.
"""

from __future__ import annotations

import contextlib
import stat
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping
from pathlib import Path

from mixpanel_export._locks import locked_directory
from mixpanel_export._mounts import durable, move, remove_link, sync_folder
from mixpanel_export.directory.filenames import MANIFEST, is_folder, with_malformed
from mixpanel_export.directory.manifest import Manifest
from mixpanel_export.directory.staging import Staging
from mixpanel_export.directory.storage import Storage
from mixpanel_export.errors import InvalidArgumentError

__all__ = ["LocalStorage"]

_READ_SIZE = 1 << 20


class LocalStorage(Storage):
    """A directory on the local disk. Files are staged in it, hidden, so that a rename publishes them."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path
        self._staging = Staging(path)
        self._manifest_part = path / f".{MANIFEST}.part"

    @property
    def disk(self) -> Path:
        """The directory itself."""
        return self.path

    @contextlib.contextmanager
    def locked(self) -> Generator[Staging]:
        """Lock the directory, creating it if needed."""
        with locked_directory(self.path):
            self._follow_no_links()
            yield self._staging

    def paths(self) -> set[str]:
        """List the directory and its partition folders."""
        paths = set(self._names_in(self.path))
        in_folders = {
            f"{folder}/{name}" for folder in self._folders() for name in self._names_in(self.path / folder)
        }
        return paths | in_folders

    def sizes(self, paths: Iterable[str]) -> Mapping[str, int]:
        """Look up the sizes of files; a folder under the name of one is none."""
        sizes: dict[str, int] = {}
        for path in paths:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                found = (self.path / path).stat()
                if stat.S_ISREG(found.st_mode):
                    sizes[path] = found.st_size
        return sizes

    def chunks(self, path: str) -> Iterator[bytes]:
        """Read a file."""
        with (self.path / path).open("rb") as file:
            while chunk := file.read(_READ_SIZE):
                yield chunk

    @contextlib.contextmanager
    def local_file(self, path: str, staging: Staging) -> Generator[Path]:
        """Provide the file itself."""
        yield self.path / path

    def write_manifest(self, manifest: Manifest) -> None:
        """Replace the manifest by a rename."""
        part = self._manifest_part
        try:
            with part.open("wb") as file:
                file.write(manifest.to_json())
                durable(file, self.path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        move(part, self.path / MANIFEST)
        sync_folder(self.path)

    def publish(self, paths: Collection[str], staging: Staging) -> None:
        """Rename the staged files."""
        for path in paths:
            target = self.path / path
            folder = target.parent
            if not folder.is_dir():
                folder.mkdir()
                sync_folder(self.path)
            move(staging.part(path), target)
            sync_folder(folder)

    def remove(self, names: Collection[str]) -> None:
        """Remove the files of these names, and the partition folders that are then empty."""
        if not names:
            return
        names = with_malformed(names)
        for name in names:
            _remove_file(self.path / name)
            self._staging.remove_parts(name)
        for folder in map(self.path.joinpath, self._folders()):
            for name in names:
                _remove_file(folder / name)
            with contextlib.suppress(OSError):
                folder.rmdir()

    def recover(self, manifest: Manifest) -> set[str]:
        """Remove what an interrupted run left behind, and a partly written manifest."""
        self._manifest_part.unlink(missing_ok=True)
        return super().recover(manifest)

    def _follow_no_links(self) -> None:
        """Remove links under our temporary names, and refuse those under the names of partitions.

        Else files outside of the directory would be overwritten, or deleted. Refuse files and folders that stand in
        each other's place, too.
        """
        for name in self._names_in(self.path):
            if name.startswith(".") and name.endswith(".part"):
                remove_link(self.path / name)
            elif is_folder(name) and (self.path / name).is_symlink():
                raise self._obstacle(name, "a symbolic link, which exports do not follow")
            elif is_folder(name) and not (self.path / name).is_dir():
                raise self._obstacle(name, "a file, where exports have a folder")
            elif name == MANIFEST and (self.path / name).is_dir():
                raise self._obstacle(name, "a folder, where exports have a file")

    def _obstacle(self, name: str, problem: str) -> InvalidArgumentError:
        why = f"{name} in it is {problem}; remove it, or choose another directory"
        return InvalidArgumentError("path", str(self.path), why)

    def _manifest_text(self) -> bytes | None:
        try:
            return (self.path / MANIFEST).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except IsADirectoryError:
            raise self._obstacle(MANIFEST, "a folder, where exports have a file") from None

    def _folders(self) -> list[str]:
        return sorted(filter(is_folder, self._names_in(self.path)))

    def _names_in(self, folder: Path) -> list[str]:
        try:
            return [entry.name for entry in folder.iterdir()]
        except (FileNotFoundError, NotADirectoryError):
            return []


def _remove_file(path: Path) -> None:
    """Remove a file, if it is there. A folder in its place is not ours: it stays, and its name is not used."""
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)

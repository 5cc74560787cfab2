"""A directory export on a local disk."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Generator, Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from mixpanel_export._atomic import digest_of, durable, sync_folder
from mixpanel_export._locks import locked_directory
from mixpanel_export.directory.filenames import is_folder
from mixpanel_export.directory.manifest import Manifest
from mixpanel_export.directory.storage import MANIFEST, Storage


class LocalStorage(Storage):
    """One on the disk. Files are made in it, hidden, so that a rename publishes them."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path

    @property
    def staging_dir(self) -> Path:
        """The directory itself."""
        return self.path

    @property
    def disk(self) -> Path:
        """The directory itself."""
        return self.path

    def locked(self) -> AbstractContextManager[None]:
        """Lock the directory, creating it if needed."""
        return locked_directory(self.path)

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

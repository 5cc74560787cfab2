"""The files that a directory export is still making, and their hidden names.

See `Storage.publish` for how a staged file gets its final path.
"""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from mixpanel_export.directory.filenames import FileName, is_folder, with_malformed

__all__ = ["Staging"]

_PART = ".part"
_CONVERTED = ".converted"
_COPY = ".copy"


@frozen
class Staging:
    """A local folder in which one run, which holds the directory's lock, makes its files.

    Attributes:
        folder: the directory itself, or a scratch directory for one under a URL.
    """

    folder: Path

    def part(self, path: str) -> Path:
        """Return the file to be published under `path`."""
        return self._hidden(path)

    def converted(self, name: str) -> Path:
        """Return the file that a received slice is converted to, before it replaces the received one."""
        return self._hidden(name, _CONVERTED)

    def copy(self, path: str) -> Path:
        """Return the file for a local copy of a published file."""
        return self._hidden(path, _COPY)

    def remove_parts(self, name: str) -> None:
        """Remove the unfinished files of a slice."""
        for own in with_malformed([name]):
            self.part(own).unlink(missing_ok=True)
        self.converted(name).unlink(missing_ok=True)
        for partition in self.folder.glob(f".date=*.{name}{_PART}"):
            partition.unlink(missing_ok=True)

    def remove_all_parts(self) -> None:
        """Remove the unfinished files of all slices, including those that no manifest has announced."""
        for part in self.folder.glob(f".*{_PART}"):
            path = part.name[1:].removesuffix(_PART).removesuffix(_CONVERTED)
            folder, _, name = path.partition(".") if path.startswith("date=") else ("", "", path)
            if FileName.parse(name) is not None and (not folder or is_folder(folder)):
                part.unlink(missing_ok=True)

    def _hidden(self, path: str, stage: str = "") -> Path:
        return self.folder / f".{path.replace('/', '.')}{stage}{_PART}"

"""Exports as files: JSON Lines, plain or gzip, under their final name only when complete.

A file is written beside its place under a temporary name, synced, and renamed; whatever goes wrong before
that leaves nothing under the final name.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal, Self, get_args

from isal import igzip

from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.export.stream import Arrival

__all__ = ["FileFormat", "LineFile", "LineWriter", "check_format", "format_of", "writer_for"]

FileFormat = Literal["jsonl", "jsonl.gz"]

# isal's level 1: a third of zlib's default time for a few per cent of size.
_GZIP_LEVEL = 1


class LineWriter:
    """Writes JSON Lines as text."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, arrival: Arrival) -> None:
        """Write what has arrived."""
        block = arrival.lines
        if block:
            self._file.write(block if block.endswith(b"\n") else block + b"\n")

    def end(self) -> None:
        """Write what is still held back; the file itself stays open."""
        self._file.flush()


class GzipWriter(LineWriter):
    """Writes gzip: that which arrives as it came, and plain lines compressed."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self._plain: LineWriter | None = None
        self._came_as_gzip = False

    def write(self, arrival: Arrival) -> None:
        self._came_as_gzip |= arrival.is_gzip
        if arrival.is_gzip:
            self._file.write(arrival.chunk)
        else:
            self._compressing().write(arrival)

    def end(self) -> None:
        if not self._came_as_gzip:
            self._compressing().end()
        self._file.flush()

    def _compressing(self) -> LineWriter:
        if self._plain is None:
            self._plain = _Compressed(self._file)
        return self._plain


class _Compressed(LineWriter):
    def __init__(self, file: IO[bytes]) -> None:
        # IGzipFile leaves the file that it wraps open when it is closed.
        gzip: Any = igzip.IGzipFile  # untyped in isal
        self._gzip: IO[bytes] = gzip(filename="", fileobj=file, mode="wb", compresslevel=_GZIP_LEVEL, mtime=0)
        super().__init__(self._gzip)

    def end(self) -> None:
        self._gzip.close()


def writer_for(file: IO[bytes], file_format: FileFormat) -> LineWriter:
    """The writer of one answer into `file`."""
    return LineWriter(file) if file_format == "jsonl" else GzipWriter(file)


def format_of(path: Path) -> FileFormat | None:
    """The format that a file's name says, if it says one."""
    name = path.name.lower()
    known: tuple[FileFormat, ...] = get_args(FileFormat)
    return next((each for each in known if name.endswith(f".{each}")), None)


def check_format(file_format: str) -> None:
    """Refuse a format that is not known."""
    if file_format not in get_args(FileFormat):
        allowed = ", ".join(repr(known) for known in get_args(FileFormat))
        raise InvalidArgumentError("format", file_format, f"allowed are {allowed}")


class LineFile:
    """A file that appears under its name only when `complete()` was called.

    A context manager: leaving it without completing removes the temporary file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        self._temporary: Path | None = Path(temporary)
        self.file: IO[bytes] = os.fdopen(descriptor, "wb")

    def __enter__(self) -> Self:
        return self

    def complete(self) -> None:
        """Make it durable and give it its name, replacing what had it."""
        assert self._temporary is not None
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        self._temporary.chmod(0o666 & ~_umask())
        self._temporary.replace(self.path)
        self._temporary = None
        _sync_folder(self.path.parent)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._temporary is not None:
            # A full disk fails the flush in close() again; the file is to go either way.
            with contextlib.suppress(OSError):
                self.file.close()
            self._temporary.unlink(missing_ok=True)
            self._temporary = None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    """The rename itself must survive a power cut, where the system can promise that."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

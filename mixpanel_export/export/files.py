"""Exports as files: JSON Lines, plain or gzip, under their final name only when complete.

A file is written beside its place under a temporary name, synced, and renamed; whatever goes wrong before
that leaves nothing under the final name.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import tempfile
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal, Self, get_args

from isal import igzip

from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.export.run import Spool

__all__ = [
    "FORMATS",
    "FileFormat",
    "LinesFormat",
    "WholeFile",
    "check_format",
    "copy_gzip",
    "copy_lines",
    "format_for",
    "format_of",
]

LinesFormat = Literal["jsonl", "jsonl.gz"]
FileFormat = Literal["jsonl", "jsonl.gz", "parquet", "csv"]
FORMATS: tuple[str, ...] = get_args(FileFormat)
_LINES: tuple[str, ...] = get_args(LinesFormat)

# isal's level 1: a third of zlib's default time for a few per cent of size.
_GZIP_LEVEL = 1
# A gzip member of its own: it ends a last line without touching the bytes that came.
GZIP_LINE_END = gzip.compress(b"\n", mtime=0)


def copy_lines(spool: Spool, file: IO[bytes]) -> None:
    """Write a slice as JSON Lines; a last line without line end gets one."""
    block = b"\n"
    for block in spool.blocks():
        file.write(block)
    if not block.endswith(b"\n"):
        file.write(b"\n")


def copy_gzip(spool: Spool, file: IO[bytes]) -> None:
    """Write a slice as gzip; the gzip that arrived as it came, unless duplicates are left out.

    Several slices written one after another are one gzip file: the format is made of members.
    """
    if spool.verified.is_gzip and spool.as_it_came:
        for chunk in spool.chunks():
            file.write(chunk)
        if not spool.verified.is_closed:
            # What is written next must not go on in that line.
            file.write(GZIP_LINE_END)
        return
    # IGzipFile leaves the file that it wraps open when it is closed; it is untyped in isal.
    make: Any = igzip.IGzipFile
    with make(filename="", fileobj=file, mode="wb", compresslevel=_GZIP_LEVEL, mtime=0) as packed:
        copy_lines(spool, packed)


COPIES: Mapping[str, Callable[[Spool, IO[bytes]], None]] = {
    "jsonl": copy_lines,
    "jsonl.gz": copy_gzip,
}


def format_of(path: Path, known: Collection[str] = _LINES) -> Any:
    """The format that a file's name says, if it says one that is known; by default, one of lines."""
    name = path.name.lower()
    return next((each for each in known if name.endswith(f".{each}")), None)


def format_for(path: Path, given: str | None, known: Collection[str] = _LINES) -> Any:
    """The format of a file: the one that is given, the one that its name says, or else gzip.

    Raises:
        InvalidArgumentError: when it is not known, or the name says another one.
    """
    if given is not None:
        check_format(given, known)
    named = format_of(path, known)
    if None not in (given, named) and given != named:
        raise InvalidArgumentError(
            "format", given, f"the output's name, {path.name}, says {named}; make them agree"
        )
    return given or named or "jsonl.gz"


def check_format(file_format: str, known: Collection[str] = _LINES) -> None:
    """Refuse a format that is not known; by default, all but those of lines."""
    if file_format not in known:
        allowed = ", ".join(map(repr, known))
        raise InvalidArgumentError("format", file_format, f"allowed are {allowed}")


class WholeFile:
    """A file that appears under its name only when `complete()` was called.

    A context manager: leaving it without completing removes the temporary file.
    """

    def __init__(self, path: Path) -> None:
        if path.is_dir():
            raise InvalidArgumentError("path", str(path), "it is a directory; allowed is a file")
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        self._temporary: Path | None = Path(temporary)
        self.file: IO[bytes] = os.fdopen(descriptor, "w+b")

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
        sync_folder(self.path.parent)

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


def sync_folder(folder: Path) -> None:
    """A rename itself must survive a power cut, where the system can promise that."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

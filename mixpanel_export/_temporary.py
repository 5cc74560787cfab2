"""Temporary files, and memory where the machine has no directory for them.

A container's file system may be read-only, and TMPDIR may name a folder that is gone.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import shutil
import sys
import tempfile
import threading
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from mixpanel_export._atomic import disk_errors
from mixpanel_export._mounts import try_lock
from mixpanel_export._resources import limit_error
from mixpanel_export.errors import ConfigurationError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = [
    "Scratch",
    "SpoolFile",
    "spool_file",
    "temporary_directory",
    "temporary_disk_errors",
    "temporary_folder",
]

_logger = logging.getLogger("mixpanel_export")

# The most bytes that all spools of this process keep in memory because they have no directory, and the steps in
# which they take them.
_MOST_IN_MEMORY = 256 << 20
_STEP = 1 << 20

_STAGED = "mixpanel-export-staged-"
_LOCK = ".lock"
# An unlocked directory is abandoned once it is older than it takes to lock a new one.
_ABANDONED_SECONDS = 600


def temporary_folder() -> Path:
    """Return the system's temporary directory.

    Raises:
        ConfigurationError: when none can be written to.
        ResourceLimitError: when too many files are open.
    """
    try:
        return Path(tempfile.gettempdir())
    except OSError as error:
        raise limit_error(error) or _no_folder() from None


def temporary_disk_errors() -> AbstractContextManager[None]:
    """Raise DiskFullError for the temporary directory in place of the OSError of a full disk."""
    hint = "Free space there, or set TMPDIR to a folder with more, and run it again"
    return disk_errors(temporary_folder(), hint=hint)


def temporary_directory(prefix: str) -> Path:
    """Make a directory for temporary files; raises ConfigurationError as `temporary_folder` does."""
    folder = temporary_folder()
    try:
        return Path(tempfile.mkdtemp(prefix=prefix, dir=folder))
    except OSError as error:
        raise limit_error(error) or _no_folder(f", and {folder} cannot: {error.strerror or error}") from None


class Scratch:
    """A locked directory for temporary files; making one removes those that killed processes have left.

    Args:
        prefix: the beginning of its name, and of those that are removed.

    Attributes:
        path: the directory.
    """

    def __init__(self, prefix: str = _STAGED) -> None:
        _remove_abandoned(prefix)
        self.path: Path = temporary_directory(prefix)
        # Tells other runs that this one is alive; without locks, nobody removes what a killed one leaves.
        self._lock: int | None = None
        with contextlib.suppress(OSError):
            self._lock = _open_lock(self.path)
            try_lock(self._lock, self.path)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *error: object) -> None:
        self.remove()

    def remove(self) -> None:
        """Remove the directory; may be called twice."""
        lock, self._lock = self._lock, None
        if sys.platform == "win32" and lock is not None:
            os.close(lock)
            lock = None
        shutil.rmtree(self.path, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def _open_lock(folder: Path) -> int:
    # No link is followed.
    return os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)


def _remove_abandoned(prefix: str) -> None:
    """Remove the scratch directories of processes that are gone. `rmtree` goes through no link."""
    with contextlib.suppress(OSError, ConfigurationError):
        for folder in temporary_folder().glob(f"{prefix}*"):
            with contextlib.suppress(OSError):
                if folder.is_symlink() or time.time() - folder.stat().st_mtime < _ABANDONED_SECONDS:
                    continue
                descriptor = _open_lock(folder)
                try:
                    is_abandoned = try_lock(descriptor, folder) is True
                finally:
                    os.close(descriptor)
                if is_abandoned:
                    shutil.rmtree(folder, ignore_errors=True)


def spool_file(in_memory: int) -> IO[bytes]:
    """Return a `SpoolFile`, as the type of any file."""
    return cast("IO[bytes]", SpoolFile(in_memory))


class SpoolFile(io.BufferedIOBase):
    """A file in memory that moves to a temporary one when it grows.

    Where there is no temporary directory, it stays in memory, with one warning, up to a bound that all such
    files of the process share.

    Args:
        in_memory: the size from which it moves.
    """

    def __init__(self, in_memory: int) -> None:
        super().__init__()
        self._in_memory = in_memory
        self._file: IO[bytes] = io.BytesIO()
        self._is_on_disk = False
        self._reserved = 0

    def write(self, data: ReadableBuffer, /) -> int:
        """Write bytes.

        Raises:
            ConfigurationError: when there is neither a temporary directory nor memory left.
            DiskFullError: when the disk of the temporary directory is full.
        """
        if not self._is_on_disk:
            end = self._file.tell() + memoryview(data).nbytes
            if end > self._in_memory + self._reserved:
                self._grow(end)
        if not self._is_on_disk:
            return self._file.write(data)
        with temporary_disk_errors():
            return self._file.write(data)

    def read(self, size: int | None = -1, /) -> bytes:
        """Read bytes."""
        return self._file.read(-1 if size is None else size)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to a position. The buffer is written first, so the disk may be full here as well."""
        if not self._is_on_disk:
            return self._file.seek(offset, whence)
        with temporary_disk_errors():
            return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the position."""
        return self._file.tell()

    def truncate(self, size: int | None = None, /) -> int:
        """Cut the file."""
        return self._file.truncate(size)

    def readable(self) -> bool:
        """Return True."""
        return True

    def writable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def close(self) -> None:
        """Remove the file."""
        if not self.closed:
            _memory.give_back(self._reserved)
            self._reserved = 0
            try:
                self._file.close()
            finally:
                super().close()

    def _grow(self, size: int) -> None:
        """Make room for this many bytes: on disk, else in memory."""
        if not self._reserved:
            try:
                file = cast("IO[bytes]", tempfile.TemporaryFile())  # noqa: SIM115
            except OSError as error:
                _memory.warn(error)
            else:
                self._move_to(file)
                return
        step = max(_STEP, size - self._in_memory - self._reserved)
        _memory.take(step)
        self._reserved += step

    def _move_to(self, file: IO[bytes]) -> None:
        before = cast(io.BytesIO, self._file)
        position = before.tell()
        self._file, self._is_on_disk = file, True
        with temporary_disk_errors():
            file.write(before.getbuffer())
            file.seek(position)


class _Memory:
    """The memory that spools take for want of a directory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = 0
        self._has_warned = False

    def take(self, size: int) -> None:
        with self._lock:
            if self._taken + size > _MOST_IN_MEMORY:
                raise _no_folder(
                    f", and slices take more than the {_MOST_IN_MEMORY >> 20} MB of memory kept for this",
                    ", or make slices smaller with slice_days=1 and parallel=1",
                )
            self._taken += size

    def give_back(self, size: int) -> None:
        with self._lock:
            self._taken -= size

    def warn(self, error: OSError) -> None:
        with self._lock:
            if self._has_warned:
                return
            self._has_warned = True
        if limit_error(error) is not None:
            reason, advice = "Too many files are open", "Lower parallel= or raise the limit of open files"
        else:
            reason = f"No temporary directory can be written to ({error.strerror or error})"
            advice = "Set TMPDIR to a folder that can be written to"
        _logger.warning(
            "%s: large slices are kept in memory, up to %d MB in all. %s",
            reason,
            _MOST_IN_MEMORY >> 20,
            advice,
        )


_memory = _Memory()


def _no_folder(problem: str = "", otherwise: str = "") -> ConfigurationError:
    value = os.environ.get("TMPDIR")
    setting = f"TMPDIR is {value!r}" if value else "TMPDIR is not set"
    return ConfigurationError(
        "TMPDIR",
        f"no temporary directory can be written to ({setting}){problem}; set it to a folder that can{otherwise}",
    )

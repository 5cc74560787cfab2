"""Files that appear under their name only when they are complete, and helpers to make files durable."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from mixpanel_export.errors import DiskFullError, InvalidArgumentError

__all__ = ["AtomicFile", "digest_of", "disk_errors", "durable", "sync_folder"]

_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


class AtomicFile:
    """A file that appears under its name only once `complete` is called.

    A context manager: leaving it without completing the file removes the temporary one.
    """

    def __init__(self, path: Path) -> None:
        if path.is_dir():
            raise InvalidArgumentError("path", str(path), "expected a file, not a directory")
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        self._temporary = Path(temporary)
        self._is_complete = False
        self.file: IO[bytes] = os.fdopen(descriptor, "w+b")

    def __enter__(self) -> Self:
        return self

    def complete(self) -> None:
        """Make the file durable and rename it, replacing an existing one."""
        durable(self.file)
        self.file.close()
        self._temporary.chmod(0o666 & ~_umask())
        self._temporary.replace(self.path)
        self._is_complete = True
        sync_folder(self.path.parent)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._is_complete:
            return
        # On a full disk, close() fails to flush again; the file is removed either way.
        with contextlib.suppress(OSError):
            self.file.close()
        self._temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder survive a power cut, where the system can promise that."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def durable(file: IO[bytes]) -> None:
    """Flush a file to the disk itself, past the system's cache."""
    file.flush()
    os.fsync(file.fileno())


def digest_of(path: Path) -> str:
    """Compute the SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def disk_errors(disk: Path, needed: Callable[[], int | None]) -> Generator[None]:
    """Raise DiskFullError in place of the OSError of a full disk or quota.

    Args:
        disk: the directory that has no room.
        needed: returns about how many bytes are missing; None when unknown.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise DiskFullError(str(disk), error.strerror or str(error), needed()) from error

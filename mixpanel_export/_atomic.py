"""Files that appear under their name only when they are complete."""

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

_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


class AtomicFile:
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


def durable(file: IO[bytes]) -> None:
    """Have what was written on the disk, not only with the system."""
    file.flush()
    os.fsync(file.fileno())


def digest_of(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
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

"""Files that appear under their name only when they are complete. See `_mounts` for what mounts lack."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from mixpanel_export._mounts import durable, move, set_mode, sync_folder, try_lock
from mixpanel_export.errors import DiskFullError, InvalidArgumentError

__all__ = ["AtomicFile", "digest_of", "disk_errors"]

_PART = ".part"
_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}

_FREE_SPACE = "Free space there and run it again"


class AtomicFile:
    """A file that appears under its name only once `complete` is called.

    A context manager: leaving it without completing the file removes the temporary one. The next run removes what
    killed ones have left. A pipe or a device is written to as it is, and never replaced. A full disk raises
    DiskFullError.
    """

    def __init__(self, path: Path) -> None:
        if path.is_dir():
            raise InvalidArgumentError("path", str(path), "expected a file, not a directory")
        self.path = path
        self._is_complete = False
        self._temporary: Path | None = None
        self._disk = path.parent
        if path.exists() and not path.is_file():
            self._disk = path
            self.file: IO[bytes] = path.open("wb")
            return
        with disk_errors(self._disk):
            path.parent.mkdir(parents=True, exist_ok=True)
            _remove_leftovers(path)
            try:
                descriptor, temporary = tempfile.mkstemp(
                    prefix=f".{path.name}.", suffix=_PART, dir=path.parent
                )
            except OSError as error:
                # Its own path would mean nothing to the user.
                raise OSError(error.errno, error.strerror, str(path)) from error
        self._temporary = Path(temporary)
        self.file = os.fdopen(descriptor, "w+b")
        # Tells other runs that this one is alive.
        with contextlib.suppress(OSError):
            try_lock(descriptor, self._temporary)

    def __enter__(self) -> Self:
        return self

    def complete(self) -> None:
        """Make the file durable and rename it, replacing an existing one."""
        if self._temporary is None:
            self.file.close()
            return
        durable(self.file, self.path.parent)
        set_mode(self._temporary, 0o666 & ~_umask())
        if os.name != "posix":
            self.file.close()
        move(self._temporary, self.path)
        self._is_complete = True
        # Not before the rename: another run may remove a file that is not locked.
        self.file.close()
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
        if self._temporary is not None:
            self._temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in _FULL:
            with disk_errors(self._disk):
                raise error


def _remove_leftovers(path: Path) -> None:
    """Remove the unfinished files that killed runs have left."""
    leftover = re.compile(rf"\.{re.escape(path.name)}\.[a-z0-9_]{{8}}{re.escape(_PART)}")
    with contextlib.suppress(OSError):
        for entry in [entry for entry in path.parent.iterdir() if leftover.fullmatch(entry.name)]:
            with contextlib.suppress(OSError):
                if _is_abandoned(entry):
                    entry.unlink()


def _is_abandoned(path: Path) -> bool:
    """Return True if no process has locked a file, on a mount that has locks."""
    if sys.platform == "win32":
        # There, no file that is open is removed.
        return True
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        return try_lock(descriptor, path) is True
    finally:
        os.close(descriptor)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def digest_of(path: Path) -> str:
    """Compute the SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def disk_errors(
    disk: Path, needed: Callable[[], int | None] = lambda: None, *, hint: str | None = _FREE_SPACE
) -> Generator[None]:
    """Raise DiskFullError in place of the OSError of a full disk or quota.

    Args:
        disk: the directory that has no room.
        needed: returns about how many bytes are missing; None when unknown.
        hint: the way out; None if the same call resumes from what it has written.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        reason = error.strerror or str(error)
        if error.errno == errno.EFBIG:
            reason += ", beyond what the file system or `ulimit -f` allows"
        raise DiskFullError(str(disk), reason, needed(), hint) from error

"""Locks, syncs, renames and permissions of files, and a warning or an error where a mount has none of them.

Network mounts, FUSE and some containers refuse `flock`, `fsync` of a directory, or `chmod`. An export goes on
without them, and says once for each folder what is no longer guaranteed.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import sys
from collections.abc import Collection, Generator
from pathlib import Path
from typing import IO, Literal

from mixpanel_export._text import reason_of
from mixpanel_export.errors import ExportError

__all__ = ["durable", "move", "obstacle", "remove_link", "set_mode", "sync_folder", "try_lock", "warn_once"]

Guarantee = Literal["lock", "sync", "mode"]

_UNSUPPORTED = frozenset(
    {errno.EINVAL, errno.ENOSYS, errno.ENOLCK, errno.ENOTTY, errno.EOPNOTSUPP, errno.ENOTSUP}
)
_REFUSED = frozenset({errno.EPERM, errno.EACCES, errno.EBADF, errno.EROFS})
_NO_MOVES = frozenset({errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EXDEV})
_WARNINGS: dict[Guarantee, str] = {
    "lock": "this mount has no locks, so nothing keeps two exports from writing here at the same time; run one at "
    "a time",
    "sync": "this mount cannot sync files or folders to the disk, so a power cut may lose files that are reported "
    "as complete; verify the export after one",
    "mode": "this mount cannot change permissions; files keep those that it gives them",
}

_logger = logging.getLogger("mixpanel_export")
_warned: set[tuple[Guarantee, Path]] = set()


def try_lock(descriptor: int, path: Path) -> bool | None:
    """Lock an open file for this process.

    Args:
        path: of the file, for an error.

    Returns:
        True if it is locked now, False if another process holds the lock, and None where there are no such locks.

    Raises:
        OSError: for any other failure; a lack of permission does not mean that the file is locked.
    """
    if sys.platform == "win32":
        return None
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno in _UNSUPPORTED:
            return None
        raise _named(error, path) from None
    return True


def durable(file: IO[bytes], folder: Path) -> None:
    """Flush a file to the disk itself, past the system's cache.

    Args:
        folder: the folder that holds it, for a warning or an error.
    """
    file.flush()
    with _tolerated("sync", folder, _UNSUPPORTED | _REFUSED):
        os.fsync(file.fileno())


def move(source: Path, target: Path) -> None:
    """Rename a file, replacing an existing one.

    Raises:
        ExportError: on a mount that cannot rename files.
    """
    try:
        source.replace(target)
    except OSError as error:
        if error.errno not in _NO_MOVES:
            raise
        raise ExportError(
            f"{target}: this mount cannot rename files, which exports need ({reason_of(error)}); write to "
            "another folder, or to the URL of an object store"
        ) from error


def obstacle(path: Path) -> str:
    """Describe what stands at a path where a directory should be."""
    if path.is_symlink() and not path.exists():
        return f"a link to {path.readlink()}, which does not exist"
    return "a file"


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder survive a power cut, where the system can promise that."""
    if os.name != "posix":
        return
    with _tolerated("sync", folder, _UNSUPPORTED | _REFUSED):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def set_mode(path: Path, mode: int) -> None:
    """Change the permissions of a file."""
    with _tolerated("mode", path.parent, _UNSUPPORTED | _REFUSED):
        path.chmod(mode)


def remove_link(path: Path) -> None:
    """Remove a symbolic link of this name, so that nothing is written where it leads."""
    if path.is_symlink():
        path.unlink(missing_ok=True)


def warn_once(guarantee: Guarantee, folder: Path) -> None:
    """Warn, once for each folder, of a guarantee that its mount does not give."""
    if (guarantee, folder) not in _warned:
        _warned.add((guarantee, folder))
        _logger.warning("%s: %s", folder, _WARNINGS[guarantee])


@contextlib.contextmanager
def _tolerated(guarantee: Guarantee, folder: Path, numbers: Collection[int]) -> Generator[None]:
    """Warn in place of an OSError with one of these numbers."""
    try:
        yield
    except OSError as error:
        if error.errno not in numbers:
            raise _named(error, folder) from None
        warn_once(guarantee, folder)


def _named(error: OSError, path: Path) -> OSError:
    """Return the error of a system call on a descriptor, with the path that it is about."""
    return OSError(error.errno, error.strerror, error.filename or str(path))

"""An exclusive lock on a local directory, held by one process of this machine at a time.

For object stores, which have no locks, see `directory.lock`.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Generator
from pathlib import Path

from filelock import FileLock, Timeout

from mixpanel_export._atomic import sync_folder
from mixpanel_export.errors import DirectoryBusyError, InvalidArgumentError

__all__ = ["LOCK", "locked_directory"]

LOCK = ".lock"
"""The name of the lock file, present while the directory is locked."""

# Another process may be between the end of its work and the removal of its lock.
_LOCK_SECONDS = 0.3


@contextlib.contextmanager
def locked_directory(path: Path) -> Generator[None]:
    """Lock a directory, creating it if needed.

    Raises:
        DirectoryBusyError: when another process holds the lock.
        InvalidArgumentError: when `path` is a file.
    """
    try:
        if not path.is_dir():
            path.mkdir(parents=True)
            sync_folder(path.parent)
    except FileExistsError:
        raise InvalidArgumentError("path", str(path), "expected a directory; this is a file") from None
    lock_path = path / LOCK
    owner = _owner(lock_path)
    lock = FileLock(lock_path, thread_local=False)
    try:
        lock.acquire(timeout=_LOCK_SECONDS)
    except Timeout:
        raise DirectoryBusyError(
            f"{path} is locked by {owner or 'another process'}; wait until it has finished, or choose another "
            "directory"
        ) from None
    try:
        # For people. Windows does not let anyone write to a locked file.
        with contextlib.suppress(OSError):
            lock_path.write_text(f"process {os.getpid()} on {socket.gethostname()}\n", encoding="utf-8")
        yield
    finally:
        # Remove before releasing: a process waiting for this file sees that it is gone and creates another.
        # Windows keeps an open file; there, it stays.
        try:
            with contextlib.suppress(OSError):
                lock_path.unlink()
        finally:
            lock.release()


def _owner(lock_path: Path) -> str:
    """Return what the holder of the lock wrote into it; empty when unknown."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return lock_path.read_text(encoding="utf-8").strip()
    return ""

"""Exclusive locks on files and directories, each held by one process of this machine at a time.

For object stores, which have no locks, see `directory.lock`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from mixpanel_export._mounts import obstacle, remove_link, sync_folder, try_lock, warn_once
from mixpanel_export.errors import DirectoryBusyError, InvalidArgumentError

__all__ = ["LOCK", "Lock", "Timeout", "lock_of", "locked_directory"]

LOCK = ".lock"
"""The name of the lock file, present while the directory is locked."""

# Another process may be between the end of its work and the removal of its lock.
_LOCK_SECONDS = 0.3
_POLL_SECONDS = 0.05


@contextlib.contextmanager
def locked_directory(path: Path) -> Generator[None]:
    """Lock a directory, creating it if needed.

    Raises:
        DirectoryBusyError: when another process holds the lock.
        InvalidArgumentError: when `path` is a file.
    """
    try:
        if not path.is_dir():
            path.mkdir(parents=True, exist_ok=True)
            sync_folder(path.parent)
    except FileExistsError:
        problem = f"expected a directory; this is {obstacle(path)}"
        raise InvalidArgumentError("path", str(path), problem) from None
    lock_path = path / LOCK
    owner = _owner(lock_path)
    lock = lock_of(lock_path, lambda: warn_once("lock", path))
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


def _no_locks() -> None:
    raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))


class Lock(Protocol):
    """A lock of one process at a time."""

    def acquire(self, timeout: float) -> object:
        """Take the lock; raises Timeout when another process holds it for this many seconds."""

    def release(self) -> None:
        """Release the lock."""


def lock_of(path: Path, on_missing: Callable[[], object] = _no_locks) -> Lock:
    """Return the lock of a file, which is created.

    Args:
        on_missing: called on a mount without locks, which then counts as locked unless it raises, as the default
            does.
    """
    if sys.platform == "win32":
        return FileLock(path, thread_local=False)
    return _PosixLock(path, on_missing)


class _PosixLock:
    """A lock by `flock`. The one of filelock takes a lack of permission for another process."""

    def __init__(self, path: Path, on_missing: Callable[[], object]) -> None:
        self._path = path
        self._on_missing = on_missing
        self._descriptor: int | None = None

    def acquire(self, timeout: float) -> None:
        """Take the lock.

        Raises:
            Timeout: when another process holds it for this many seconds.
            OSError: when the file cannot be opened, or not be locked for another reason.
        """
        until = time.monotonic() + timeout
        while not self._try():
            if time.monotonic() > until:
                raise Timeout(str(self._path))
            time.sleep(_POLL_SECONDS)

    def release(self) -> None:
        """Release the lock."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _try(self) -> bool:
        remove_link(self._path)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o644)
        try:
            is_locked = try_lock(descriptor, self._path)
            if is_locked is None:
                self._on_missing()
            # Its last holder may have removed the file since it was opened here.
            if is_locked is not False and self._is_at_path(descriptor):
                self._descriptor = descriptor
        finally:
            if self._descriptor is None:
                os.close(descriptor)
        return self._descriptor is not None

    def _is_at_path(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), self._path.lstat())
        except FileNotFoundError:
            return False


def _owner(lock_path: Path) -> str:
    """Return what the holder of the lock wrote into it; empty when unknown."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return lock_path.read_text(encoding="utf-8").strip()
    return ""

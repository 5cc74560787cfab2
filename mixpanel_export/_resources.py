"""Turn the ends of a process's resources into errors that name the limit and the setting that takes less.

Open files, threads and memory can run out anywhere; the entrances of each delivery translate what comes out.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import socket
import sys
from types import TracebackType

from mixpanel_export._causes import causes_of
from mixpanel_export.errors import ResourceLimitError

__all__ = ["limit_error", "resource_limits"]

_NO_FILES = {errno.EMFILE, errno.ENFILE}
_NO_THREAD = "can't start new thread"
# The message of `tempfile`, whatever it is that makes a folder fail.
_NO_FOLDER = "No usable temporary directory found"
# Python says this when there is no memory even for a MemoryError.
_NO_EXCEPTION = re.compile("without (setting an )?exception")
_NO_LOCK = "can't allocate lock"


class resource_limits(contextlib.ContextDecorator):  # noqa: N801
    """Raises ResourceLimitError in place of an error that means that the process ran out of a resource."""

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception) and (found := limit_error(error)) is not None and found is not error:
            raise found from None


def limit_error(error: BaseException) -> ResourceLimitError | None:
    """Return our exception for an error that a resource limit has caused; None for any other."""
    for cause in causes_of(error):
        if isinstance(cause, ResourceLimitError):
            return cause
        if (
            isinstance(cause, MemoryError)
            or (isinstance(cause, OSError) and cause.errno == errno.ENOMEM)
            or (isinstance(cause, RuntimeError) and str(cause) == _NO_LOCK)
            or (isinstance(cause, SystemError) and _NO_EXCEPTION.search(str(cause)))
        ):
            return ResourceLimitError(
                "memory", "there is not enough memory", "memory=, parallel= or slice_days="
            )
        if isinstance(cause, OSError) and (cause.errno in _NO_FILES or _hides_no_files(cause)):
            return ResourceLimitError("open files", _many_files(), "parallel=")
        if isinstance(cause, RuntimeError) and str(cause) == _NO_THREAD:
            return ResourceLimitError("threads", "the system starts no more threads", "parallel=")
    return None


def _hides_no_files(error: OSError) -> bool:
    """Return True for an error that stands for a lack of file descriptors, without a number that says so.

    A name cannot be resolved, or no folder be tried for temporary files.
    """
    if not isinstance(error, socket.gaierror) and not str(error.strerror).startswith(_NO_FOLDER):
        return False
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as failure:
        return failure.errno in _NO_FILES
    return False


def _many_files() -> str:
    if sys.platform == "win32":
        return "too many files are open"
    try:
        import resource

        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    except (ImportError, OSError, ValueError):
        return "too many files are open"
    return f"too many files are open (this process may open {soft:,}; see `ulimit -n`)"

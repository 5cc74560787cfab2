"""Why a connection failed, in a few words for a line of progress. Pure."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from typing import cast

import httpx

__all__ = ["reason_of"]

_REASONS = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset",
    errno.EPIPE: "connection reset",
    errno.ENETUNREACH: "network unreachable",
    errno.EHOSTUNREACH: "host unreachable",
    errno.EADDRNOTAVAIL: "address not available",
    errno.ETIMEDOUT: "timed out",
}


def reason_of(error: httpx.HTTPError) -> str:
    """Return the reason in a few words: `connection refused`, `host not found`, `timed out`."""
    if isinstance(error, httpx.TimeoutException):
        return "timed out"
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            return "host not found"
        if isinstance(cause, OSError) and cause.errno in _REASONS:
            return _REASONS[cause.errno]
    return str(error) or type(error).__name__


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and its causes; where several addresses were tried, each one's."""
    depth = 0
    while error is not None and depth < 20:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for part in cast("BaseExceptionGroup[BaseException]", error).exceptions:
                yield from _causes(part)
        error, depth = error.__cause__ or error.__context__, depth + 1

"""Why a connection failed, in a few words for a line of progress. Pure."""

from __future__ import annotations

import errno
import socket

import httpx

from mixpanel_export._causes import causes_of

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
    for cause in causes_of(error):
        if isinstance(cause, socket.gaierror):
            return "host not found"
        if isinstance(cause, OSError) and cause.errno in _REASONS:
            return _REASONS[cause.errno]
    return str(error) or type(error).__name__

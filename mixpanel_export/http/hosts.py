"""Hosts and ports that a connection can be made to, checked before anything is sent. Pure."""

from __future__ import annotations

import httpx

__all__ = ["names_a_host"]


def names_a_host(url: httpx.URL) -> bool:
    """Return True if the URL has a host that may exist and a port that may.

    The other names (a part over 63 bytes, `a..b`, broken Punycode) make Python and httpx raise a UnicodeError, and
    the other ports an OverflowError.
    """
    try:
        host = url.host
        host.encode("idna")
    except UnicodeError:
        return False
    return bool(host) and (url.port is None or 0 < url.port < 65536)

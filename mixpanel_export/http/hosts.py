"""Hosts and ports that a connection can be made to, checked before anything is sent. Pure."""

from __future__ import annotations

from collections.abc import Collection

import httpx

__all__ = ["names_a_host", "server_of"]


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


def server_of(text: str, schemes: Collection[str]) -> httpx.URL | None:
    """Return the URL of a server that can be connected to; None for any other text."""
    try:
        text.encode()
        url = httpx.URL(text)
    except (httpx.InvalidURL, UnicodeError):
        return None
    if url.scheme not in schemes or not names_a_host(url):
        return None
    # Part of a password, whose beginning was read as the host and its port.
    is_cut = b"@" in url.raw_path or "@" in url.fragment
    return None if is_cut else url

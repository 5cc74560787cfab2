"""Keep web pages out: a page that a browser shows may not read a sandbox, nor change it.

A page can point its own domain at a loopback address (DNS rebinding), and it can send some requests to any address
without reading the responses. Both show in headers that the page cannot forge: `Host`, `Origin` and
`Sec-Fetch-Site`.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

__all__ = ["is_loopback", "refuse_page"]

_HOST = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([^:\[\]/@\s]+))(?::\d{1,5})?")


def refuse_page(headers: Iterable[tuple[bytes, bytes]], host: str) -> str | None:
    """Return the reason to refuse a request, or None.

    Args:
        headers: the request's headers, with names in lower case.
        host: the host that the sandbox listens on.
    """
    values = [(name, value.decode("latin-1").strip()) for name, value in headers]
    hosts = [value for name, value in values if name == b"host"]
    if len(hosts) > 1 or any(not _is_own_name(value, host) for value in hosts):
        return "the Host header names another server; use the address that the sandbox listens on"
    origins = [value for name, value in values if name == b"origin"]
    if any(urlsplit(origin).netloc not in hosts for origin in origins):
        return "the request comes from a web page of another origin"
    if any(name == b"sec-fetch-site" and value not in ("same-origin", "none") for name, value in values):
        return "the request comes from a web page of another site"
    return None


def is_loopback(host: str) -> bool:
    """Return True if a host is a loopback address, or a name for one."""
    return _is_loopback_name(host) or _all_loopback(host)


def _is_own_name(header: str, host: str) -> bool:
    found = _HOST.fullmatch(header)
    if found is None:
        return False
    name = (found[1] or found[2]).lower().rstrip(".")
    if name == host.lower() or _is_loopback_name(name):
        return True
    # Open to other machines, which use an address or the name of this one. No page has an address for a name.
    return not is_loopback(host) and (_is_address(name) or name in _names_of_this_machine())


def _names_of_this_machine() -> Collection[str]:
    return {socket.gethostname().lower(), socket.getfqdn().lower()}


def _is_loopback_name(name: str) -> bool:
    if name.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _all_loopback(host: str) -> bool:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return bool(found) and all(_is_loopback_name(str(entry[4][0])) for entry in found)

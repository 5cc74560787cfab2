"""Mixpanel's servers: the hosts of a region or a base URL, and the API family of a path.

Pure. The contract's paths are whole paths from the host (`/api/query/…`), so this module only decides the host, the
root of the query family, and each family's timeout (https://developer.mixpanel.com/reference/overview).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Literal, get_args

import httpx
from attrs import frozen

from mixpanel_export._redaction import without_secrets
from mixpanel_export.errors import ConfigurationError
from mixpanel_export.http.hosts import names_a_host

__all__ = ["Family", "Region", "Servers", "family_of", "is_loopback", "read_timeout"]

Region = Literal["us", "eu", "in"]
Family = Literal["data", "query", "app", "schemas"]

_DATA_HOSTS: Mapping[str, str] = {
    "us": "https://data.mixpanel.com",
    "eu": "https://data-eu.mixpanel.com",
    "in": "https://data-in.mixpanel.com",
}
_HOSTS: Mapping[str, str] = {
    "us": "https://mixpanel.com",
    "eu": "https://eu.mixpanel.com",
    "in": "https://in.mixpanel.com",
}

# An export can take minutes to send its first byte; query routes are cut by Mixpanel at about 8 minutes and
# app routes at about 2. We wait a little longer, so that the server's own error is what a caller sees.
_READ_TIMEOUTS: Mapping[Family, float] = {"data": 600.0, "query": 500.0, "app": 130.0, "schemas": 130.0}
_QUERY_ROOT = "/api/query/"
# Lexicon has a separate budget.
_SCHEMAS = re.compile(r"/api/app/projects/[^/]+/schemas(/|$)")


@frozen
class Servers:
    """The two hosts that serve a project."""

    data: str
    rest: str

    @classmethod
    def choose(cls, region: str, base_url: str | None) -> Servers:
        """Return the servers of a region, or one base URL for all families (a proxy, the sandbox)."""
        if region not in get_args(Region):
            known = ", ".join(map(repr, get_args(Region)))
            raise ConfigurationError("region", f"expected one of {known}, got {region!r}")
        if base_url is None:
            return cls.of_region(region)
        root = _checked_base_url(base_url)
        return cls(data=root, rest=root)

    @classmethod
    def of_region(cls, region: str) -> Servers:
        """Return Mixpanel's own servers of a region."""
        return cls(data=_DATA_HOSTS[region], rest=_HOSTS[region])

    @property
    def are_local(self) -> bool:
        """True for servers on this machine, which are reached without the environment's proxies."""
        return is_loopback(httpx.URL(self.rest).host)

    @property
    def prefix(self) -> str:
        """The path that a base URL puts before every contract path; empty for Mixpanel's own servers."""
        return httpx.URL(self.rest).path.rstrip("/")

    def url(self, path: str, query_root: str) -> str:
        """Return the full URL of a contract path; query paths move to the root that the credentials need."""
        host = self.data if family_of(path) == "data" else self.rest
        if path.startswith(_QUERY_ROOT):
            path = f"{query_root}/{path.removeprefix(_QUERY_ROOT)}"
        return host + path


def family_of(path: str) -> Family:
    """Return the family of a contract path: raw export, reports, the app's own objects, or Lexicon schemas."""
    if path.startswith("/api/app/"):
        return "schemas" if _SCHEMAS.match(path) else "app"
    return "data" if path.rstrip("/") == "/api/2.0/export" else "query"


def read_timeout(family: Family) -> float:
    """Return the seconds to wait for the next byte of an answer of this family."""
    return _READ_TIMEOUTS[family]


def _checked_base_url(base_url: str) -> str:
    got = f"got {without_secrets(str(base_url))!r}"
    try:
        url = httpx.URL(base_url)
    except (httpx.InvalidURL, TypeError, UnicodeError):
        url = None
    if url is None:
        raise ConfigurationError("base_url", f"expected a URL, {got}")
    if url.scheme not in {"http", "https"}:
        raise ConfigurationError("base_url", f"expected an https:// URL, {got}")
    if not names_a_host(url):
        raise ConfigurationError(
            "base_url", f"expected an https:// URL with a host and a port from 1 to 65535, {got}"
        )
    if url.userinfo or {"?", "#"} & set(str(base_url)):
        raise ConfigurationError(
            "base_url", "expected only scheme, host, port and path; pass credentials as auth="
        )
    if url.scheme == "http" and not is_loopback(url.host):
        raise ConfigurationError(
            "base_url", f"expected https for {url.host!r}; plain http is accepted for loopback only"
        )
    return str(url).rstrip("/")


def is_loopback(host: str) -> bool:
    """Return True for a host that is this machine, whatever its network."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

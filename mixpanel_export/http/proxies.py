"""The proxy between us and a server, from the environment: `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`.

Read here rather than by httpx, so that a setting that cannot work is named, and an entry of `NO_PROXY` that httpx
cannot parse (`fd00::/8`, `[::1]`) is understood.
"""

from __future__ import annotations

import base64
import contextlib
import importlib.util
import ipaddress
import os
import re
import urllib.request

import httpx
from attrs import field, frozen

from mixpanel_export._redaction import REDACTED, pattern_of, remember, without_secrets
from mixpanel_export.errors import ConfigurationError
from mixpanel_export.http.hosts import server_of

__all__ = ["EnvironmentProxy", "proxy_error", "proxy_for"]

_SCHEMES = {"http", "https", "socks5", "socks5h"}
_SYSTEM = "the system's proxy settings"
# Kept as long as the process, so that their passwords are redacted everywhere.
_used: dict[str, EnvironmentProxy] = {}
# A proxy's answer to CONNECT, which would be the same again.
_REFUSED = re.compile(r"4(?!08|25|29)\d\d\b")
_EXPECTED = "expected a proxy such as http://host:port or socks5://host:port"
_ESCAPES = "; write the special characters of a password as in %2F for /, %3F for ?, %23 for # and %40 for @"


@frozen
class EnvironmentProxy:
    """A proxy, and the variable that names it.

    Attributes:
        variable: such as `HTTPS_PROXY`.
        shown: its value, without credentials.
    """

    variable: str
    shown: str
    proxy: httpx.Proxy = field(repr=False, eq=False)

    def redact(self, text: str) -> str:
        """Return a text without the proxy's password, in case the proxy repeats its request."""
        username, password = self.proxy.auth or ("", "")
        token = base64.b64encode(f"{username}:{password}".encode()).decode()
        return pattern_of(filter(None, [password, token])).sub(REDACTED, text) if self.proxy.auth else text


def proxy_for(url: str) -> EnvironmentProxy | None:
    """Return the proxy that the environment names for the server of a URL; None to connect directly.

    Raises:
        ConfigurationError: for a proxy that cannot be used.
    """
    target = httpx.URL(url)
    proxies = urllib.request.getproxies()
    kind = target.scheme if proxies.get(target.scheme) else "all"
    value = proxies.get(kind)
    if not value or _is_excluded(proxies.get("no", ""), target):
        return None
    variable = _variable(kind)
    shown = without_secrets(value)
    parsed = server_of(value if "://" in value else f"http://{value}", _SCHEMES)
    if parsed is None:
        raise ConfigurationError(variable, f"{_EXPECTED}, got {shown!r}{_ESCAPES if '@' in value else ''}")
    if parsed.scheme.startswith("socks") and importlib.util.find_spec("socksio") is None:
        raise ConfigurationError(
            variable,
            f"the SOCKS proxy {shown!r} needs a package that is not installed. Install it with: "
            "pip install 'mixpanel-export-sdk[socks]'",
        )
    found = EnvironmentProxy(variable, shown, httpx.Proxy(parsed))
    remember(_used.setdefault(value, found))
    return found


def proxy_error(error: httpx.HTTPError, url: str) -> ConfigurationError | None:
    """Return our exception for what the proxy of a URL refused for good; None for any other failure."""
    status = _REFUSED.match(str(error)) if isinstance(error, httpx.ProxyError) else None
    used = proxy_for(url) if status is not None else None
    if used is None:
        return None
    if "407" in str(error):
        return ConfigurationError(
            used.variable,
            f"the proxy {used.shown!r} refused its credentials ({error}); write them as "
            "http://user:password@host:port",
        )
    host = httpx.URL(url).host
    return ConfigurationError(
        used.variable,
        f"the proxy {used.shown!r} refuses connections to {host} ({error}); allow them there, or add {host} to "
        "NO_PROXY",
    )


def _variable(kind: str) -> str:
    """Return the variable that names a proxy; lower case wins, as in urllib."""
    names = [name for name in os.environ if name.lower() == f"{kind}_proxy"]
    return min(names, key=str.isupper, default=_SYSTEM)


def _is_excluded(no_proxy: str, target: httpx.URL) -> bool:
    """Return True if `NO_PROXY` lists the server; entries that cannot be parsed list nothing."""
    port = target.port or {"http": 80, "https": 443}.get(target.scheme)
    return any(
        _covers(entry, target.host.lower(), port) for entry in no_proxy.lower().replace(",", " ").split()
    )


def _covers(entry: str, host: str, port: int | None) -> bool:
    if entry == "*":
        return True
    name = entry.partition("://")[2] or entry
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host) in ipaddress.ip_network(name.strip("[]"), strict=False)
    # A network says nothing about a host name, and a name nothing about an address.
    if bracketed := re.fullmatch(r"\[(.*)\](?::(\d+))?", name):
        name, wanted = bracketed[1], bracketed[2]
    else:
        name, _, wanted = name.partition(":")
    if wanted and wanted != str(port):
        return False
    name = name.removeprefix("*").removeprefix(".").rstrip(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))

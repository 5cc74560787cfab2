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
import ssl
import urllib.request

import httpx
from attrs import field, frozen

from mixpanel_export._redaction import REDACTED, pattern_of, remember, without_secrets
from mixpanel_export.errors import ConfigurationError
from mixpanel_export.http.hosts import server_of

__all__ = ["EnvironmentProxy", "proxy_for"]

_SCHEMES = {"http", "https", "socks5", "socks5h"}
_SYSTEM = "the system's proxy settings"
# Kept as long as the process, so that their passwords are redacted everywhere.
_used: dict[str, EnvironmentProxy] = {}
# The length of a user name or a password is sent in one byte.
_MAX_SOCKS_BYTES = 255
_EXPECTED = "expected a proxy such as http://host:port or socks5://host:port"
_ESCAPES = "; write the special characters of a password as in %2F for /, %3F for ?, %23 for # and %40 for @"


@frozen
class EnvironmentProxy:
    """A proxy, and the variable that names it.

    Attributes:
        variable: such as `HTTPS_PROXY`.
        shown: its value, without credentials.
        target: the host that it leads to.
    """

    variable: str
    shown: str
    target: str
    proxy: httpx.Proxy = field(repr=False, eq=False)

    def __str__(self) -> str:
        return f"the proxy {self.shown!r} in {self.variable}"

    @property
    def is_socks(self) -> bool:
        """True for a SOCKS proxy, and False for an HTTP proxy."""
        return self.proxy.url.scheme.startswith("socks")

    def with_tls(self, tls: ssl.SSLContext | None) -> httpx.Proxy:
        """Return the proxy for httpx; the certificate of an `https://` proxy is verified by `tls`."""
        if self.proxy.url.scheme != "https":
            return self.proxy
        return httpx.Proxy(self.proxy.url, auth=self.proxy.auth, ssl_context=tls)

    def unusable(self, problem: str) -> ConfigurationError:
        """Return the exception for a proxy that cannot be used as the variable says."""
        return ConfigurationError(self.variable, f"the proxy {self.shown!r} {problem}")

    def refused_credentials(self, reason: str) -> ConfigurationError:
        """Return the exception for a proxy that refused the user name and the password."""
        scheme = self.proxy.url.scheme
        return self.unusable(
            f"refused its credentials ({reason}); write them as {scheme}://user:password@host:port"
        )

    def refused_target(self, reason: str) -> ConfigurationError:
        """Return the exception for a proxy that refused to connect to the server."""
        return self.unusable(
            f"refuses connections to {self.target} ({reason}); allow them there, or add {self.target} to NO_PROXY"
        )

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
    found = EnvironmentProxy(variable, shown, target.host, httpx.Proxy(parsed))
    if found.is_socks:
        _check_socks(found)
    remember(_used.setdefault(value, found))
    return found


def _check_socks(proxy: EnvironmentProxy) -> None:
    """Raise ConfigurationError for a SOCKS proxy that httpx cannot use."""
    if importlib.util.find_spec("socksio") is None:
        raise ConfigurationError(
            proxy.variable,
            f"the SOCKS proxy {proxy.shown!r} needs a package that is not installed. Install it with: "
            "pip install 'mixpanel-export-sdk[socks]'",
        )
    if any(len(part) > _MAX_SOCKS_BYTES for part in proxy.proxy.raw_auth or ()):
        raise proxy.unusable(f"takes a user name and a password of at most {_MAX_SOCKS_BYTES} bytes")


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

"""Settings of object stores in the environment, checked before obstore reads them.

Some that cannot work make obstore panic in the middle of a request, and others fail with a text that names neither
the variable nor the remedy.
"""

from __future__ import annotations

import os
import re
import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
from attrs import frozen

from mixpanel_export._redaction import without_secrets
from mixpanel_export.errors import ConfigurationError
from mixpanel_export.http.hosts import server_of
from mixpanel_export.http.proxies import proxy_for
from mixpanel_export.http.servers import is_loopback

if TYPE_CHECKING:
    from obstore.store import ClientConfig

__all__ = ["checked_client_config", "setting_error"]

_CONNECT_SECONDS = 10
_REQUEST_SECONDS = 300
# Every name and every address.
_EVERYTHING = "*,0.0.0.0/0,::/0"
_QUOTED = re.compile(r'"([^"]+)"')
_NOT_IN_HEADERS = re.compile(r"[^!-~]")


@frozen
class _Provider:
    """The settings of one provider.

    Attributes:
        prefix: of its variables.
        server: its usual server.
        endpoints: the variables that name another server.
        in_headers: the variables whose values are sent in headers.
        identities: the variables that name a server of credentials, which may be plain http.
    """

    prefix: str
    server: str
    endpoints: tuple[str, ...]
    in_headers: tuple[str, ...]
    identities: tuple[str, ...] = ()


_AWS = _Provider(
    "AWS_",
    "https://s3.amazonaws.com",
    ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"),
    (
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_TOKEN",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
    ),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_ENDPOINT_URL_STS", "AWS_METADATA_ENDPOINT"),
)
_GOOGLE = _Provider(
    "GOOGLE_", "https://storage.googleapis.com", ("GOOGLE_BASE_URL",), ("GOOGLE_BEARER_TOKEN",)
)
_AZURE = _Provider(
    "AZURE_",
    "https://account.blob.core.windows.net",
    ("AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT"),
    (
        "AZURE_STORAGE_ACCOUNT_NAME",
        "AZURE_STORAGE_ACCOUNT_KEY",
        "AZURE_STORAGE_ACCESS_KEY",
        "AZURE_STORAGE_SAS_KEY",
        "AZURE_STORAGE_SAS_TOKEN",
        "AZURE_STORAGE_TOKEN",
    ),
    ("AZURE_AUTHORITY_HOST", "AZURE_MSI_ENDPOINT"),
)
# By the first letter of a URL: s3, s3a; gs, gcs; az, abfs, adl, azure.
_PROVIDERS = {"s": _AWS, "g": _GOOGLE, "a": _AZURE}


def checked_client_config(scheme: str) -> ClientConfig:
    """Return the HTTP settings for the store of a URL's scheme.

    A server on this machine is reached without a proxy, and may be plain http.

    Raises:
        ConfigurationError: for a variable that cannot work.
    """
    config: ClientConfig = {
        "connect_timeout": f"{_CONNECT_SECONDS}s",
        "timeout": f"{_REQUEST_SECONDS}s",
        "allow_http": False,
    }
    provider = _PROVIDERS.get(scheme[:1])
    if provider is None:
        return config
    for name in provider.in_headers:
        if _NOT_IN_HEADERS.search(os.environ.get(name, "")):
            raise ConfigurationError(
                name,
                "must not contain white space, control characters or letters beyond ASCII (perhaps a line break "
                "from a file)",
            )
    servers = {name: value for name in provider.endpoints if (value := os.environ.get(name))}
    allow = f"{provider.prefix}ALLOW_HTTP"
    if os.environ.get(allow, "").lower() in {"1", "true", "yes", "on"}:
        config["allow_http"] = True
    for name, value in servers.items():
        _check_server(name, value, None if config["allow_http"] else allow)
        config["allow_http"] |= urlsplit(value).scheme == "http"
    for name in provider.identities:
        if value := os.environ.get(name):
            _check_server(name, value, None)
    server = next(iter(servers.values()), provider.server)
    host = httpx.URL(server).host
    proxy = None if is_loopback(host) else proxy_for(server)
    if proxy is not None and proxy.is_socks:
        raise ConfigurationError(
            proxy.variable,
            f"object stores are reached through HTTP proxies only, got {proxy.shown!r}; add {host} to NO_PROXY to "
            "connect directly",
        )
    if proxy is None and urllib.request.getproxies():
        # A proxy for nothing: otherwise obstore reads the variables itself, by other rules.
        config["proxy_url"], config["proxy_excludes"] = "http://localhost", _EVERYTHING
    return config


def _check_server(name: str, value: str, allow: str | None) -> None:
    """Raise ConfigurationError unless a server can be reached under this value.

    Args:
        allow: the variable that allows plain http; None if it is set.
    """
    shown = without_secrets(value)
    url = server_of(value, {"http", "https"})
    if url is None:
        raise ConfigurationError(name, f"expected a URL such as https://host:port, got {shown!r}")
    if url.userinfo:
        raise ConfigurationError(name, f"a URL holds no credentials, got {shown!r}")
    if allow is not None and url.scheme == "http" and not is_loopback(url.host):
        raise ConfigurationError(
            name, f"expected https for {url.host!r}; set {allow}=true if plain http is meant"
        )


def setting_error(text: str) -> ConfigurationError | None:
    """Return our exception for an obstore error that quotes the value of a variable, or is about one we know."""
    quoted = set(_QUOTED.findall(text))
    for name, value in os.environ.items():
        if name.startswith(tuple(provider.prefix for provider in _PROVIDERS.values())) and value in quoted:
            shown = without_secrets(value)
            return ConfigurationError(name, f"{shown!r} cannot be used ({text.replace(value, shown)})")
    for words, names in (
        (
            "Unable to decode service account",
            ("GOOGLE_SERVICE_ACCOUNT", "GOOGLE_SERVICE_ACCOUNT_KEY", "GOOGLE_APPLICATION_CREDENTIALS"),
        ),
        ("Invalid Access Key", ("AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_ACCESS_KEY")),
        ("No CA certificates", ("SSL_CERT_FILE", "SSL_CERT_DIR")),
    ):
        for name in names:
            if words in text and os.environ.get(name):
                return ConfigurationError(name, f"it cannot be used ({text})")
    return None

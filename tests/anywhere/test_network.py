"""Networks: keepalive, proxies, private certificates, addresses that lead nowhere, redirects.

The servers are on this machine, where a client goes past every proxy; so that it does not, tests of proxies resolve
Mixpanel's own host names to them.
"""

from __future__ import annotations

import asyncio
import datetime
import importlib.util
import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest

from mixpanel_export import (
    APIError,
    AsyncMixpanelClient,
    ConfigurationError,
    MixpanelClient,
    NetworkError,
    RetryPolicy,
    ServiceAccountAuth,
)
from mixpanel_export.http import proxies, sockets
from mixpanel_export.http.tls import tls_context
from mixpanel_export.sandbox import Sandbox
from tests.anywhere.certificates import DAY, Authority, tls_server
from tests.anywhere.proxies import Handshake, http_handshake, proxy, refuse, socks_handshake

AUTH = ServiceAccountAuth("user", "secret-of-the-user")
RETRY = RetryPolicy(attempts=4, initial_wait=0, max_wait=0)
VARIABLES = [f"{name}_PROXY" for name in ("HTTP", "HTTPS", "ALL", "NO")]
BUNDLES = ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSLKEYLOGFILE"]


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, *map(str.lower, VARIABLES), *BUNDLES):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.create(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def mixpanel(authority: Authority) -> Iterator[tuple[int, list[bytes]]]:
    """Start a TLS server with the certificate of mixpanel.com: its port, and the requests it received."""
    with tls_server(authority.server_context("mixpanel.com")) as (url, accepted):
        yield int(url.rsplit(":", 1)[1]), accepted


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, int]]:
    """Return the keepalive options of the sockets that clients have opened, read back from the kernel."""
    found: list[dict[str, int]] = []
    original = sockets._kept_alive

    def kept_alive(stream: Any) -> Any:
        original(stream)
        opened = stream.get_extra_info("socket")
        options = {"SO_KEEPALIVE": opened.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)}
        for name in ("TCP_KEEPIDLE", "TCP_KEEPALIVE", "TCP_KEEPINTVL", "TCP_KEEPCNT"):
            if hasattr(socket, name):
                options[name] = opened.getsockopt(socket.IPPROTO_TCP, getattr(socket, name))
        found.append(options)
        return stream

    monkeypatch.setattr(sockets, "_kept_alive", kept_alive)
    return found


DEFAULTS: dict[str, Any] = {"auth": AUTH, "project_id": 12345, "limits": None, "retry": RETRY}


def cohorts(**options: Any) -> object:
    with MixpanelClient(**{**DEFAULTS, **options}) as client:
        return client.cohorts.list()


async def acohorts(**options: Any) -> object:
    async with AsyncMixpanelClient(**{**DEFAULTS, **options}) as client:
        return await client.cohorts.list()


def project_of(sandbox: Sandbox) -> dict[str, Any]:
    """Return the arguments of a client of the sandbox's project."""
    return {
        "auth": sandbox.auth,
        "project_id": sandbox.credentials.project_id,
        "base_url": sandbox.url,
    }


def call(flavour: str, **options: Any) -> object:
    """List the cohorts with a client of one flavour."""
    return cohorts(**options) if flavour == "sync" else asyncio.run(acohorts(**options))


flavours = pytest.mark.parametrize("flavour", ["sync", "async"])


# Keepalive.


def check_keepalive(connected: list[dict[str, int]]) -> None:
    assert connected
    for options in connected:
        assert options.pop("SO_KEEPALIVE")
        idle = options.get("TCP_KEEPIDLE", options.get("TCP_KEEPALIVE"))
        assert idle is not None
        assert 0 < idle <= 60
        assert 0 < options["TCP_KEEPINTVL"] <= 15


@flavours
def test_direct_sockets_are_kept_alive(flavour: str, connected: list[dict[str, int]]) -> None:
    with Sandbox() as sandbox:
        assert call(flavour, **project_of(sandbox))
    check_keepalive(connected)


@flavours
@pytest.mark.parametrize(("scheme", "handshake"), [("http", http_handshake), ("socks5", socks_handshake)])
def test_sockets_to_proxies_are_kept_alive(
    flavour: str,
    scheme: str,
    handshake: Handshake,
    mixpanel: tuple[int, list[bytes]],
    authority: Authority,
    connected: list[dict[str, int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    port, accepted = mixpanel
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.bundle))
    with proxy(handshake, port) as (address, seen):
        monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://{address}")
        assert call(flavour) == []
    assert b"mixpanel.com" in seen[0]
    assert accepted[0].startswith(b"GET /api/query/cohorts/list") or accepted[0].startswith(b"POST")
    check_keepalive(connected)


def test_exports_use_kept_alive_sockets(connected: list[dict[str, int]]) -> None:
    with Sandbox() as sandbox, sandbox.client() as client:
        assert list(client.export.events("2024-01-01", "2024-01-01"))
    check_keepalive(connected)


# Proxies that cannot work.


@flavours
@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("HTTPS_PROXY", "ftp://proxy:21", "'ftp://proxy:21'"),
        ("https_proxy", "socks4://proxy", "'socks4://proxy'"),
        ("ALL_PROXY", "http://proxy:port", "'http://proxy:port'"),
        ("HTTPS_PROXY", "http://", "'http://'"),
        ("HTTPS_PROXY", "http://proxy:99999", "'http://proxy:99999'"),
        ("HTTPS_PROXY", "http://a..b:1", "'http://a..b:1'"),
        ("HTTPS_PROXY", "ftp://name:hidden@proxy", "'ftp://…@proxy'"),
        ("HTTPS_PROXY", "http://name:hid/den@proxy:1", "'http://…@proxy:1'; write the special characters"),
        ("HTTPS_PROXY", "name:1/hidden@proxy:1", "'…@proxy:1'"),
        ("ALL_PROXY", "socks5://name:1#hid@den@proxy:1", "'socks5://…@proxy:1'"),
        ("HTTPS_PROXY", "http://name:hidden\udcff@proxy:1", "'http://…@proxy:1'"),
        ("HTTPS_PROXY", "http://name:hidden%40proxy:1", "'http://…@proxy:1'"),
    ],
)
def test_unusable_proxies_are_named(
    flavour: str, variable: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError) as raised:
        call(flavour)
    assert str(raised.value).startswith(f"{variable}: expected a proxy such as http://host:port")
    assert words in str(raised.value)
    assert not re.search("hid|den", str(raised.value))


def test_socks_without_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://proxy:1080")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(
        ConfigurationError, match=r"ALL_PROXY: the SOCKS proxy .*mixpanel-export-sdk\[socks\]"
    ):
        cohorts()


@flavours
def test_proxies_that_refuse_credentials_are_named(
    flavour: str, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxy(refuse("407 Proxy Authentication Required"), 1) as (address, _):
        monkeypatch.setenv("HTTPS_PROXY", f"http://name:hidden@{address}")
        with pytest.raises(ConfigurationError, match=r"HTTPS_PROXY: .*407 Proxy Authentication") as raised:
            call(flavour)
    assert "hidden" not in str(raised.value)


@flavours
def test_proxies_that_refuse_the_server_are_named(
    flavour: str, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxy(refuse("403 Forbidden"), 1) as (address, _):
        monkeypatch.setenv("HTTPS_PROXY", f"http://{address}")
        with pytest.raises(
            ConfigurationError, match=r"refuses connections to mixpanel.com \(403 Forbidden\)"
        ):
            call(flavour)


@flavours
@pytest.mark.parametrize("scheme", ["http", "https", "socks5"])
def test_proxies_that_cannot_be_reached_are_named(
    flavour: str, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    monkeypatch.setenv("https_proxy", f"{scheme}://name:hid@den@{address}")
    words = re.escape(f"the proxy '{scheme}://…@{address}' in https_proxy cannot be reached: ")
    with pytest.raises(NetworkError, match=words) as raised:
        call(flavour)
    assert not re.search("hid|den", str(raised.value))


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "a..b", ".", "xn--.example", "example.com:0"])
def test_hosts_that_cannot_exist_are_refused(host: str) -> None:
    with pytest.raises(ConfigurationError, match=r"base_url: expected .*, got 'https://"):
        MixpanelClient(AUTH, project_id=1, base_url=f"https://{host}")


@flavours
def test_proxies_of_local_servers_are_ignored(flavour: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "ftp://unusable")
    with Sandbox() as sandbox:
        assert call(flavour, **project_of(sandbox))


@pytest.mark.parametrize(
    ("entries", "url"),
    [
        ("*", "https://mixpanel.com"),
        ("mixpanel.com", "https://mixpanel.com"),
        ("mixpanel.com", "https://data.mixpanel.com"),
        (".mixpanel.com", "https://data.mixpanel.com"),
        ("*.mixpanel.com", "https://data.mixpanel.com"),
        ("localhost, MIXPANEL.com.", "https://mixpanel.com"),
        ("localhost mixpanel.com", "https://mixpanel.com"),
        ("mixpanel.com:443", "https://mixpanel.com"),
        ("https://mixpanel.com", "https://mixpanel.com"),
        ("10.0.0.0/8", "https://10.1.2.3"),
        ("10.1.2.3", "https://10.1.2.3"),
        ("10.1.2.3:8443", "https://10.1.2.3:8443"),
        ("fd00::/8", "https://[fd00::1]"),
        ("::1", "https://[::1]"),
        ("[::1]", "https://[::1]"),
        ("[::1]:8443", "https://[::1]:8443"),
    ],
)
def test_no_proxy_entries_are_understood(entries: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("NO_PROXY", entries)
    assert proxies.proxy_for(url) is None


@pytest.mark.parametrize(
    "entries",
    ["", "fd00::/8", "[::1]", "[::1", "::/", "/", ":", "example.com", "anel.com", "mixpanel.com:80", "é"],
)
def test_other_no_proxy_entries_are_skipped(entries: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("NO_PROXY", entries)
    found = proxies.proxy_for("https://mixpanel.com")
    assert found is not None
    assert (found.variable, found.shown) == ("HTTPS_PROXY", "http://proxy:3128")
    MixpanelClient(AUTH, project_id=1).close()


# Certificates.


def test_certificates_may_be_in_several_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_DIR", os.pathsep.join([str(tmp_path / "gone"), str(tmp_path)]))
    tls_context()
    monkeypatch.setenv("SSL_CERT_DIR", os.pathsep.join([str(tmp_path / "gone"), str(tmp_path / "too")]))
    with pytest.raises(ConfigurationError, match=r"SSL_CERT_DIR: .*cannot be used"):
        tls_context()


@flavours
@pytest.mark.parametrize("variable", BUNDLES[:4])
def test_private_authorities_are_trusted(
    flavour: str, variable: str, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = authority.bundle
    if variable == "SSL_CERT_DIR":
        path = tmp_path
        _hash_into(tmp_path, authority.bundle)
    monkeypatch.setenv(variable, str(path))
    with tls_server(authority.server_context()) as (url, accepted):
        assert call(flavour, base_url=url) == []
    assert len(accepted) == 1


def _hash_into(folder: Path, bundle: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("needs the command openssl, to hash a certificate")
    name = subprocess.run(
        ["openssl", "x509", "-hash", "-noout", "-in", bundle], check=True, capture_output=True, text=True
    ).stdout.strip()
    (folder / f"{name}.0").write_bytes(bundle.read_bytes())


@flavours
def test_unknown_authorities_name_the_remedy(flavour: str, authority: Authority) -> None:
    with (
        tls_server(authority.server_context()) as (url, accepted),
        pytest.raises(ConfigurationError) as raised,
    ):
        call(flavour, base_url=url)
    assert len(accepted) == 1  # not retried
    assert str(raised.value).startswith("SSL_CERT_FILE: the certificate of 127.0.0.1 could not be verified")
    assert "set SSL_CERT_FILE to a PEM file" in str(raised.value)


def test_export_over_an_unknown_authority_stops(authority: Authority) -> None:
    with tls_server(authority.server_context()) as (url, accepted):
        client = MixpanelClient(AUTH, project_id=1, base_url=url)
        with client, pytest.raises(ConfigurationError, match="SSL_CERT_FILE"):
            list(client.export.events("2024-01-01", "2024-01-01"))
    assert len(accepted) == 1


@pytest.mark.parametrize(
    ("host", "valid", "words"),
    [
        ("127.0.0.1", -30 * DAY, "certificate has expired. Check this machine's clock"),
        ("example.com", 30 * DAY, "Something else answers under this name"),
    ],
)
def test_other_certificate_failures_name_their_remedy(
    host: str, valid: datetime.timedelta, words: str, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.bundle))
    server = tls_server(authority.server_context(host, valid=valid))
    with server as (url, _), pytest.raises(ConfigurationError) as raised:
        cohorts(base_url=url)
    assert words in str(raised.value)
    assert f"SSL_CERT_FILE={authority.bundle}" in str(raised.value)


@flavours
@pytest.mark.parametrize("variable", BUNDLES)
def test_stale_certificate_paths_are_named(
    flavour: str, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "/nowhere/ca.pem")
    with pytest.raises(ConfigurationError) as raised:
        call(flavour)
    assert str(raised.value).startswith(
        f"{variable}: '/nowhere/ca.pem' cannot be used: no such file or directory"
    )


def test_certificate_files_without_certificates_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "ca.pem"
    empty.write_text("no certificate")
    monkeypatch.setenv("SSL_CERT_FILE", str(empty))
    with pytest.raises(ConfigurationError, match="holds no certificates in PEM format"):
        cohorts()


@flavours
def test_plain_http_makes_no_tls_context(flavour: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/ca.pem")
    with Sandbox() as sandbox:
        monkeypatch.setattr(ssl, "SSLContext", None)
        assert call(flavour, **project_of(sandbox))


# Addresses.


def _resolve(monkeypatch: pytest.MonkeyPatch, host: str, addresses: list[str]) -> None:
    """Let a host name have these addresses, in this order."""
    original = socket.getaddrinfo

    def resolve(name: Any, port: Any, *args: Any, **options: Any) -> list[Any]:
        text = name.decode() if isinstance(name, bytes) else name
        if text != host:
            return original(name, port, *args, **options)
        return [
            (
                socket.AF_INET6 if ":" in address else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (address, int(port), 0, 0) if ":" in address else (address, int(port)),
            )
            for address in addresses
        ]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@flavours
def test_connections_fall_back_from_ipv6_to_ipv4(flavour: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _resolve(monkeypatch, "localhost", ["::1", "127.0.0.1"])
    with Sandbox() as sandbox:
        url = sandbox.url.replace("127.0.0.1", "localhost")
        assert call(flavour, **{**project_of(sandbox), "base_url": url})


def test_addresses_that_lead_nowhere_do_not_use_up_the_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    """One address of each family is tried by turns, and the family that answered comes first from then on."""
    tried: list[tuple[str, float | None]] = []

    class Network:
        def connect_tcp(self, host: str, port: int, timeout: float | None, *_: Any) -> Any:
            tried.append((host, timeout))
            if ":" in host:
                raise httpcore.ConnectTimeout
            return httpx.Client  # anything

        def sleep(self, seconds: float) -> None:
            raise AssertionError

    monkeypatch.setattr(sockets, "_kept_alive", lambda stream: stream)
    _resolve(monkeypatch, "host", ["fd00::1", "fd00::2", "10.0.0.1", "10.0.0.2"])
    backend = sockets._Backend(Network())  # type: ignore[arg-type]
    backend.connect_tcp("host", 443, timeout=20)
    assert [host for host, _ in tried] == ["fd00::1", "10.0.0.1"]
    assert all(timeout is not None and timeout <= 2.5 for _, timeout in tried)
    tried.clear()
    backend.connect_tcp("host", 443, timeout=20)
    assert [host for host, _ in tried] == ["10.0.0.1"]


# Redirects.


@flavours
def test_redirects_are_reported_and_not_followed(flavour: str) -> None:
    requests: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(302, headers={"location": "https://name:pw@login.example/sign-in?token=secret"})

    with pytest.raises(APIError) as raised:
        call(flavour, transport=httpx.MockTransport(respond))
    assert len(requests) == 1
    assert "It redirects to https://login.example/sign-in; redirects are not followed" in str(raised.value)
    assert "secret" not in str(raised.value)


def test_relative_redirects_are_resolved() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(301, headers={"location": "/elsewhere"}))
    with pytest.raises(APIError, match=r"It redirects to https://mixpanel\.com/elsewhere;"):
        cohorts(transport=transport)

"""Proxies that hang, refuse, are of another kind, or speak TLS: real ones, on this machine."""

from __future__ import annotations

import socket

import pytest

from mixpanel_export import (
    ConfigurationError,
    MixpanelClient,
    MixpanelError,
    NetworkError,
    RequestTimeoutError,
    RetryPolicy,
)
from tests.anywhere.certificates import Authority
from tests.anywhere.proxies import (
    Handshake,
    counted,
    http_handshake,
    keep_silent,
    proxy,
    refuse,
    say,
    socks_handshake,
)
from tests.anywhere.test_network import AUTH, authority, call, flavours, mixpanel, no_settings
from tests.waiting import ends_soon

__all__ = ["authority", "mixpanel", "no_settings"]

ONCE = RetryPolicy(attempts=1)
TWICE = RetryPolicy(attempts=2, initial_wait=0, max_wait=0)


@flavours
@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_a_silent_proxy_ends_in_a_timeout(flavour: str, scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with proxy(keep_silent, 1) as (address, _), ends_soon():
        monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://{address}")
        with pytest.raises(RequestTimeoutError) as raised:
            call(flavour, timeout=0.2, retry=ONCE)
    words = f"the proxy '{scheme}://{address}' in HTTPS_PROXY did not answer within 0.2 s"
    assert words in str(raised.value)


def test_an_export_through_a_silent_proxy_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second reply is the one that is missing."""

    def half(client: socket.socket) -> bytes:
        client.recv(262)
        client.sendall(b"\x05\x00")
        return keep_silent(client)

    with proxy(half, 1) as (address, _), ends_soon():
        monkeypatch.setenv("ALL_PROXY", f"socks5://{address}")
        client = MixpanelClient(AUTH, project_id=1, limits=None, retry=ONCE, timeout=0.2)
        with client, pytest.raises(MixpanelError, match="in ALL_PROXY did not answer within"):
            list(client.export.events("2024-01-01", "2024-01-01"))


@flavours
@pytest.mark.parametrize(
    ("value", "handshake", "words"),
    [
        ("socks5://{}", say(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "does not answer as a SOCKS5 proxy does"),
        ("socks5://{}", say(b"\x05\xff"), "wants credentials"),
        ("socks5://name:hidden@{}", say(b"\x05\xff"), "takes no user name and password"),
        ("socks5://name:hidden@{}", say(b"\x05\x02", b"\x01\x01"), "refused its credentials (status 1)"),
        ("socks5h://{}", say(b"\x05\x00", b"\x05\x02\x00\x01"), "refuses connections to mixpanel.com"),
        ("http://{}", say(b"\x05\xff"), "does not answer as an HTTP proxy does"),
        ("https://{}", say(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "fails to begin TLS"),
    ],
)
def test_proxies_that_refuse_are_named_and_asked_once(
    flavour: str, value: str, handshake: Handshake, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting, connections = counted(handshake)
    with proxy(counting, 1) as (address, _):
        monkeypatch.setenv("HTTPS_PROXY", value.format(address))
        with pytest.raises(ConfigurationError) as raised:
            call(flavour, timeout=20)
    shown = value.replace("name:hidden", "…").format(address)
    assert str(raised.value).startswith(f"HTTPS_PROXY: the proxy '{shown}' ")
    assert words in str(raised.value)
    assert len(connections) == 1


@flavours
@pytest.mark.parametrize(
    ("value", "handshake", "words"),
    [
        ("socks5://{}", say(b""), "closed the connection instead of an answer"),
        ("socks5://{}", say(b"\x05\x00", b"\x05\x04"), "cannot connect to mixpanel.com: host unreachable"),
        ("http://{}", say(b""), "closed the connection instead of an answer"),
        ("http://{}", refuse("502 Bad Gateway"), "cannot connect to mixpanel.com: 502 Bad Gateway"),
    ],
)
def test_proxies_that_fail_are_named_and_asked_again(
    flavour: str, value: str, handshake: Handshake, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting, connections = counted(handshake)
    with proxy(counting, 1) as (address, _):
        monkeypatch.setenv("HTTPS_PROXY", value.format(address))
        with pytest.raises(NetworkError) as raised:
            call(flavour, retry=TWICE, timeout=20)
    assert f"the proxy '{value.format(address)}' in HTTPS_PROXY {words}" in str(raised.value)
    assert len(connections) == 2


@flavours
def test_socks_replies_may_come_in_pieces(
    flavour: str, mixpanel: tuple[int, list[bytes]], authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, accepted = mixpanel
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.bundle))

    def bytewise(client: socket.socket) -> bytes:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        asked = b""
        for reply in (b"\x05\x02", b"\x01\x00", b"\x05\x00\x00\x03\x04host\x00\x50"):
            asked = client.recv(262)
            for at in range(len(reply)):
                client.sendall(reply[at : at + 1])
        return asked

    with proxy(bytewise, port) as (address, seen):
        monkeypatch.setenv("HTTPS_PROXY", f"socks5://name:hidden@{address}")
        assert call(flavour) == []
    assert b"mixpanel.com" in seen[0]
    assert len(accepted) == 1


@flavours
@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_proxies_with_tls_are_verified_like_servers(
    flavour: str,
    variable: str,
    mixpanel: tuple[int, list[bytes]],
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    port, accepted = mixpanel
    monkeypatch.setenv(variable, str(authority.bundle))
    with proxy(http_handshake, port, authority.server_context()) as (address, seen):
        monkeypatch.setenv("HTTPS_PROXY", f"https://name:hidden@{address}")
        assert call(flavour) == []
    assert seen[0].startswith(b"CONNECT mixpanel.com:443 HTTP/1.1")
    assert b"Proxy-Authorization" in seen[0]
    assert b"Proxy-Authorization" not in accepted[0]


@flavours
def test_refusals_inside_tls_are_named(
    flavour: str, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CURL_CA_BUNDLE", str(authority.bundle))
    with proxy(refuse("403 Forbidden"), 1, authority.server_context()) as (address, _):
        monkeypatch.setenv("HTTPS_PROXY", f"https://{address}")
        with pytest.raises(ConfigurationError, match=r"HTTPS_PROXY: the proxy 'https://.*403 Forbidden"):
            call(flavour)


@flavours
def test_unknown_authorities_of_proxies_name_the_proxy(
    flavour: str, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxy(http_handshake, 1, authority.server_context()) as (address, _):
        monkeypatch.setenv("HTTPS_PROXY", f"https://name:hidden@{address}")
        with pytest.raises(ConfigurationError) as raised:
            call(flavour)
    assert str(raised.value).startswith(
        f"SSL_CERT_FILE: the certificate of the proxy 'https://…@{address}' in HTTPS_PROXY could not be verified"
    )


@flavours
def test_certificates_behind_a_proxy_name_the_server(
    flavour: str, mixpanel: tuple[int, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, _ = mixpanel
    for scheme, handshake in (("http", http_handshake), ("socks5", socks_handshake)):
        with proxy(handshake, port) as (address, _):
            monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://{address}")
            with pytest.raises(ConfigurationError, match=r"SSL_CERT_FILE: the certificate of mixpanel\.com"):
                call(flavour)


def test_long_socks_credentials_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", f"socks5://name:{'hidden' * 50}@proxy")
    with pytest.raises(ConfigurationError, match="takes a user name and a password of at most 255") as raised:
        MixpanelClient(AUTH, project_id=1)
    assert "hidden" not in str(raised.value)


@flavours
def test_connections_that_drop_behind_a_proxy_name_it(flavour: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connected = b"\x05\x00\x00\x01" + bytes(6)
    for scheme, handshake in (
        ("http", say(b"HTTP/1.1 200 OK\r\n\r\n", b"")),
        ("socks5", say(b"\x05\x00", connected, b"")),
    ):
        with proxy(handshake, 1) as (address, _):
            monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://{address}")
            with pytest.raises(NetworkError) as raised:
                call(flavour, retry=ONCE, timeout=20)
        assert f", through the proxy '{scheme}://{address}' in HTTPS_PROXY (" in str(raised.value)
        assert "timed out" not in str(raised.value)

"""A proxy's answers, in any pieces and of any kind, are a tunnel or an error that names the proxy. Pure."""

from __future__ import annotations

from itertools import pairwise

import httpcore
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixpanel_export import ConfigurationError
from mixpanel_export.http.handshake import Handshake
from mixpanel_export.http.proxies import EnvironmentProxy

CONNECTED = b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50"


def proxy_at(url: str) -> EnvironmentProxy:
    scheme, _, rest = url.partition("://")
    shown = f"{scheme}://{rest.rpartition('@')[2]}"
    return EnvironmentProxy("HTTPS_PROXY", shown, "mixpanel.com", httpx.Proxy(url))


def shake(url: str, *pieces: bytes) -> list[bytes]:
    """Return the replies in these pieces, of which no more is taken than asked for."""
    handshake = Handshake(proxy_at(url), None)
    stream = b"".join(pieces)
    ends = [sum(map(len, pieces[:count])) for count in range(len(pieces) + 1)]
    replies: list[bytes] = []
    at, received = 0, b""
    while True:
        reply = handshake.reply(received)
        if isinstance(reply, bytes):
            replies.append(reply)
            received = b""
            if at == len(stream):
                return replies
            continue
        assert reply > 0
        end = next((end for end in ends if end > at), len(stream))
        more = stream[at : min(at + reply, end)]
        if not more:
            raise handshake.closed()
        received, at = received + more, at + len(more)


def refused(url: str, *pieces: bytes) -> str:
    with pytest.raises((ConfigurationError, httpcore.ProxyError, httpcore.ConnectError)) as raised:
        shake(url, *pieces)
    is_setting = isinstance(raised.value, ConfigurationError)
    start = "HTTPS_PROXY: the proxy '" if is_setting else "the proxy '"
    assert str(raised.value).startswith(start)
    assert "hidden" not in str(raised.value)
    return f"{type(raised.value).__name__} {raised.value}"


def test_a_socks_reply_may_come_in_any_pieces() -> None:
    name = b"\x05\x00\x00\x03\x04host\x00\x50"
    ipv6 = b"\x05\x00\x00\x04" + bytes(18)
    for connected in (CONNECTED, name, ipv6):
        for url, replies in (
            ("socks5://proxy", [b"\x05\x00", connected]),
            ("socks5h://name:hidden@proxy", [b"\x05\x02", b"\x01\x00", connected]),
        ):
            whole = b"".join(replies)
            expected = [*replies[:-1], b"\x05\x00\x00\x01" + bytes(6)]
            assert shake(url, *replies) == expected
            assert shake(url, whole) == expected
            assert shake(url, *(whole[at : at + 1] for at in range(len(whole)))) == expected


def test_a_status_line_may_come_in_any_pieces() -> None:
    answer = b"HTTP/1.1 200 OK\r\n\r\n"
    for cuts in ([], [1], [4, 5], list(range(1, 17))):
        pieces = [answer[first:last] for first, last in pairwise([0, *cuts, len(answer)])]
        assert b"".join(shake("http://proxy", *pieces)) == answer


def test_refusals_of_socks_proxies_are_settings() -> None:
    plain, named = "socks5://proxy", "socks5://name:hidden@proxy"
    for url, pieces, words in (
        (plain, [b"\x05\xff"], "wants credentials; write them as socks5://user:password@host:port"),
        (plain, [b"\x05\x02"], "wants credentials"),
        (named, [b"\x05\xff"], "takes no user name and password; write socks5://host:port"),
        (named, [b"\x05\x02", b"\x01\x01"], "refused its credentials (status 1); write them as socks5://"),
        (plain, [b"\x05\x00", b"\x05\x02"], "refuses connections to mixpanel.com (not allowed by its rules)"),
        (plain, [b"\x05\x00", b"\x05\x08\x00\x01"], "(address type not supported)"),
        (plain, [b"HTTP/1.1 400 Bad Request\r\n"], "does not answer as a SOCKS5 proxy does"),
        (plain, [b"\x04\x5a"], "does not answer as a SOCKS5 proxy does"),
        (named, [b"\x05\x02", b"\x05\x00"], "does not answer as a SOCKS5 proxy does"),
        (plain, [b"\x05\x00", b"\x05\x00\x00\x09\x00"], "does not answer as a SOCKS5 proxy does"),
        (plain, [b"\x05\x00", b"\x00"], "does not answer as a SOCKS5 proxy does"),
    ):
        message = refused(url, *pieces)
        assert message.startswith("ConfigurationError"), message
        assert words in message


def test_failures_behind_socks_proxies_pass() -> None:
    for code, words in ((1, "general failure"), (4, "host unreachable"), (66, "error 66")):
        message = refused("socks5://proxy", b"\x05\x00", bytes([5, code]))
        assert message == (
            f"ProxyError the proxy 'socks5://proxy' in HTTPS_PROXY cannot connect to mixpanel.com: {words}"
        )
    for pieces in ([], [b"\x05"], [b"\x05\x00", CONNECTED[:-1]]):
        assert "closed the connection" in refused("socks5://proxy", *pieces)


def test_answers_of_http_proxies_are_told_apart() -> None:
    for status, words in (
        (b"407 Authentication hidden", "refused its credentials (407 Authentication [redacted])"),
        (b"403 Forbidden", "refuses connections to mixpanel.com (403 Forbidden)"),
        (b"302 Found", "refuses connections to mixpanel.com (302 Found)"),
        (b"501 Not implemented", "refuses connections to mixpanel.com (501 Not implemented)"),
    ):
        message = refused("http://name:hidden@proxy", b"HTTP/1.1 " + status + b"\r\n\r\n")
        assert message.startswith("ConfigurationError")
        assert words in message
    for passing in ("429 Slow down", "502 Bad Gateway", "503", "999 x"):
        message = refused("http://proxy", f"HTTP/1.1 {passing}\r\n\r\n".encode())
        assert message.startswith("ProxyError")
        assert message.endswith(f"cannot connect to mixpanel.com: {passing}")
    for other in (
        b"\x05\xff",
        b"\x15\x03\x01\x00\x02\x02\x46",
        b"220 mail\r\n",
        b"HTTP\n",
        b"HTTP/1.1 OK\r\n",
    ):
        assert "does not answer as an HTTP proxy does" in refused("http://proxy", other)


@given(url=st.sampled_from(["http://proxy", "socks5://proxy", "socks5://name:pw@proxy"]), data=st.data())
def test_no_answer_escapes(url: str, data: st.DataObject) -> None:
    start = data.draw(st.sampled_from([b"", b"\x05\x00", b"\x05\x02\x01\x00", b"HTTP/1.1 "]))
    pieces = data.draw(st.lists(st.binary(min_size=1, max_size=12), max_size=4))
    try:
        shake(url, *filter(None, [start]), *pieces)
    except (ConfigurationError, httpcore.ProxyError, httpcore.ConnectError) as error:
        assert "'" + url.partition(":")[0] in str(error)  # noqa: PT017


def test_all_answers_share_one_timeout() -> None:
    now = 100.0
    handshake = Handshake(proxy_at("socks5://proxy"), 20.0, lambda: now)
    assert handshake.left() == 20.0
    now += 19.0
    assert handshake.left() == 1.0
    now += 1.0
    with pytest.raises(httpcore.ConnectTimeout, match="in HTTPS_PROXY did not answer within 20 s"):
        handshake.left()
    assert Handshake(proxy_at("socks5://proxy"), None).left() is None

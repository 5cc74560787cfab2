"""The beginning of a connection through a proxy: bounded in time, checked, and blamed on the proxy by its name.

httpcore waits for the replies of a SOCKS proxy without end, expects each in one piece, and lets the errors of
socksio pass. Pure, except for the clock: the streams of `streams` read and write.
"""

from __future__ import annotations

import contextlib
import re
import ssl
import time
from collections.abc import Callable, Generator

import httpcore

from mixpanel_export._causes import causes_of
from mixpanel_export._text import shortened
from mixpanel_export.errors import ConfigurationError
from mixpanel_export.http.proxies import EnvironmentProxy
from mixpanel_export.http.tls import certificate_error

__all__ = ["Handshake"]

_READ_BYTES = 1 << 16
_STATUS_LINE = re.compile(rb"HTTP/\d\.\d +(\d{3})\b([^\r\n]*)\r?\n")
# These pass; any other 4xx would be answered again.
_PASSING = {408, 425, 429}

_SOCKS5 = b"\x05"
_SOCKS5_CREDENTIALS = b"\x01"
# The methods that we offer, one of them.
_NOTHING, _PASSWORD = 0, 2
# The lengths of a reply, by the type of the address in it. That of a name begins with its length.
_LENGTHS = {1: 10, 4: 22}
_NAME = 3
# In place of a reply with an address, which nobody needs.
_CONNECTED = b"\x05\x00\x00\x01" + bytes(6)
_REFUSALS = {2: "not allowed by its rules", 7: "command not supported", 8: "address type not supported"}
_FAILURES = {
    1: "general failure",
    3: "network unreachable",
    4: "host unreachable",
    5: "connection refused",
    6: "TTL expired",
}


class Handshake:
    """The answers of a proxy, until TLS with the server begins.

    Args:
        timeout: the seconds that they may take in all; None for any number.
    """

    def __init__(
        self, proxy: EnvironmentProxy, timeout: float | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._proxy = proxy
        self._timeout = timeout
        self._clock = clock
        self._began = clock()
        self._takes_tls = proxy.proxy.url.scheme == "https"
        self._reply = self._method if proxy.is_socks else self._status_line

    def left(self) -> float | None:
        """Return the seconds to wait for the proxy; None for any number.

        Raises:
            httpcore.ConnectTimeout: when none are left.
        """
        if self._timeout is None:
            return None
        left = self._began + self._timeout - self._clock()
        if left <= 0:
            raise self._silent()
        return left

    def reply(self, received: bytes) -> bytes | int:
        """Return the reply that was received, or how many more bytes to read for it.

        Raises:
            ConfigurationError: when the proxy refuses, or is no proxy of this kind.
            httpcore.ProxyError: when it cannot connect to the server.
        """
        return self._reply(received)

    def closed(self) -> httpcore.ConnectError:
        """Return the error for a proxy that hangs up."""
        return httpcore.ConnectError(f"{self._proxy} closed the connection instead of an answer")

    @contextlib.contextmanager
    def named(self) -> Generator[None]:
        """Name the proxy in errors of reading from it and of writing to it."""
        try:
            yield
        except httpcore.ConnectError:
            raise
        except httpcore.TimeoutException as error:
            raise self._silent() from error
        except httpcore.NetworkError as error:
            raise httpcore.ConnectError(f"{self._proxy} broke the connection off: {_words(error)}") from error

    def begin_tls(self) -> bool:
        """Return True if it is with the proxy that TLS begins now, and False if it is with the server."""
        takes_tls, self._takes_tls = self._takes_tls, False
        return takes_tls

    @contextlib.contextmanager
    def securing(self) -> Generator[None]:
        """Name the proxy in errors of TLS with it."""
        try:
            yield
        except httpcore.ConnectTimeout as error:
            raise self._silent() from error
        except httpcore.ConnectError as error:
            setting = certificate_error(error, str(self._proxy)) or self._tls_error(error)
            if setting is not None:
                raise setting from None
            raise httpcore.ConnectError(f"{self._proxy} broke the connection off: {_words(error)}") from error

    @contextlib.contextmanager
    def led(self) -> Generator[None]:
        """Name the proxy in errors of TLS with the server: it may be what drops the connection."""
        try:
            yield
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            raise type(error)(f"{_words(error)}, through {self._proxy}") from error

    def _tls_error(self, error: httpcore.ConnectError) -> ConfigurationError | None:
        for cause in causes_of(error):
            if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError):
                return self._proxy.unusable(
                    f"fails to begin TLS ({cause.reason or cause}); if it takes plain HTTP, write "
                    "http://host:port"
                )
        return None

    def _silent(self) -> httpcore.ConnectTimeout:
        return httpcore.ConnectTimeout(f"{self._proxy} did not answer within {self._timeout:g} s")

    def _failure(self, reason: str) -> httpcore.ProxyError:
        return httpcore.ProxyError(f"{self._proxy} cannot connect to {self._proxy.target}: {reason}")

    # HTTP.

    def _status_line(self, received: bytes) -> bytes | int:
        status_line = _STATUS_LINE.match(received)
        if status_line is None:
            is_beginning = b"HTTP/".startswith(received[:5]) and b"\n" not in received
            if is_beginning and len(received) < _READ_BYTES:
                return _READ_BYTES
            raise self._proxy.unusable(
                "does not answer as an HTTP proxy does; if it is a SOCKS proxy, write socks5://host:port"
            )
        status = int(status_line[1])
        phrase = status_line[2].decode("ascii", "ignore").strip()
        reason = shortened(self._proxy.redact(f"{status} {phrase}".rstrip()))
        if status == 407:
            raise self._proxy.refused_credentials(reason)
        if (300 <= status < 500 and status not in _PASSING) or status == 501:
            raise self._proxy.refused_target(reason)
        if status >= 500 or status in _PASSING:
            raise self._failure(reason)
        self._reply = self._anything
        return received

    def _anything(self, received: bytes) -> bytes | int:
        return received or _READ_BYTES

    # SOCKS5 (RFC 1928 and 1929).

    def _method(self, received: bytes) -> bytes | int:
        if missing := self._missing(received, _SOCKS5):
            return missing
        offered = _NOTHING if self._proxy.proxy.auth is None else _PASSWORD
        if received[1] != offered:
            raise self._proxy.unusable(
                "wants credentials; write them as socks5://user:password@host:port"
                if offered == _NOTHING
                else "takes no user name and password; write socks5://host:port"
            )
        self._reply = self._connected if offered == _NOTHING else self._credentials
        return received

    def _credentials(self, received: bytes) -> bytes | int:
        if missing := self._missing(received, _SOCKS5_CREDENTIALS):
            return missing
        if received[1]:
            raise self._proxy.refused_credentials(f"status {received[1]}")
        self._reply = self._connected
        return received

    def _connected(self, received: bytes) -> bytes | int:
        if missing := self._missing(received, _SOCKS5):
            return missing
        # A failure may come without the rest.
        if (code := received[1]) in _REFUSALS:
            raise self._proxy.refused_target(_REFUSALS[code])
        if code:
            raise self._failure(_FAILURES.get(code, f"error {code}"))
        if len(received) < 5:
            return 5 - len(received)
        length = 7 + received[4] if received[3] == _NAME else _LENGTHS.get(received[3])
        if length is None:
            raise self._no_socks()
        return length - len(received) or _CONNECTED

    def _missing(self, received: bytes, version: bytes) -> int:
        """Return how many of a reply's first two bytes, its version and its status, are still to come."""
        if not version.startswith(received[:1]):
            raise self._no_socks()
        return max(0, 2 - len(received))

    def _no_socks(self) -> ConfigurationError:
        return self._proxy.unusable(
            "does not answer as a SOCKS5 proxy does; if it is an HTTP proxy, write http://host:port"
        )


def _words(error: Exception) -> str:
    """Return the text of an error; those of asyncio have none."""
    is_timeout = isinstance(error, httpcore.TimeoutException)
    return str(error) or ("timed out" if is_timeout else "the connection was closed")

"""Transports that stay alive through a NAT, fall back from IPv6 to IPv4, and name failing proxies.

Keepalive matters for exports: Mixpanel may take minutes to send the first byte, and many NATs and load balancers
silently drop a connection that is idle for two to six minutes. Set on the socket itself, because httpcore hands
socket options neither to an HTTP proxy's connections nor to a SOCKS proxy's.
"""

# httpx has no public way to its pool of connections.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Generator, Iterable
from typing import Any, TypeVar, cast

import httpcore
import httpx

from mixpanel_export.http.handshake import Handshake
from mixpanel_export.http.proxies import EnvironmentProxy
from mixpanel_export.http.streams import AsyncStream, AsyncTunnel, Stream, Tunnel

__all__ = ["async_transport", "transport"]

S = TypeVar("S", httpcore.NetworkStream, httpcore.AsyncNetworkStream)

_IDLE_SECONDS = 60
_INTERVAL_SECONDS = 15
_PROBES = 4
# Linux and Windows name the idle time TCP_KEEPIDLE, macOS TCP_KEEPALIVE.
_KEEP_ALIVE = [
    (getattr(socket, name), value)
    for name, value in (
        ("TCP_KEEPIDLE", _IDLE_SECONDS),
        ("TCP_KEEPALIVE", _IDLE_SECONDS),
        ("TCP_KEEPINTVL", _INTERVAL_SECONDS),
        ("TCP_KEEPCNT", _PROBES),
    )
    if hasattr(socket, name)
]
# How long an address may take when there are others; a lost SYN is sent again after one second.
_NEXT_ADDRESS_AFTER = 2.5


def transport(
    limits: httpx.Limits, tls: ssl.SSLContext | None, proxy: EnvironmentProxy | None = None
) -> httpx.HTTPTransport:
    """Return a transport; without `tls`, one for plain http."""
    made = httpx.HTTPTransport(
        verify=_verify(tls), trust_env=False, limits=limits, proxy=proxy.with_tls(tls) if proxy else None
    )
    made._pool._network_backend = _Backend(made._pool._network_backend, proxy)
    return made


def async_transport(
    limits: httpx.Limits, tls: ssl.SSLContext | None, proxy: EnvironmentProxy | None = None
) -> httpx.AsyncHTTPTransport:
    """Return an asynchronous transport; without `tls`, one for plain http."""
    made = httpx.AsyncHTTPTransport(
        verify=_verify(tls), trust_env=False, limits=limits, proxy=proxy.with_tls(tls) if proxy else None
    )
    made._pool._network_backend = _AsyncBackend(made._pool._network_backend, proxy)
    return made


def _verify(tls: ssl.SSLContext | None) -> ssl.SSLContext:
    # With None, httpx makes no context, which would read all certificates; httpcore makes a verifying one if it
    # ever needs one.
    return cast("ssl.SSLContext", tls)


class _Backend(httpcore.NetworkBackend):
    """Connects to one address of a host after the other, the families by turns."""

    def __init__(self, inner: httpcore.NetworkBackend, proxy: EnvironmentProxy | None = None) -> None:
        self._inner = inner
        self._proxy = proxy
        # Put first next time, so that only the first connection waits for a family that leads nowhere.
        self._good_family: int | None = None

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        with _naming(self._proxy):
            stream = _kept_alive(self._connect(host, port, timeout, local_address, socket_options))
        return Tunnel(stream, Handshake(self._proxy, timeout)) if self._proxy else Stream(stream)

    def _connect(
        self,
        host: str,
        port: int,
        timeout: float | None,
        local_address: str | None,
        socket_options: Iterable[Any] | None,
    ) -> httpcore.NetworkStream:
        deadline = time.monotonic() + timeout if timeout is not None else None
        addresses = self._addresses(host, port)
        for family, address in addresses[:-1]:
            left = _NEXT_ADDRESS_AFTER
            if deadline is not None:
                left = max(min(left, deadline - time.monotonic()), 0.001)
            with contextlib.suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                stream = self._inner.connect_tcp(address, port, left, local_address, socket_options)
                self._good_family = family
                return stream
        family, address = addresses[-1]
        if deadline is not None:
            timeout = max(deadline - time.monotonic(), 0.001)
        stream = self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
        self._good_family = family
        return stream

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        return self._inner.connect_unix_socket(path, timeout, socket_options)

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)

    def _addresses(self, host: str, port: int) -> list[tuple[int | None, str]]:
        """Return the addresses of a host; its name when there is no more than one, or it cannot be resolved."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            return [(None, host)]
        families = list(dict.fromkeys(entry[0] for entry in found))
        families.sort(key=lambda family: family != self._good_family)
        by_family = [
            [(family, str(entry[4][0])) for entry in found if entry[0] == family] for family in families
        ]
        turns = max(map(len, by_family), default=0)
        addresses = [listed[turn] for turn in range(turns) for listed in by_family if turn < len(listed)]
        return list(dict.fromkeys(addresses)) if len(addresses) > 1 else [(None, host)]


class _AsyncBackend(httpcore.AsyncNetworkBackend):
    """Connects as httpcore does: by anyio, whose connections race the addresses of a host."""

    def __init__(self, inner: httpcore.AsyncNetworkBackend, proxy: EnvironmentProxy | None = None) -> None:
        self._inner = inner
        self._proxy = proxy

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        with _naming(self._proxy):
            stream = _kept_alive(
                await self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
            )
        return AsyncTunnel(stream, Handshake(self._proxy, timeout)) if self._proxy else AsyncStream(stream)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return await self._inner.connect_unix_socket(path, timeout, socket_options)

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


@contextlib.contextmanager
def _naming(proxy: EnvironmentProxy | None) -> Generator[None]:
    """Say that it is the proxy that cannot be reached: the server behind it may be well."""
    try:
        yield
    except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
        if proxy is None:
            raise
        raise type(error)(f"{proxy} cannot be reached: {str(error) or 'timed out'}") from error


def _kept_alive(stream: S) -> S:
    """Switch keepalive on, as far as the system has it."""
    connected = stream.get_extra_info("socket")
    if connected is not None:
        with contextlib.suppress(OSError):
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in _KEEP_ALIVE:
            with contextlib.suppress(OSError):
                connected.setsockopt(socket.IPPROTO_TCP, option, value)
    return stream

"""Connections that keep the deadline of an attempt, once a proxy, if any, has led them to the server."""

from __future__ import annotations

import ssl
from typing import Any

import httpcore

from mixpanel_export.http.deadline import current_deadline
from mixpanel_export.http.handshake import Handshake

__all__ = ["AsyncStream", "AsyncTunnel", "Stream", "Tunnel"]


class Stream(httpcore.NetworkStream):
    """A connection that keeps the deadline of the attempt that reads from it; see `deadline`."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        deadline = current_deadline()
        if deadline is None:
            return self._inner.read(max_bytes, timeout)
        try:
            return self._inner.read(max_bytes, deadline.left(timeout))
        except httpcore.ReadTimeout:
            # Says more about a deadline that has passed.
            deadline.left(timeout)
            raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return Stream(self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class AsyncStream(httpcore.AsyncNetworkStream):
    """An asynchronous connection that keeps deadlines, as `Stream` does."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        deadline = current_deadline()
        if deadline is None:
            return await self._inner.read(max_bytes, timeout)
        try:
            return await self._inner.read(max_bytes, deadline.left(timeout))
        except httpcore.ReadTimeout:
            deadline.left(timeout)
            raise

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        return AsyncStream(await self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class Tunnel(Stream):
    """A connection to a proxy, until TLS with the server begins."""

    def __init__(self, inner: httpcore.NetworkStream, handshake: Handshake) -> None:
        super().__init__(inner)
        self._handshake = handshake

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        received = b""
        try:
            with self._handshake.named():
                while isinstance(reply := self._handshake.reply(received), int):
                    more = self._inner.read(reply, self._handshake.left())
                    if not more:
                        raise self._handshake.closed()
                    received += more
                return reply
        except Exception:
            # httpcore forgets a connection to a SOCKS proxy that fails.
            self.close()
            raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with self._handshake.named():
            self._inner.write(buffer, self._handshake.left())

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        if not self._handshake.begin_tls():
            with self._handshake.led():
                return super().start_tls(ssl_context, server_hostname, timeout)
        with self._handshake.securing():
            return Tunnel(self._inner.start_tls(ssl_context, server_hostname, timeout), self._handshake)


class AsyncTunnel(AsyncStream):
    """An asynchronous connection to a proxy, until TLS with the server begins."""

    def __init__(self, inner: httpcore.AsyncNetworkStream, handshake: Handshake) -> None:
        super().__init__(inner)
        self._handshake = handshake

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        received = b""
        try:
            with self._handshake.named():
                while isinstance(reply := self._handshake.reply(received), int):
                    more = await self._inner.read(reply, self._handshake.left())
                    if not more:
                        raise self._handshake.closed()
                    received += more
                return reply
        except Exception:
            await self.aclose()
            raise

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        with self._handshake.named():
            await self._inner.write(buffer, self._handshake.left())

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        if not self._handshake.begin_tls():
            with self._handshake.led():
                return await super().start_tls(ssl_context, server_hostname, timeout)
        with self._handshake.securing():
            inner = await self._inner.start_tls(ssl_context, server_hostname, timeout)
            return AsyncTunnel(inner, self._handshake)

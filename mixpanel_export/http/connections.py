"""The connections of a client: httpx clients that are never shared with a forked child.

After a fork, parent and child have the same sockets, and each would read the other's answers. So a child gives up
the parent's connections and starts with none. It must not end them either: closing a descriptor leaves the parent's
open and sends nothing, while a shutdown or TLS's close_notify would reach the server.
"""

# httpx has no public way to its pool of connections.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import copy
import ssl
import threading
import warnings
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import httpx

from mixpanel_export._process import notify_after_fork
from mixpanel_export.errors import MixpanelError
from mixpanel_export.http import sockets
from mixpanel_export.http.context import Context
from mixpanel_export.http.proxies import EnvironmentProxy, proxy_for
from mixpanel_export.http.servers import Servers
from mixpanel_export.http.tls import tls_context

__all__ = ["AsyncConnections", "Connections", "open_async_connections", "open_connections"]

H = TypeVar("H", bound=httpx.Client | httpx.AsyncClient)

# gzip is the only encoding whose end is verified.
_HEADERS = {"User-Agent": "mixpanel-export-sdk (Python; httpx)", "Accept-Encoding": "gzip"}
_KEEP_ALIVE = httpx.Limits(max_connections=None, max_keepalive_connections=20)
# An export's connection serves one request: an idle one is often cut by the other side when it is needed again.
_NO_KEEP_ALIVE = httpx.Limits(max_connections=None, max_keepalive_connections=0)

_WITHOUT_SOCKETS = (httpx.MockTransport, httpx.WSGITransport, httpx.ASGITransport)

# Asynchronous connections of parents: never closed nor collected here, because their event loop would do it, by
# an epoll descriptor that it shares with the parent's.
_inherited: list[object] = []


class _Connections(Generic[H]):
    """The httpx client behind a Mixpanel client, replaced after a fork."""

    def __init__(self, make: Callable[[], H], transport: object) -> None:
        self._make: Callable[[], H] = make
        self._transport = transport
        self._lock = threading.Lock()
        self._http: H | None = make()
        self._is_closed = False
        self._is_unusable = False
        notify_after_fork(self)

    @property
    def http(self) -> H:
        """The httpx client, with connections of this process only."""
        self.check()
        with self._lock:
            if self._http is None:
                self._http = self._make()
            return self._http

    def check(self) -> None:
        """Raise MixpanelError when the client is closed, or cannot be used after a fork."""
        if self._is_closed:
            raise MixpanelError("the client is closed; create a new one and keep it open while it is used")
        if self._is_unusable:
            raise MixpanelError(
                "the client's transport= may hold connections of the process that this one was forked from; "
                "create the client in this process"
            )

    def after_fork(self) -> None:
        """Give up the parent's connections; called in the child."""
        self._lock = threading.Lock()
        http, self._http = self._http, None
        if isinstance(http, httpx.AsyncClient):
            _inherited.append(http)
        # Collecting the sockets closes this process's descriptors only, but Python warns about it.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            if self._transport is not None and not isinstance(self._transport, _WITHOUT_SOCKETS):
                self._is_unusable = not _renew(self._transport)
            del http

    def _take(self) -> H | None:
        self._is_closed = True
        with self._lock:
            http, self._http = self._http, None
            return http


class Connections(_Connections[httpx.Client]):
    """The connections of synchronous calls and of exports."""

    def close(self) -> None:
        """Close the connections; any further call raises."""
        if (http := self._take()) is not None:
            http.close()


class AsyncConnections(_Connections[httpx.AsyncClient]):
    """The connections of asynchronous calls."""

    async def aclose(self) -> None:
        """Close the connections; any further call raises."""
        if (http := self._take()) is not None:
            await http.aclose()


def open_connections(context: Context, given: httpx.BaseTransport | None, *, keep_alive: bool) -> Connections:
    """Return the connections of synchronous calls.

    Args:
        given: the transport to use instead of ours.

    Raises:
        ConfigurationError: when a proxy or the certificates that the environment names cannot be used.
    """
    limits = _KEEP_ALIVE if keep_alive else _NO_KEEP_ALIVE

    def make() -> httpx.Client:
        if given is not None:
            return httpx.Client(transport=given, **_options(context))
        mounts = {url: sockets.transport(limits, tls, proxy) for url, tls, proxy in _routes(context.servers)}
        return httpx.Client(mounts=mounts, transport=next(iter(mounts.values())), **_options(context))

    return Connections(make, given)


def open_async_connections(context: Context, given: httpx.AsyncBaseTransport | None) -> AsyncConnections:
    """Return the connections of asynchronous calls, as `open_connections` does."""

    def make() -> httpx.AsyncClient:
        if given is not None:
            return httpx.AsyncClient(transport=given, **_options(context))
        mounts = {
            url: sockets.async_transport(_KEEP_ALIVE, tls, proxy)
            for url, tls, proxy in _routes(context.servers)
        }
        return httpx.AsyncClient(mounts=mounts, transport=next(iter(mounts.values())), **_options(context))

    return AsyncConnections(make, given)


def _options(context: Context) -> dict[str, Any]:
    # Redirects are not followed: credentials go to Mixpanel's own servers only.
    return {"auth": context.auth, "headers": _HEADERS, "trust_env": False, "follow_redirects": False}


def _routes(servers: Servers) -> list[tuple[str, ssl.SSLContext | None, EnvironmentProxy | None]]:
    """Return the origin of each server, with the TLS context and the proxy that lead to it."""
    routes: dict[str, tuple[ssl.SSLContext | None, EnvironmentProxy | None]] = {}
    for server in (servers.rest, servers.data):
        url = httpx.URL(server)
        # A proxy of the environment would be handed credentials in clear on the way to plain http.
        found = None if servers.are_local else proxy_for(server)
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        routes[origin] = tls_context() if url.scheme == "https" else None, found
    return [(origin, tls, proxy) for origin, (tls, proxy) in routes.items()]


def _renew(transport: Any) -> bool:
    """Give a transport of httpx an empty pool with the same settings; False for any other transport."""
    if type(transport) not in (httpx.HTTPTransport, httpx.AsyncHTTPTransport):
        return False
    try:
        pool = copy.copy(transport._pool)
        if not isinstance(pool._connections, list) or not isinstance(pool._requests, list):
            return False
        pool._optional_thread_lock = type(pool._optional_thread_lock)()
        pool._connections, pool._requests = [], []
    except AttributeError:
        # Another version of httpcore.
        return False
    if type(transport) is httpx.AsyncHTTPTransport:
        _inherited.append(vars(transport)["_pool"])
    setattr(transport, "_pool", pool)  # noqa: B010
    return True

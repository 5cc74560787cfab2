"""Servers that are not Mixpanel's, for endpoints of a company; see `codegen.endpoints` for who names them.

Each has separate settings and connections: certificates, proxies and budgets depend on the host.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from attrs import evolve, field, frozen

from mixpanel_export.errors import ConfigurationError
from mixpanel_export.http.connections import AsyncConnections, Connections
from mixpanel_export.http.context import Context
from mixpanel_export.http.servers import Servers
from mixpanel_export_api.api import Operation

__all__ = ["OwnServers", "ServerLink"]

C = TypeVar("C", bound=Connections | AsyncConnections)


@frozen
class ServerLink(Generic[C]):
    """The settings of calls to a server, and the connections to it."""

    context: Context
    http: C


@frozen
class OwnServers(Generic[C]):
    """The servers that operations name, linked to on first use.

    Attributes:
        main: Mixpanel's servers, or the client's `base_url`.
        region: the region of the client; None if its `base_url` stands for every server.
        open: opens connections.
    """

    main: ServerLink[C]
    region: str | None
    open: Callable[[Context], C]
    _links: dict[str, ServerLink[C]] = field(factory=dict[str, ServerLink[C]], repr=False)

    def link(self, operation: Operation[Any]) -> ServerLink[C]:
        """Return the link to the server of an operation.

        Raises:
            ConfigurationError: when it has none in the region of the client.
        """
        if not operation.servers or self.region is None:
            return self.main
        url = operation.servers.get("") or operation.servers.get(self.region)
        if url is None:
            known = ", ".join(map(repr, operation.servers))
            raise ConfigurationError(
                "region", f"expected one of {known} for {operation.name}, got {self.region!r}"
            )
        self.main.http.check()
        if url not in self._links:
            context = evolve(self.main.context, servers=Servers.choose(self.region, url))
            # Another thread may have been faster; what was opened here has no connections yet.
            self._links.setdefault(url, ServerLink(context, self.open(context)))
        return self._links[url]

    def opened(self) -> list[C]:
        """Return all connections, to be closed."""
        return [link.http for link in (self.main, *self._links.values())]

"""What the servers of a spec must keep to: Mixpanel's own, or a company's, one for each region or one for all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import httpx

from mixpanel_export.codegen.endpoints.places import Mistake, Place, object_of, operations_of, parts_of
from mixpanel_export.errors import ConfigurationError
from mixpanel_export.http.servers import Region, Servers

__all__ = ["is_mixpanels", "server_mistakes"]


def is_mixpanels(url: str) -> bool:
    """Return True for a server of Mixpanel's own, or `/`, which stands for them."""
    host = httpx.URL(url).host
    return url == "/" or host == "mixpanel.com" or host.endswith(".mixpanel.com")


def server_mistakes(document: dict[str, Any]) -> Iterator[Mistake]:
    """Yield the mistakes in the servers of a document, its paths and its operations."""
    yield from _mistakes((), document)
    for path, item in object_of(document["paths"]).items():
        yield from _mistakes(("paths", path), item)
    for place, operation, _ in operations_of(document):
        yield from _mistakes(place, operation)


def _mistakes(place: Place, holder: dict[str, Any]) -> Iterator[Mistake]:
    servers = [
        ((*place, "servers", index), server) for index, server in enumerate(parts_of(holder.get("servers")))
    ]
    regions: list[str] = []
    for here, server in servers:
        if problem := _problem(server["url"]):
            yield (*here, "url"), f"servers: {problem}"
            return
        region: str = server.get("x-region", "")
        if region and region not in get_args(Region):
            known = ", ".join(get_args(Region))
            yield (*here, "x-region"), f"x-region: expected one of {known}, got {region!r}"
        elif is_mixpanels(server["url"]) != is_mixpanels(servers[0][1]["url"]):
            yield here, "servers: expected only Mixpanel's servers, or only your own"
        elif not is_mixpanels(server["url"]) and regions and (region in regions or "" in (region, *regions)):
            yield here, "servers: expected one server, or one for each x-region (us, eu, in)"
        regions.append(region)


def _problem(url: str) -> str:
    """Return the words about a URL that cannot be a server's; empty if it can."""
    if "{" in url:
        return (
            "variables are not supported; leave out `servers` for Mixpanel's, or give a URL for each x-region"
        )
    if url == "/":
        return ""
    try:
        Servers.choose("us", url)
    except ConfigurationError as error:
        return error.expected
    path = httpx.URL(url).path.rstrip("/")
    if is_mixpanels(url) and path:
        return f"expected Mixpanel's server without {path}; write it in each path, as in {path}/…"
    return ""

"""The older client's wire format: its arguments as requests, and responses as its results.

The older client sent every call by GET under the 2.0 root, with a trailing slash. Sending is left to
`MixpanelClient`, with its budgets, retries and errors. An export is one slice of `mixpanel_export.export`.
"""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Generator, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeAlias, get_args

from attrs import frozen

from mixpanel_export import (
    ConfigurationError,
    Event,
    Export,
    Limits,
    MixpanelClient,
    Region,
    RetryPolicy,
)
from mixpanel_export._streams import Ending
from mixpanel_export.auth import MixpanelAuth
from mixpanel_export.compat.exceptions import JSONDecodeError, older_errors
from mixpanel_export.download.job import ExportJob
from mixpanel_export.download.plan import Plan, Slice
from mixpanel_export.http.calls import Request, raw_call
from mixpanel_export.http.raw import raw_arguments
from mixpanel_export.http.servers import Servers

__all__ = ["CSV", "JSON", "Answer", "Connection"]

JSON = "json"
CSV = "csv"

Answer: TypeAlias = Any
"""Parsed JSON; with `response_format="csv"`, text."""


class Connection:
    """Sends the calls of one older client.

    As in the older client, `ENDPOINT` and `DATA_ENDPOINT` may be changed, on the class or on `client.connection`,
    to those of another region.

    Args:
        auth: the credentials.
        region: the project's region; by default that of `ENDPOINT`.
        base_url, timeout, retry, limits: as for `MixpanelClient`.

    Raises:
        ConfigurationError: (a ValueError) when the endpoints are not those of one region.
    """

    ENDPOINT = "https://mixpanel.com/api"
    DATA_ENDPOINT = "https://data.mixpanel.com/api"
    VERSION = "2.0"

    def __init__(
        self,
        auth: MixpanelAuth,
        *,
        region: Region | None = None,
        base_url: str | None,
        timeout: float | None,
        retry: RetryPolicy | None,
        limits: Limits | None,
    ) -> None:
        self._region: Region | None = region
        self._base_url = base_url

        def open_client(region: Region) -> _Client:
            return _Client(
                auth, region=region, base_url=base_url, timeout=timeout, retry=retry, limits=limits
            )

        self._open = open_client
        self._opened = self._chosen_region()
        self._client = open_client(self._opened)

    def _current(self) -> _Client:
        """Return the client of the region that the endpoints name now."""
        region = self._chosen_region()
        if region != self._opened:
            self._client.close()
            self._client, self._opened = self._open(region), region
        return self._client

    def _chosen_region(self) -> Region:
        if self._region is not None or self._base_url is not None:
            return self._region if self._region is not None else "us"
        return region_of(self.ENDPOINT, self.DATA_ENDPOINT)

    def request(
        self,
        method_name: str,
        params: Mapping[str, Any],
        response_format: str = JSON,
        *,
        idempotent: bool = True,
    ) -> Answer:
        """Call `method_name`, a path under the 2.0 root such as `retention`, with or without a method here.

        Args:
            params: the parameters; falsy values are not sent, and lists are sent as JSON.
            idempotent: whether repeating the call after an ambiguous failure is harmless.
        """
        sent = _on_the_wire(params, response_format)
        with older_errors():
            response = self._current().request("GET", _path(method_name), params=sent, idempotent=idempotent)
        if response_format == CSV:
            return response.text
        try:
            return response.json()
        except json.JSONDecodeError as error:
            raise JSONDecodeError(f"{method_name}: {error.msg}", error.doc, error.pos) from error

    def export(
        self, days: tuple[datetime.date, datetime.date], params: Mapping[str, Any], response_format: str
    ) -> Generator[Answer]:
        """Yield the events of an export as plain dicts or, with CSV, the lines of its text."""
        if response_format == CSV:
            text: str = self.request("export", params, response_format)
            # Not splitlines(), which splits at more than line feeds.
            yield from io.StringIO(text, newline="\n")
            return
        sent = _on_the_wire(params, response_format)
        with older_errors():
            for event in self._current().older_export.events_of(Slice(*days), sent):
                yield {"event": event.name, "properties": event.properties}

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def region_of(endpoint: str, data_endpoint: str) -> Region:
    """Return the region of the older client's endpoints.

    Raises:
        ConfigurationError: they are not those of one region.
    """
    known: dict[str, tuple[Region, str]] = {}
    for region in get_args(Region):
        servers = Servers.of_region(region)
        known[f"{servers.rest}/api"] = (region, f"{servers.data}/api")
    found = known.get(endpoint.rstrip("/"))
    if found is None:
        raise ConfigurationError(
            "ENDPOINT",
            f"expected one of {', '.join(known)}, got {endpoint!r}; for another server pass base_url=",
        )
    region, data = found
    if data_endpoint.rstrip("/") != data:
        raise ConfigurationError(
            "DATA_ENDPOINT", f"expected {data}, which belongs to {endpoint}, got {data_endpoint!r}"
        )
    return region


class _Client(MixpanelClient):
    @cached_property
    def older_export(self) -> _OlderExport:
        """Return the raw export, with the older client's parameters."""
        return _OlderExport(self, self._context, self._export_http, self._source)


class _OlderExport(Export):
    def events_of(self, days: Slice, params: Mapping[str, str]) -> Iterator[Event]:
        """Yield every event of one request; `days` is used in messages only."""
        job = _OlderJob(self._context, Plan([days], parallel=1), params, Event)
        return self._iterate(job, True, None, None, Ending())


@frozen
class _OlderJob(ExportJob):
    """An export whose filters are the whole query, including dates."""

    def request(self, slice_: Slice) -> Request:
        arguments = raw_arguments(
            "GET",
            _path("export"),
            params=self.filters,
            form=None,
            body=None,
            headers={"Accept-Encoding": "gzip"},
        )
        return raw_call(self.context, arguments, idempotent=True).request


def _path(method_name: str) -> str:
    return f"/api/2.0/{method_name}/"


def _on_the_wire(params: Mapping[str, Any], response_format: str) -> dict[str, str]:
    named = {**params, "format": response_format}
    return {name: _text(value) for name, value in named.items() if value}


def _text(value: Any) -> str:
    match value:
        case str():
            return value
        case bytes():
            return value.decode()
        case list() | tuple():
            return json.dumps(value)
        case _:
            # str(), because httpx writes booleans in lower case.
            return str(value)

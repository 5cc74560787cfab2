"""Receiving the whole answer of a call, which is a file only for an export.

The answer of a failure is for a message: as much of it as a message needs is read, and it may break off. Any other
has to be whole, its gzip stream too, of which httpx would take the beginning for all of it.
"""

from __future__ import annotations

import contextlib
import gzip
import zlib
from collections.abc import Mapping
from typing import Any

import httpx

from mixpanel_export.errors import MixpanelError

__all__ = ["areceive", "check_open", "read_failure", "receive"]

_LONGEST_FAILURE = 1 << 16
# Of the body as it came, not as it is here.
_OF_THE_BODY = {"content-encoding", "content-length", "transfer-encoding"}


def check_open(http: httpx.Client | httpx.AsyncClient) -> None:
    """Raise when the client was closed."""
    if http.is_closed:
        raise MixpanelError("the client is closed; make a new one, and keep it open as long as it is used")


def receive(http: httpx.Client, arguments: Mapping[str, Any]) -> httpx.Response:
    """Send a request, and read its answer."""
    check_open(http)
    response = http.send(http.build_request(**arguments), stream=True)
    with contextlib.closing(response):
        if not response.is_success:
            return read_failure(response)
        return _whole(response, b"".join(response.iter_raw()))


async def areceive(http: httpx.AsyncClient, arguments: Mapping[str, Any]) -> httpx.Response:
    """As `receive`."""
    check_open(http)
    response = await http.send(http.build_request(**arguments), stream=True)
    async with contextlib.aclosing(response):
        if response.is_success:
            return _whole(response, b"".join([chunk async for chunk in response.aiter_raw()]))
        body = bytearray()
        with contextlib.suppress(httpx.HTTPError):
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > _LONGEST_FAILURE:
                    break
        return _with(response, body)


def read_failure(response: httpx.Response) -> httpx.Response:
    """The answer of a failure, with the beginning of its body."""
    body = bytearray()
    with contextlib.suppress(httpx.HTTPError):
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > _LONGEST_FAILURE:
                break
    return _with(response, body)


def _whole(response: httpx.Response, raw: bytes) -> httpx.Response:
    """The answer with its body; raises httpx.DecodingError for gzip that has no end."""
    if response.headers.get("content-encoding", "").strip().lower() in {"gzip", "x-gzip"}:
        try:
            if not raw:
                raise EOFError("gzip of nothing at all")
            gzip.decompress(raw)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise httpx.DecodingError(str(error), request=response.request) from error
    return httpx.Response(
        response.status_code, headers=response.headers, content=raw, request=response.request
    )


def _with(response: httpx.Response, body: bytearray) -> httpx.Response:
    headers = [each for each in response.headers.multi_items() if each[0].lower() not in _OF_THE_BODY]
    return httpx.Response(
        response.status_code,
        headers=headers,
        content=bytes(body[:_LONGEST_FAILURE]),
        request=response.request,
    )

"""The one send loop, sync and async: wait for the budget, send, receive, translate errors, retry.

Decisions are the call's (`calls`, `retry`, `limits`); the two shells here only wait and use sockets. The body of a
failure is quoted in a message, so it may break off. Any other body must be complete, and so must its gzip stream,
the beginning of which httpx takes for all of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import zlib
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any, TypeVar

import httpx
from attrs import frozen

from mixpanel_export.http.budget import Lease
from mixpanel_export.http.calls import Call
from mixpanel_export.http.cancellation import NOT_CANCELLABLE, Cancellation
from mixpanel_export.http.connections import AsyncConnections, Connections

__all__ = ["Streamed", "asend", "send"]

T = TypeVar("T")

_MAX_FAILURE_BYTES = 1 << 16
# Headers of the body as it was sent, no longer true of the body as it was read.
_BODY_HEADERS = {"content-encoding", "content-length", "transfer-encoding"}


@frozen
class Streamed:
    """A successful answer whose body is still on its way."""

    status: int
    headers: Mapping[str, str]
    _response: httpx.Response
    _call: Call[Any]

    def chunks(self) -> Iterator[bytes]:
        """Yield the body as it arrives, still compressed; raise NetworkError when it breaks off."""
        try:
            yield from self._response.iter_raw()
        except httpx.HTTPError as error:
            request = self._call.request
            raise self._call.context.network_error(error, request.method, request.url) from error


def send(
    connections: Connections,
    call: Call[T],
    cancellation: Cancellation = NOT_CANCELLABLE,
    *,
    stream: Callable[[Streamed], T] | None = None,
) -> T:
    """Send a call, as often as its attempts allow, and return its result.

    Args:
        cancellation: ends every wait, and shuts down the socket.
        stream: reads a successful answer while it arrives; by default it is received first, and the call reads it.

    Raises:
        APIError: when Mixpanel refused, or failed too often.
        NetworkError: when no complete answer arrived.
        BudgetExhaustedError: when the request budget frees too late.
        CancelledError: when cancelled.
        MixpanelError: when the client is closed.
    """
    connections.check()
    while True:
        cancellation.check()
        while not isinstance(lease := call.begin(), Lease):
            cancellation.sleep(lease)
        try:
            with _errors_of(call, connections), cancellation.watching() as extensions:
                http = connections.http
                request = http.build_request(**call.request.arguments, extensions=dict(extensions))
                with contextlib.closing(http.send(request, stream=True)) as response:
                    if not response.is_success:
                        return call.answer(_read_failure(response))
                    if stream is not None:
                        return stream(Streamed(response.status_code, response.headers, response, call))
                    return call.answer(_complete(response, b"".join(response.iter_raw())))
        except Exception as error:
            # A socket that was shut down looks like a broken connection.
            cancellation.check()
            wait = call.failed(error)
        finally:
            lease.release()
        cancellation.sleep(wait)


async def asend(connections: AsyncConnections, call: Call[T]) -> T:
    """Send a call, as `send` does; cancel the task to cancel it."""
    connections.check()
    while True:
        while not isinstance(lease := call.begin(), Lease):  # noqa: ASYNC110
            await asyncio.sleep(lease)  # another process may be what ends the wait
        try:
            with _errors_of(call, connections):
                http = connections.http
                response = await http.send(http.build_request(**call.request.arguments), stream=True)
                async with contextlib.aclosing(response):
                    if not response.is_success:
                        return call.answer(await _aread_failure(response))
                    raw = b"".join([chunk async for chunk in response.aiter_raw()])
                    return call.answer(_complete(response, raw))
        except Exception as error:
            wait = call.failed(error)
        finally:
            lease.release()
        await asyncio.sleep(wait)


@contextlib.contextmanager
def _errors_of(call: Call[T], connections: Connections | AsyncConnections) -> Generator[None]:
    """Translate httpx's exceptions into ours."""
    try:
        yield
    except httpx.HTTPError as error:
        raise call.context.network_error(error, call.request.method, call.request.url) from error
    except RuntimeError:
        # What httpx raises for a client that was closed meanwhile.
        connections.check()
        raise


def _read_failure(response: httpx.Response) -> httpx.Response:
    """Return the answer of a failure with the beginning of its body, or what arrived of it."""
    body = bytearray()
    with contextlib.suppress(httpx.HTTPError):
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > _MAX_FAILURE_BYTES:
                break
    return _failure(response, body)


async def _aread_failure(response: httpx.Response) -> httpx.Response:
    """Return the answer of a failure, as `_read_failure` does."""
    body = bytearray()
    with contextlib.suppress(httpx.HTTPError):
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > _MAX_FAILURE_BYTES:
                break
    return _failure(response, body)


def _complete(response: httpx.Response, raw: bytes) -> httpx.Response:
    """Return the answer with its body; raise httpx.DecodingError for gzip that has no end."""
    if response.headers.get("content-encoding", "").strip().lower() in {"gzip", "x-gzip"}:
        try:
            if not raw:
                raise EOFError("an empty gzip stream")
            gzip.decompress(raw)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise httpx.DecodingError(str(error), request=response.request) from error
    return httpx.Response(
        response.status_code, headers=response.headers, content=raw, request=response.request
    )


def _failure(response: httpx.Response, body: bytearray) -> httpx.Response:
    headers = [pair for pair in response.headers.multi_items() if pair[0].lower() not in _BODY_HEADERS]
    return httpx.Response(
        response.status_code,
        headers=headers,
        content=bytes(body[:_MAX_FAILURE_BYTES]),
        request=response.request,
    )

"""The one send loop, sync and async: wait for the budget, send, receive, translate errors, retry.

Decisions are the call's (`calls`, `retry`, `limits`); the two shells here only wait and use sockets. The body of a
failure is quoted in a message, so it may break off. Any other body must be complete: see `bodies`.

Errors are raised outside the handlers that catch httpx's, and without its frames, so that neither their contexts
nor tracebacks that show variables hold a request with credentials.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any, TypeVar

import httpcore
import httpx
from attrs import frozen

from mixpanel_export._redaction import clean
from mixpanel_export._resources import limit_error
from mixpanel_export.http import bodies
from mixpanel_export.http.budget import Lease
from mixpanel_export.http.calls import Call
from mixpanel_export.http.cancellation import NOT_CANCELLABLE, Cancellation
from mixpanel_export.http.connections import AsyncConnections, Connections
from mixpanel_export.http.deadline import Deadline, attempt_deadline

__all__ = ["Streamed", "asend", "send"]

T = TypeVar("T")

_MAX_FAILURE_BYTES = 1 << 16


@frozen
class Streamed:
    """A successful answer whose body is still on its way."""

    status: int
    headers: Mapping[str, str]
    _response: httpx.Response
    _call: Call[Any]
    _deadline: Deadline

    def chunks(self) -> Iterator[bytes]:
        """Yield the body as it arrives, still compressed; raise NetworkError when it breaks off."""
        try:
            yield from _raw_chunks(self._response, self._deadline)
            return
        except httpx.HTTPError as error:
            failure = self._call.network_error(error)
        raise failure


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
            return _attempt(connections, call, cancellation, stream)
        except BaseException as error:
            failure = error
        finally:
            lease.release()
        # In place of the original, which tracebacks that show variables would show.
        failure = _translated(call, connections, failure)
        # A socket that was shut down looks like a broken connection.
        cancellation.check()
        cancellation.sleep(call.failed(failure))


async def asend(connections: AsyncConnections, call: Call[T]) -> T:
    """Send a call, as `send` does; cancel the task to cancel it."""
    import asyncio  # a synchronous client does without

    connections.check()
    while True:
        while not isinstance(lease := call.begin(), Lease):  # noqa: ASYNC110
            await asyncio.sleep(lease)  # another process may be what ends the wait
        try:
            return await _aattempt(connections, call)
        except BaseException as error:
            failure = error
        finally:
            lease.release()
        failure = _translated(call, connections, failure)
        await asyncio.sleep(call.failed(failure))


def _attempt(
    connections: Connections,
    call: Call[T],
    cancellation: Cancellation,
    stream: Callable[[Streamed], T] | None,
) -> T:
    with attempt_deadline() as deadline, cancellation.watching() as extensions:
        http = connections.http
        # Never in a variable, which tracebacks may show: it gets the credentials.
        sent = http.send(
            http.build_request(**call.request.arguments, extensions=dict(extensions)), stream=True
        )
        with contextlib.closing(sent) as response:
            deadline.begin_body()
            chunks = _raw_chunks(response, deadline)
            if not response.is_success:
                return call.answer(bodies.failed(response, _beginning_of(chunks)))
            if stream is not None:
                return stream(Streamed(response.status_code, response.headers, response, call, deadline))
            body = bodies.ReceivedBody()
            for chunk in chunks:
                body.add(chunk)
            return call.answer(bodies.complete(response, body.joined()))


async def _aattempt(connections: AsyncConnections, call: Call[T]) -> T:
    with attempt_deadline() as deadline:
        http = connections.http
        response = await http.send(http.build_request(**call.request.arguments), stream=True)
        async with contextlib.aclosing(response):
            deadline.begin_body()
            chunks = _araw_chunks(response, deadline)
            if not response.is_success:
                return call.answer(bodies.failed(response, await _abeginning_of(chunks)))
            body = bodies.ReceivedBody()
            async for chunk in chunks:
                body.add(chunk)
            return call.answer(bodies.complete(response, body.joined()))


def _translated(
    call: Call[Any], connections: Connections | AsyncConnections, error: BaseException
) -> Exception:
    """Return the exception to raise for a failed attempt, ours for one of httpx; raise what is no failure."""
    if isinstance(error, httpx.HTTPError):
        return call.network_error(error)
    if isinstance(error, RuntimeError):
        # What httpx raises for a client that was closed meanwhile.
        connections.check()
    if (limit := limit_error(error)) is not None:
        return limit
    error = clean(error, call.context.auth.redact)
    if isinstance(error, Exception):
        return error
    raise error


def _raw_chunks(response: httpx.Response, deadline: Deadline) -> Iterator[bytes]:
    """Yield the body as it arrives, within the deadline."""
    timeout = _read_timeout(response)
    # A response of `httpx.MockTransport` may have its body already.
    chunks: Any = response.stream if response.is_stream_consumed else response.iter_raw()
    for chunk in chunks:
        deadline.add(len(chunk))
        _check(deadline, timeout)
        yield chunk


async def _araw_chunks(response: httpx.Response, deadline: Deadline) -> AsyncIterator[bytes]:
    """Yield the body, as `_raw_chunks` does."""
    timeout = _read_timeout(response)
    chunks: Any = response.stream if response.is_stream_consumed else response.aiter_raw()
    async for chunk in chunks:
        deadline.add(len(chunk))
        _check(deadline, timeout)
        yield chunk


def _check(deadline: Deadline, timeout: float | None) -> None:
    # The streams of our own transports have checked it already, but a caller's transport may have others.
    try:
        deadline.left(timeout)
    except httpcore.ReadTimeout as error:
        raise httpx.ReadTimeout(str(error)) from None


def _read_timeout(response: httpx.Response) -> float | None:
    timeouts: Mapping[str, float | None] = response.request.extensions.get("timeout", {})
    return timeouts.get("read")


def _beginning_of(chunks: Iterator[bytes]) -> bytes:
    """Return the beginning of the body of a failure, or what arrived of it."""
    body = bytearray()
    with contextlib.suppress(httpx.HTTPError):
        for chunk in chunks:
            body += chunk
            if len(body) > _MAX_FAILURE_BYTES:
                break
    return bytes(body)


async def _abeginning_of(chunks: AsyncIterator[bytes]) -> bytes:
    """Return the beginning of the body of a failure, as `_beginning_of` does."""
    body = bytearray()
    with contextlib.suppress(httpx.HTTPError):
        async for chunk in chunks:
            body += chunk
            if len(body) > _MAX_FAILURE_BYTES:
                break
    return bytes(body)

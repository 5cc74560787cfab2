"""The two clients: where credentials, project and servers are bound, and the one place that sends.

Resources and their typed methods are generated from the contract (`mixpanel_export_api.api`); all decisions
are in `calls`. What is left is the socket, once with and once without `await`.
"""

from __future__ import annotations

import asyncio
import math
import ssl
import time
import zoneinfo
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import cache, cached_property
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar, cast

import httpx

from mixpanel_export import dates
from mixpanel_export import settings as environment
from mixpanel_export.auth import MixpanelAuth
from mixpanel_export.errors import ConfigurationError
from mixpanel_export.export import AsyncExport, Export
from mixpanel_export.http.context import Call, Context
from mixpanel_export.http.limits import MIXPANEL_LIMITS, Lease, Limits
from mixpanel_export.http.raw import (
    RawResponse,
    captured,
    is_idempotent,
    last_of,
    raw_arguments,
    raw_response,
)
from mixpanel_export.http.retry import RetryPolicy
from mixpanel_export.http.servers import Region, Servers
from mixpanel_export.http.transport import areceive, receive
from mixpanel_export.profiles import AsyncProfiles, Profiles
from mixpanel_export_api.api import AsyncResources, Operation, Resources
from mixpanel_export_api.api.export import EXPORT_RAW

__all__ = ["AsyncMixpanelClient", "MixpanelClient"]

P = ParamSpec("P")
T = TypeVar("T")

_HEADERS = {"User-Agent": "mixpanel-export-sdk (Python; httpx)"}
_MANY = httpx.Limits(max_connections=None, max_keepalive_connections=20)
# An export's connection serves one request: an idle one is often cut by the other side when it is wanted again.
_NO_KEEP_ALIVE = httpx.Limits(max_connections=None, max_keepalive_connections=0)


class MixpanelClient(Resources):
    """A synchronous client of Mixpanel's Data Export API, for one project.

    Safe to share between threads. Close it, or use it as a context manager.

    Args:
        auth: the credentials; `ServiceAccountAuth` is what Mixpanel recommends.
        project_id: the project, needed with a service account or an OAuth token.
        workspace_id: a data view's workspace, sent with query calls where given.
        region: where the project lives: `us`, `eu` or `in`.
        base_url: one root for all API families instead of a region's servers: a proxy, or the sandbox.
            Plain http is accepted for loopback only.
        timezone: the project's time zone, an IANA name. It decides what "today" is, and is the zone of
            `Event.time` for projects that export local time.
        timeout: seconds, or an `httpx.Timeout`, for every call. By default as long as Mixpanel itself takes:
            ten minutes for a byte of an export, eight for a report, two for app calls.
        check_expressions: read every `where` and `on` before it is sent, and show what is wrong with one.
            Switch it off should Mixpanel's grammar have grown past ours.
        retry: how patiently a failed call is tried again; `RetryPolicy(attempts=1)` never does.
        limits: the request budgets to keep, by default Mixpanel's; None keeps none.
        transport: an `httpx` transport to send with, for proxies and tests.

    Raises:
        ConfigurationError: (a ValueError) for settings that cannot work.
    """

    def __init__(
        self,
        auth: MixpanelAuth,
        *,
        project_id: int | str | None = None,
        workspace_id: int | str | None = None,
        region: Region = "us",
        base_url: str | None = None,
        timezone: str | zoneinfo.ZoneInfo = "UTC",
        timeout: float | httpx.Timeout | None = None,
        check_expressions: bool = True,
        retry: RetryPolicy | None = None,
        limits: Limits | None = MIXPANEL_LIMITS,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._context = _context(
            auth,
            project_id,
            workspace_id,
            region,
            base_url,
            timezone,
            timeout,
            check_expressions,
            retry,
            limits,
        )
        self._http = httpx.Client(limits=_MANY, transport=transport, **_http_options(self._context))
        self._export_http = _export_http(self._context, transport)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """A client from `MIXPANEL_*` environment variables.

        Credentials are the first complete set of: `MIXPANEL_SERVICE_ACCOUNT_USERNAME` and
        `MIXPANEL_SERVICE_ACCOUNT_SECRET`; `MIXPANEL_OAUTH_TOKEN`; `MIXPANEL_API_KEY` and
        `MIXPANEL_API_SECRET` (signatures); `MIXPANEL_API_SECRET` alone (project secret). Further:
        `MIXPANEL_PROJECT_ID`, `MIXPANEL_WORKSPACE_ID`, `MIXPANEL_REGION`, `MIXPANEL_TIMEZONE`,
        `MIXPANEL_BASE_URL`.

        Args:
            environ: read this mapping instead of the process's environment.
        """
        settings = environment.read(environ)
        return cls(settings.auth, **settings.options)

    @cached_property
    def export(self) -> Export:
        """The raw export of events."""
        return Export(self, self._context, self._export_http)

    @cached_property
    def profiles(self) -> Profiles:
        """User and group profiles."""
        return Profiles(self, self._context, self._export_http)

    def call_operation(self, operation: Operation[T], arguments: Mapping[str, Any]) -> T:
        """Send one operation of the contract; its resource method is the typed way to do so."""
        if operation is EXPORT_RAW:
            return cast(T, self.export.text(arguments))
        return self._send(self._context.call(operation, arguments))

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        form: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        idempotent: bool | None = None,
    ) -> RawResponse[str]:
        """Call any path, for what the contract does not know (yet): credentials, budget, retries, errors included.

        Args:
            method: `GET`, `POST`, …
            path: from the host on, `/api/query/…`; `{project_id}` in it is replaced by the client's.
            params: the query. Lists and mappings are sent as JSON text, and None is left out. The client's project
                and workspace are added, except for app calls.
            form: form fields, treated alike.
            json: a JSON body.
            headers: further headers.
            idempotent: whether repeating it after an ambiguous failure is harmless; by default for GET only, where
                the contract does not know it as one that creates something.

        Returns:
            Status, headers and body.

        Raises:
            APIError: when Mixpanel answers with a failure, as for any call.
        """
        arguments = raw_arguments(method, path, params=params, form=form, body=json, headers=headers)
        harmless = is_idempotent(method, path) if idempotent is None else idempotent
        return self._send(self._context.raw_call(arguments, idempotent=harmless))

    def with_raw_response(self, method: Callable[P, T]) -> Callable[P, RawResponse[T]]:
        """A resource method that answers status, headers and body beside its typed answer.

        >>> client.with_raw_response(client.funnels.list)().headers["content-type"]  # doctest: +SKIP
        """

        def call(*args: P.args, **kwargs: P.kwargs) -> RawResponse[T]:
            responses: list[httpx.Response] = []
            token = captured.set(responses)
            try:
                parsed: T = method(*args, **kwargs)
                return raw_response(last_of(responses), parsed)
            finally:
                captured.reset(token)

        return call

    def _send(self, call: Call[T]) -> T:
        return cast(T, call.retrying()(self._attempt, call))

    def _attempt(self, call: Call[T]) -> T:
        while not isinstance(lease := call.begin(), Lease):
            time.sleep(lease)
        try:
            return call.answer(receive(self._http, call.request.arguments))
        except httpx.HTTPError as error:
            raise call.context.network_error(error, call.request) from error
        finally:
            lease.release()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
        self._export_http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return _description(self, self._context)


class AsyncMixpanelClient(AsyncResources):
    """The asynchronous twin of `MixpanelClient`: the same arguments, resources and errors, with `await`.

    The raw export is downloaded by threads here too, so that inflating and parsing leave the event loop free;
    `transport` is for all other calls, and `export_transport` for it.
    """

    def __init__(
        self,
        auth: MixpanelAuth,
        *,
        project_id: int | str | None = None,
        workspace_id: int | str | None = None,
        region: Region = "us",
        base_url: str | None = None,
        timezone: str | zoneinfo.ZoneInfo = "UTC",
        timeout: float | httpx.Timeout | None = None,
        check_expressions: bool = True,
        retry: RetryPolicy | None = None,
        limits: Limits | None = MIXPANEL_LIMITS,
        transport: httpx.AsyncBaseTransport | None = None,
        export_transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._context = _context(
            auth,
            project_id,
            workspace_id,
            region,
            base_url,
            timezone,
            timeout,
            check_expressions,
            retry,
            limits,
        )
        self._http = httpx.AsyncClient(limits=_MANY, transport=transport, **_http_options(self._context))
        self._export_http = _export_http(self._context, export_transport)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """A client from `MIXPANEL_*` environment variables, as `MixpanelClient.from_env`."""
        settings = environment.read(environ)
        return cls(settings.auth, **settings.options)

    @cached_property
    def export(self) -> AsyncExport:
        """The raw export of events."""
        return AsyncExport(self, self._context, self._export_http)

    @cached_property
    def profiles(self) -> AsyncProfiles:
        """User and group profiles."""
        return AsyncProfiles(self, self._context)

    async def call_operation(self, operation: Operation[T], arguments: Mapping[str, Any]) -> T:
        """Send one operation of the contract; its resource method is the typed way to do so."""
        if operation is EXPORT_RAW:
            return cast(T, await self.export.text(arguments))
        return await self._send(self._context.call(operation, arguments))

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        form: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        idempotent: bool | None = None,
    ) -> RawResponse[str]:
        """Call any path, for what the contract does not know (yet): credentials, budget, retries, errors included.

        Args:
            method: `GET`, `POST`, …
            path: from the host on, `/api/query/…`; `{project_id}` in it is replaced by the client's.
            params: the query. Lists and mappings are sent as JSON text, and None is left out. The client's project
                and workspace are added, except for app calls.
            form: form fields, treated alike.
            json: a JSON body.
            headers: further headers.
            idempotent: whether repeating it after an ambiguous failure is harmless; by default for GET only, where
                the contract does not know it as one that creates something.

        Returns:
            Status, headers and body.

        Raises:
            APIError: when Mixpanel answers with a failure, as for any call.
        """
        arguments = raw_arguments(method, path, params=params, form=form, body=json, headers=headers)
        harmless = is_idempotent(method, path) if idempotent is None else idempotent
        return await self._send(self._context.raw_call(arguments, idempotent=harmless))

    def with_raw_response(
        self, method: Callable[P, Awaitable[T]]
    ) -> Callable[P, Coroutine[Any, Any, RawResponse[T]]]:
        """A resource method that answers status, headers and body beside its typed answer."""

        async def call(*args: P.args, **kwargs: P.kwargs) -> RawResponse[T]:
            responses: list[httpx.Response] = []
            token = captured.set(responses)
            try:
                parsed: T = await method(*args, **kwargs)
                return raw_response(last_of(responses), parsed)
            finally:
                captured.reset(token)

        return call

    async def _send(self, call: Call[T]) -> T:
        return cast(T, await call.retrying_async()(self._attempt, call))

    async def _attempt(self, call: Call[T]) -> T:
        while not isinstance(lease := call.begin(), Lease):  # noqa: ASYNC110
            await asyncio.sleep(lease)  # what ends the wait may be another process
        try:
            return call.answer(await areceive(self._http, call.request.arguments))
        except httpx.HTTPError as error:
            raise call.context.network_error(error, call.request) from error
        finally:
            lease.release()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()
        self._export_http.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return _description(self, self._context)


@cache
def _tls() -> ssl.SSLContext:
    """One for all clients of the process: reading the certificates takes longer than all else they do."""
    return httpx.create_ssl_context()


def _export_http(context: Context, transport: httpx.BaseTransport | None) -> httpx.Client:
    return httpx.Client(limits=_NO_KEEP_ALIVE, transport=transport, **_http_options(context))


def _http_options(context: Context) -> dict[str, Any]:
    return {
        "auth": context.auth,
        "headers": _HEADERS,
        "verify": _tls(),
        # The proxies of the environment, which would be handed credentials in clear on the way to plain http.
        "trust_env": not context.servers.are_local,
    }


def _context(
    auth: MixpanelAuth,
    project_id: int | str | None,
    workspace_id: int | str | None,
    region: str,
    base_url: str | None,
    timezone: str | zoneinfo.ZoneInfo,
    timeout: float | httpx.Timeout | None,
    check_expressions: bool,
    retry: RetryPolicy | None,
    limits: Limits | None,
) -> Context:
    if not isinstance(auth, MixpanelAuth):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigurationError(
            "auth", f"allowed is ServiceAccountAuth or another auth class, not {type(auth).__name__}"
        )
    project = _identifier("project_id", project_id)
    if project is None and auth.needs_project:
        raise ConfigurationError(
            "project_id", f"it is missing, and Mixpanel wants one together with {auth.description}"
        )
    return Context(
        auth=auth,
        servers=Servers.choose(region, base_url),
        project_id=project,
        workspace_id=_identifier("workspace_id", workspace_id),
        zone=dates.to_zone(timezone),
        timeout=_timeout(timeout),
        check_expressions=check_expressions,
        retry=retry or RetryPolicy(),
        limits=limits,
    )


def _identifier(name: str, value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and int(value) > 0:
        return int(value)
    raise ConfigurationError(name, f"allowed is a number such as 1234567, not {value!r}")


def _timeout(timeout: float | httpx.Timeout | None) -> httpx.Timeout | None:
    if timeout is None or isinstance(timeout, httpx.Timeout):
        return timeout
    is_number = isinstance(timeout, int | float) and not isinstance(timeout, bool)  # pyright: ignore[reportUnnecessaryIsInstance]
    if not is_number or not 0 < timeout < math.inf:
        raise ConfigurationError("timeout", "allowed is a number of seconds above 0")
    return httpx.Timeout(timeout, pool=None)


def _description(client: object, context: Context) -> str:
    project = f" project {context.project_id}," if context.project_id is not None else ""
    return f"<{type(client).__name__}:{project} {context.auth.description}, {context.servers.rest}>"

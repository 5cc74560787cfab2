"""The two clients, over one base: credentials, project and servers are set here, once.

Resources and their typed methods are generated from the contract (`mixpanel_export_api.api`). See `http.calls` for
the decisions about one call, and `http.transport` for sending it.

Everything that a client needs is imported when the first one is made, and its resources when they are first used:
many programs import this module and make no client, such as a command that prints its help.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypedDict, TypeVar, cast

from mixpanel_export_api.api import AsyncResources, Resources

if TYPE_CHECKING:
    import os
    import zoneinfo
    from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
    from types import TracebackType
    from typing import Literal, NoReturn, Self, Unpack

    import httpx

    from mixpanel_export.auth import MixpanelAuth
    from mixpanel_export.client_spec import ClientSpec, Credentials
    from mixpanel_export.export.resource import AsyncExport, Export
    from mixpanel_export.export.tasks import ClientSource
    from mixpanel_export.http.calls import Call
    from mixpanel_export.http.connections import AsyncConnections, Connections
    from mixpanel_export.http.context import Context
    from mixpanel_export.http.limits import Limits
    from mixpanel_export.http.raw import RawResponse
    from mixpanel_export.http.retry import RetryPolicy
    from mixpanel_export.http.servers import Region
    from mixpanel_export.profiles.resource import AsyncProfiles, Profiles
    from mixpanel_export.reports import AsyncReports, Reports
    from mixpanel_export_api.api import Operation

__all__ = ["AsyncMixpanelClient", "ClientOptions", "MixpanelClient", "add_event_names"]

P = ParamSpec("P")
T = TypeVar("T")
TransportT = TypeVar("TransportT")


class ClientOptions(TypedDict, total=False):
    """The arguments of a client; see `MixpanelClient`."""

    auth: MixpanelAuth
    project_id: int | str | None
    workspace_id: int | str | None
    region: Region
    base_url: str | None
    timezone: str | zoneinfo.ZoneInfo
    timeout: float | httpx.Timeout | None
    check_expressions: bool
    retry: RetryPolicy | None
    limits: Limits | Literal["auto"] | None
    transport: Any
    export_transport: httpx.BaseTransport | None


class _BaseClient(Generic[TransportT]):
    """Everything that both clients share; `TransportT` is the type of their httpx transport."""

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
        limits: Limits | Literal["auto"] | None = "auto",
        transport: TransportT | None = None,
        export_transport: httpx.BaseTransport | None = None,
    ) -> None:
        import httpx

        from mixpanel_export import dates
        from mixpanel_export.client_spec import HeldCredentials
        from mixpanel_export.http.connections import open_connections
        from mixpanel_export.http.context import Context
        from mixpanel_export.http.limits import effective_limits
        from mixpanel_export.http.retry import RetryPolicy
        from mixpanel_export.http.servers import Servers

        servers = Servers.choose(region, base_url)
        self._context = Context(
            auth=_credentials(auth),
            servers=servers,
            project_id=_project(project_id, auth),
            workspace_id=_identifier("workspace_id", workspace_id),
            zone=dates.to_zone(timezone),
            timeout=_timeout(timeout),
            check_expressions=check_expressions,
            retry=retry or RetryPolicy(),
            limits=effective_limits(limits, local=servers.are_local),
        )
        self._credentials: Credentials = HeldCredentials(auth)
        self._options: Mapping[str, Any] = {
            "project_id": project_id,
            "workspace_id": workspace_id,
            "region": region,
            "base_url": base_url,
            "timezone": timezone,
            "timeout": timeout,
            "check_expressions": check_expressions,
            "retry": retry,
            "limits": limits,
            "transport": transport,
            "export_transport": export_transport,
        }
        if export_transport is None and isinstance(transport, httpx.BaseTransport):
            export_transport = transport
        self._open(transport)
        self._export_http: Connections = open_connections(self._context, export_transport, keep_alive=False)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **overrides: Unpack[ClientOptions]) -> Self:
        """Create a client from `MIXPANEL_*` environment variables.

        Credentials are the first complete set of: `MIXPANEL_SERVICE_ACCOUNT_USERNAME` and
        `MIXPANEL_SERVICE_ACCOUNT_SECRET`; `MIXPANEL_OAUTH_TOKEN`; `MIXPANEL_API_KEY` and `MIXPANEL_API_SECRET`
        (signatures); `MIXPANEL_API_SECRET` alone (project secret). Further: `MIXPANEL_PROJECT_ID`,
        `MIXPANEL_WORKSPACE_ID`, `MIXPANEL_REGION`, `MIXPANEL_TIMEZONE`, `MIXPANEL_BASE_URL`.

        Args:
            environ: read this mapping instead of the process's environment.
            overrides: arguments of the client, which win over the environment. With `auth=`, the environment needs
                no credentials.

        Raises:
            ConfigurationError: (a ValueError) when credentials are missing, or settings cannot work.

        Examples:
            >>> MixpanelClient.from_env(timezone="Europe/Berlin", limits=None)  # doctest: +SKIP
        """
        from mixpanel_export import settings
        from mixpanel_export.client_spec import EnvironmentCredentials

        found = settings.read(environ, auth=overrides.get("auth"))
        options: dict[str, Any] = {**found.options, **overrides, "auth": found.auth}
        client = cls(**options)
        if environ is None and "auth" not in overrides:
            client._credentials = EnvironmentCredentials()
        return client

    def spec(
        self,
        *,
        secret_variable: str | None = None,
        secret_file: str | os.PathLike[str] | None = None,
    ) -> ClientSpec[Self]:
        """Return everything needed to make this client again in another process or on another machine.

        A client itself cannot be pickled; its spec can, and `spec.connect()` makes the client where it lands. The
        spec of a client made by `from_env()` holds no secret: it reads the environment of the machine that
        connects. Otherwise it holds the credentials, redacted in its repr but not in its pickle, unless you name
        another place.

        Args:
            secret_variable: the environment variable that holds the secret (or token) there.
            secret_file: the file that holds it there.

        Raises:
            ConfigurationError: for a client with a custom `transport`, which cannot travel.

        Examples:
            >>> pickle.dumps(client.spec(secret_file="/run/secrets/mixpanel"))  # doctest: +SKIP
        """
        from mixpanel_export.client_spec import spec_of

        return spec_of(
            type(self),
            repr(self),
            self._credentials,
            self._options,
            auth=self._context.auth,
            secret_variable=secret_variable,
            secret_file=secret_file,
        )

    @property
    def description(self) -> str:
        """The project, the credentials and the servers, without secrets, in words."""
        context = self._context
        project = f"project {context.project_id}, " if context.project_id is not None else ""
        return f"{project}{context.auth.description}, {context.servers.rest}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.description}>"

    def __reduce__(self) -> NoReturn:
        name = type(self).__name__
        raise TypeError(
            f"{name} holds credentials and open connections and cannot be pickled or copied; pickle "
            f"client.spec() instead and connect() it in each worker, or create one there with {name}.from_env()"
        )

    def _open(self, transport: TransportT | None) -> None:
        raise NotImplementedError

    def _source(self) -> ClientSource:
        """Return the source of synchronous clients with these settings, for slices that travel."""
        from mixpanel_export.client_spec import NoSpec
        from mixpanel_export.errors import ConfigurationError

        try:
            spec: ClientSource = self.spec().for_client(MixpanelClient)
        except ConfigurationError as error:
            # A plan of this client is still of use; only its slices cannot be fetched elsewhere.
            return NoSpec(error)
        return spec

    @property
    def _region(self) -> str | None:
        """The region, unless one root stands for all servers."""
        return None if self._options["base_url"] is not None else str(self._options["region"])

    def _raw_call(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None,
        form: Mapping[str, Any] | None,
        json: Any,
        headers: Mapping[str, str] | None,
        idempotent: bool | None,
    ) -> Call[RawResponse[str]]:
        from mixpanel_export.http.calls import raw_call
        from mixpanel_export.http.raw import is_idempotent, raw_arguments

        arguments = raw_arguments(method, path, params=params, form=form, body=json, headers=headers)
        harmless = is_idempotent(method, path) if idempotent is None else idempotent
        return raw_call(self._context, arguments, idempotent=harmless)


def add_event_names(client: _BaseClient[Any], names: Iterable[str]) -> None:
    """Let a client suggest these names of events, beside those that it sees itself."""
    client._context.event_names.add(names)  # pyright: ignore[reportPrivateUsage]


class MixpanelClient(_BaseClient["httpx.BaseTransport"], Resources):
    """A synchronous client of Mixpanel's Data Export API, for one project.

    Safe to share between threads. After a fork, the child opens new connections. Close the client, or
    use it as a context manager.

    Args:
        auth: the credentials; Mixpanel recommends `ServiceAccountAuth`.
        project_id: the project; required with a service account or an OAuth token.
        workspace_id: a data view's workspace, sent with query calls.
        region: the data residency of the project: `us`, `eu` or `in`.
        base_url: one root for all API families instead of a region's servers: a proxy, or the sandbox.
            Plain http is accepted for loopback only.
        timezone: the project's time zone, an IANA name. It decides the date of "today", and is the zone of
            `Event.time` for projects that export local time.
        timeout: seconds, or an `httpx.Timeout`, for every call. By default as long as Mixpanel itself takes:
            ten minutes for a byte of an export, eight for a report, two for app calls. The headers of an answer
            must be complete within it; so must the body, which has a second more for every 1,000 bytes.
        check_expressions: parse every `where` and `on` before it is sent, and point at mistakes. Turn it off if
            Mixpanel's grammar has grown past ours.
        retry: how often failed calls are retried; `RetryPolicy(attempts=1)` never retries.
        limits: the request budgets to keep. `"auto"`: Mixpanel's, but none for a `base_url` on a loopback address,
            such as a sandbox. None keeps none anywhere.
        transport: an `httpx` transport to send with, for proxies and tests, such as
            `httpx.MockTransport(lambda request: httpx.Response(200, json=[…]))`.
        export_transport: another one for raw exports and `profiles`; by default `transport`.

    Raises:
        ConfigurationError: (a ValueError) for settings that cannot work.
    """

    def _open(self, transport: httpx.BaseTransport | None) -> None:
        from mixpanel_export.http.connections import open_connections
        from mixpanel_export.http.own_servers import OwnServers, ServerLink

        def connections(context: Context) -> Connections:
            return open_connections(context, transport, keep_alive=True)

        self._http: Connections = connections(self._context)
        self._servers = OwnServers(ServerLink(self._context, self._http), self._region, connections)

    @cached_property
    def export(self) -> Export:
        """The raw export of events."""
        from mixpanel_export.export.resource import Export

        return Export(self, self._context, self._export_http, self._source)

    @cached_property
    def profiles(self) -> Profiles:
        """User and group profiles."""
        from mixpanel_export.profiles.resource import Profiles

        return Profiles(self, self._context, self._export_http)

    @cached_property
    def reports(self) -> Reports:
        """Saved reports: list them, and run one by its id."""
        from mixpanel_export.reports import Reports

        return Reports(self, self._context.today)

    def call_operation(self, operation: Operation[T], arguments: Mapping[str, Any]) -> T:
        """Send one operation of the contract; prefer its typed resource method."""
        from mixpanel_export.http.calls import operation_call
        from mixpanel_export.http.transport import send

        if _is_export(operation):
            return cast(T, self.export.text(_export_arguments(operation, arguments)))
        server = self._servers.link(operation)
        return send(server.http, operation_call(server.context, operation, arguments))

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
        """Call any path, for calls outside the contract, with credentials, budget, retries and errors as usual.

        Args:
            method: `GET`, `POST`, …
            path: a path from the host, `/api/query/…`; `{project_id}` in it is replaced by the client's.
            params: the query. Lists and mappings are sent as JSON text, and None is left out. The client's project
                and workspace are added, except for app calls.
            form: form fields, treated alike.
            json: a JSON body.
            headers: further headers.
            idempotent: True if repeating the call after an ambiguous failure is harmless; by default for GET only,
                except paths that the contract knows to create something.

        Returns:
            Status, headers and body.

        Raises:
            APIError: when Mixpanel answers with a failure, as for any call.
        """
        from mixpanel_export.http.transport import send

        return send(self._http, self._raw_call(method, path, params, form, json, headers, idempotent))

    def with_raw_response(self, method: Callable[P, T]) -> Callable[P, RawResponse[T]]:
        """Return a resource method that returns status, headers and body beside its typed answer.

        Examples:
            >>> client.with_raw_response(client.funnels.list)().headers["content-type"]  # doctest: +SKIP
        """
        from mixpanel_export.http.raw import capturing, last_of, raw_response

        def call(*args: P.args, **kwargs: P.kwargs) -> RawResponse[T]:
            with capturing() as responses:
                parsed: T = method(*args, **kwargs)
                return raw_response(last_of(responses), parsed)

        return call

    def close(self) -> None:
        """Close the connections."""
        for http in (*self._servers.opened(), self._export_http):
            http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class AsyncMixpanelClient(_BaseClient["httpx.AsyncBaseTransport"], AsyncResources):
    """The asynchronous twin of `MixpanelClient`: the same arguments, resources and errors, with `await`.

    Threads download the raw export here too, so that inflating and parsing leave the event loop free; they use
    `export_transport`, and all other calls use `transport`.
    """

    def _open(self, transport: httpx.AsyncBaseTransport | None) -> None:
        from mixpanel_export.http.connections import open_async_connections
        from mixpanel_export.http.own_servers import OwnServers, ServerLink

        def connections(context: Context) -> AsyncConnections:
            return open_async_connections(context, transport)

        self._http: AsyncConnections = connections(self._context)
        self._servers = OwnServers(ServerLink(self._context, self._http), self._region, connections)

    @cached_property
    def export(self) -> AsyncExport:
        """The raw export of events."""
        from mixpanel_export.export.resource import AsyncExport

        return AsyncExport(self, self._context, self._export_http, self._source)

    @cached_property
    def profiles(self) -> AsyncProfiles:
        """User and group profiles."""
        from mixpanel_export.profiles.resource import AsyncProfiles

        return AsyncProfiles(self, self._context)

    @cached_property
    def reports(self) -> AsyncReports:
        """Saved reports: list them, and run one by its id."""
        from mixpanel_export.reports import AsyncReports

        return AsyncReports(self, self._context.today)

    async def call_operation(self, operation: Operation[T], arguments: Mapping[str, Any]) -> T:
        """Send one operation of the contract; prefer its typed resource method."""
        from mixpanel_export.http.calls import operation_call
        from mixpanel_export.http.transport import asend

        if _is_export(operation):
            return cast(T, await self.export.text(_export_arguments(operation, arguments)))
        server = self._servers.link(operation)
        return await asend(server.http, operation_call(server.context, operation, arguments))

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
        """Call any path; see `MixpanelClient.request`."""
        from mixpanel_export.http.transport import asend

        return await asend(self._http, self._raw_call(method, path, params, form, json, headers, idempotent))

    def with_raw_response(
        self, method: Callable[P, Awaitable[T]]
    ) -> Callable[P, Coroutine[Any, Any, RawResponse[T]]]:
        """Return a resource method that returns status, headers and body beside its typed answer."""
        from mixpanel_export.http.raw import capturing, last_of, raw_response

        async def call(*args: P.args, **kwargs: P.kwargs) -> RawResponse[T]:
            with capturing() as responses:
                parsed: T = await method(*args, **kwargs)
                return raw_response(last_of(responses), parsed)

        return call

    async def close(self) -> None:
        """Close the connections."""
        for http in self._servers.opened():
            await http.aclose()
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


def _is_export(operation: Operation[Any]) -> bool:
    """Return True for the raw export, also as compiled from another file: its answer must be proved complete."""
    from mixpanel_export_api.api.export import EXPORT_RAW

    return operation.path == EXPORT_RAW.path and not operation.servers


def _export_arguments(operation: Operation[Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in arguments.items()
        if name not in {*operation.bound, "format"} or value is not None
    }


def _credentials(auth: MixpanelAuth) -> MixpanelAuth:
    from mixpanel_export.auth import MixpanelAuth
    from mixpanel_export.errors import ConfigurationError

    if not isinstance(auth, MixpanelAuth):  # pyright: ignore[reportUnnecessaryIsInstance]
        # The value may be a secret.
        raise ConfigurationError(
            "auth", f"expected ServiceAccountAuth or another auth class, got {type(auth).__name__}"
        )
    return auth


def _project(project_id: int | str | None, auth: MixpanelAuth) -> int | None:
    project = _identifier("project_id", project_id)
    from mixpanel_export.errors import ConfigurationError

    if project is None and auth.needs_project:
        raise ConfigurationError("project_id", f"required with {auth.description}")
    return project


def _identifier(name: str, value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and int(value) > 0:
        return int(value)
    from mixpanel_export.errors import ConfigurationError

    raise ConfigurationError(name, f"expected a number such as 1234567, got {value!r}")


def _timeout(timeout: float | httpx.Timeout | None) -> httpx.Timeout | None:
    import httpx

    from mixpanel_export.errors import ConfigurationError

    if timeout is None or isinstance(timeout, httpx.Timeout):
        return timeout
    is_number = isinstance(timeout, int | float) and not isinstance(timeout, bool)  # pyright: ignore[reportUnnecessaryIsInstance]
    if not is_number or not 0 < timeout < math.inf:
        raise ConfigurationError("timeout", f"expected a number of seconds above 0, got {timeout!r}")
    return httpx.Timeout(timeout, pool=None)

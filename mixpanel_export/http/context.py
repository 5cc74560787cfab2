"""One call, without the network: from checked arguments to a request, from a response to a typed answer.

Pure, so that the synchronous and the asynchronous client, and the export, share every decision. Sending is
`client`'s business.
"""

from __future__ import annotations

import datetime
import json
import logging
import re
import zoneinfo
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar, cast, get_origin

import httpx
import tenacity
from attrs import frozen

from mixpanel_export import dates, tables
from mixpanel_export.auth import MixpanelAuth
from mixpanel_export.errors import (
    ConfigurationError,
    InvalidArgumentError,
    InvalidResponseError,
    MixpanelError,
    NetworkError,
    RateLimitError,
    RequestTimeoutError,
)
from mixpanel_export.http.arguments import check_arguments
from mixpanel_export.http.failures import ErrorContext, error_from_response, public_url, server_words
from mixpanel_export.http.limits import MIXPANEL_LIMITS, Budget, BudgetWait, Lease, Limits, budget_of
from mixpanel_export.http.raw import RawResponse, captured, raw_response
from mixpanel_export.http.retry import RetryPolicy, RetryState
from mixpanel_export.http.servers import Family, Servers, family_of, read_timeout
from mixpanel_export_api.api import CsvText, Map, Operation

__all__ = ["Call", "Context", "Request"]

T = TypeVar("T")

_logger = logging.getLogger("mixpanel_export")

tables.raise_own_errors()

CONNECT_TIMEOUT = 20.0

_ANYTHING = re.compile(b"")
_ARRAY = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[")
_OBJECT = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{")


@frozen
class Request:
    """A request, ready for `httpx.Client.build_request(**request.arguments)`."""

    arguments: Mapping[str, Any]

    @property
    def method(self) -> str:
        return str(self.arguments["method"]).upper()

    @property
    def url(self) -> str:
        return str(self.arguments["url"])


@frozen
class Call(Generic[T]):
    """One call, ready to be sent, as often as its attempts allow.

    Attributes:
        name: what it is called in logs.
        read: makes the answer of a response, or raises.
        attempts: what has failed so far.
        wait: how long it has waited for its budget.
    """

    context: Context
    name: str
    request: Request
    read: Callable[[httpx.Response], T]
    budget: Budget | None
    attempts: RetryState
    wait: BudgetWait

    def begin(self) -> Lease | float:
        """Begin an attempt now, or answer the seconds to wait before asking again.

        Raises:
            BudgetExhaustedError: when that would be longer than the client's limits allow.
        """
        begun = self.budget.try_begin() if self.budget is not None else Lease()
        return begun if isinstance(begun, Lease) else self.wait.add(begun)

    def answer(self, response: httpx.Response) -> T:
        """The answer; raises for a failure."""
        answer = self.read(response)
        if (wanted := captured.get()) is not None:
            wanted.append(response)
        return answer

    def retrying(self) -> tenacity.Retrying:
        """The loop that makes the attempts, waiting with `time.sleep`."""
        return tenacity.Retrying(**self._loop())

    def retrying_async(self) -> tenacity.AsyncRetrying:
        """The loop that makes the attempts, waiting with `asyncio.sleep`."""
        return tenacity.AsyncRetrying(**self._loop())

    def _loop(self) -> dict[str, Any]:
        return {
            "retry": self.attempts.again,
            "wait": self.attempts.pause,
            "before_sleep": self._before_sleep,
            "reraise": True,
        }

    def _before_sleep(self, state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        wait = self.attempts.next_wait or 0.0
        if isinstance(error, RateLimitError) and self.budget is not None:
            self.budget.pause(wait)
        _logger.info("%s failed; again in %.1f s: %s", self.name, wait, error)


@frozen
class Context:
    """What a person bound once, at construction, and what every call needs."""

    auth: MixpanelAuth
    servers: Servers
    project_id: int | None
    workspace_id: int | None
    zone: zoneinfo.ZoneInfo
    timeout: httpx.Timeout | None
    check_expressions: bool
    retry: RetryPolicy
    limits: Limits | None

    def budget(self, family: Family) -> Budget | None:
        """The budget of a family of calls, shared with all clients of the project; None if not counted."""
        host = self.servers.data if family == "data" else self.servers.rest
        whose = self.project_id if self.project_id is not None else self.auth.fingerprint
        return budget_of(f"{host} {whose}", family, self.limits)

    def today(self) -> datetime.date:
        """The current day in the project's time zone."""
        return dates.today(self.zone)

    def request(
        self,
        operation: Operation[Any],
        arguments: Mapping[str, Any],
        headers: Mapping[str, str] | None = None,
    ) -> Request:
        """Check the arguments of an operation and build its request; raises as `checked` and `build` do."""
        return self.build(operation, self.checked(operation, arguments), headers)

    def checked(self, operation: Operation[Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments as `build` takes them, without those that are None.

        Raises:
            InvalidArgumentError: for an argument that the contract does not allow.
            ConfigurationError: when these credentials cannot make this call.
        """
        self._check_credentials(operation)
        return check_arguments(
            operation, arguments, self.today(), zone=self.zone, check_expressions=self.check_expressions
        )

    def build(
        self,
        operation: Operation[Any],
        checked: Mapping[str, Any],
        headers: Mapping[str, str] | None = None,
    ) -> Request:
        """Build a request, with the generated client, from arguments that were checked before.

        Raises:
            InvalidArgumentError: when they do not fit in a URL.
        """
        values = {name: value for name, value in checked.items() if value is not None}
        in_body = {name: values.pop(name) for name in operation.body_fields if name in values}
        if operation.body is not None:
            values["body"] = operation.body(**_renamed(operation, in_body))
        built = operation.build(**_renamed(operation, values), **self._bound(operation))
        built["url"] = self.servers.url(built["url"], self.auth.query_root)
        built["timeout"] = self._timeout(operation.path)
        _check_length(built)
        if headers:
            built["headers"] = {**built.get("headers", {}), **headers}
        return Request(built)

    def call(self, operation: Operation[T], arguments: Mapping[str, Any]) -> Call[T]:
        """An operation with checked arguments, ready to be sent; raises as `request` does."""
        return self._call(
            operation.name,
            operation.path,
            self.request(operation, arguments),
            self._reader(operation, arguments.get("format")),
            idempotent=operation.idempotent,
        )

    def raw_call(self, arguments: dict[str, Any], *, idempotent: bool) -> Call[RawResponse[str]]:
        """A request of `raw_arguments`, ready to be sent with what is bound to the client."""
        path: str = arguments["url"]
        if "{project_id}" in path and self.project_id is None:
            raise ConfigurationError("project_id", f"{path} needs it; none is bound")
        if family_of(path) != "app":
            known = {"project_id": self.project_id, "workspace_id": self.workspace_id}
            bound = {name: value for name, value in known.items() if value is not None}
            arguments["params"] = {**bound, **arguments["params"]}
        arguments["url"] = self.servers.url(
            path.replace("{project_id}", str(self.project_id)), self.auth.query_root
        )
        _check_length(arguments)
        arguments["timeout"] = self._timeout(path)
        return self._call(path, path, Request(arguments), self._read_raw, idempotent=idempotent)

    def _call(
        self,
        name: str,
        path: str,
        request: Request,
        read: Callable[[httpx.Response], T],
        *,
        idempotent: bool,
    ) -> Call[T]:
        return Call(
            context=self,
            name=name,
            request=request,
            read=read,
            budget=self.budget(family_of(path)),
            attempts=RetryState(self.retry, idempotent=idempotent),
            wait=BudgetWait(self.limits.max_wait if self.limits is not None else 0.0),
        )

    def _reader(self, operation: Operation[T], format: object) -> Callable[[httpx.Response], T]:
        if operation.csv and format == "csv":
            return cast(Callable[[httpx.Response], T], self._read_csv)
        return lambda response: self.answer(operation, response)

    def _read_csv(self, response: httpx.Response) -> CsvText:
        self.check(response)
        self._check_error(response)
        if "json" in response.headers.get("content-type", "").lower():
            raise self._unreadable(response, "CSV was asked for, and JSON is what came")
        return CsvText(response.text)

    def _read_raw(self, response: httpx.Response) -> RawResponse[str]:
        self.check(response)
        # Of a path that the contract does not know, anything may be the answer.
        self._check_error(response, is_map=True)
        return raw_response(response, response.text)

    def _timeout(self, path: str) -> httpx.Timeout:
        return self.timeout or httpx.Timeout(read_timeout(path), connect=CONNECT_TIMEOUT, pool=None)

    def answer(self, operation: Operation[T], response: httpx.Response) -> T:
        """The typed answer, of a response whose body has been read.

        Raises:
            APIError: when Mixpanel failed, or answered what the contract does not know.
        """
        self.check(response)
        self._check_error(response, is_map=_is_map(operation))
        if not _opening(operation).match(response.content):
            raise self._unreadable(response, f"the answer is not what {operation.name} answers")
        try:
            return operation.parse(response)  # type: ignore[no-any-return]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            why = f"{type(error).__name__} while reading {operation.name}"
            raise self._unreadable(response, why) from error

    def check(self, response: httpx.Response) -> None:
        """Raise for a response that is a failure by its status, or a web page; its body must have been read."""
        if not response.is_success:
            raise error_from_response(response, self._asker(response))
        if "html" in response.headers.get("content-type", "").lower():
            page = self._unreadable(response, "the answer is a web page")
            page.is_page = True
            raise page

    def _check_error(self, response: httpx.Response, *, is_map: bool = False) -> None:
        """Raise for a failure with the status of a success: an object with an `error`, whatever is beside it.

        Args:
            is_map: whether the answer's keys may be any, `error` among them.
        """
        error = _error_in(response.content)
        # In a map, an object is what belongs to a key of that name.
        if error and not (is_map and isinstance(error, dict)):
            raise self._unreadable(response, "the answer is an error")

    def _asker(self, response: httpx.Response) -> ErrorContext:
        family = family_of(response.request.url.path.removeprefix(self.servers.prefix))
        allowance = (self.limits or MIXPANEL_LIMITS).allowance(family)
        return ErrorContext(
            credentials=self.auth.description,
            redact=self.auth.redact,
            today=self.today(),
            budget=str(allowance) if allowance is not None else "",
        )

    def network_error(self, error: httpx.HTTPError, request: Request) -> MixpanelError:
        """Our exception for one of httpx."""
        kind = RequestTimeoutError if isinstance(error, httpx.TimeoutException) else NetworkError
        what = self.auth.redact(str(error)) or "no answer"
        ours = kind(f"{type(error).__name__}: {what} ({request.method} {request.url})")
        ours.was_sent = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
        return ours

    def _check_credentials(self, operation: Operation[Any]) -> None:
        if not operation.security & self.auth.schemes:
            raise ConfigurationError(
                "auth",
                f"{operation.name} does not accept {self.auth.description}; use a service account",
            )
        if "{project_id}" in operation.path and self.project_id is None:
            raise ConfigurationError("project_id", f"{operation.name} needs it; none is bound")

    def _bound(self, operation: Operation[Any]) -> dict[str, int]:
        known = {"project_id": self.project_id, "workspace_id": self.workspace_id}
        return {name: value for name in operation.bound if (value := known.get(name)) is not None}

    def _unreadable(self, response: httpx.Response, why: str) -> InvalidResponseError:
        words = server_words(response.content, response.headers.get("content-type", ""), self.auth.redact)
        return InvalidResponseError(
            status=response.status_code,
            message=f"{why}: {words}",
            method=response.request.method,
            url=self.auth.redact(public_url(response.request.url)),
        )


def _renamed(operation: Operation[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    return {operation.renamed.get(name, name): value for name, value in values.items()}


def _check_length(built: Mapping[str, Any]) -> None:
    """Refuse what fits in no URL: httpx would, with an exception that names no argument."""
    try:
        httpx.URL(built["url"], params=built.get("params"))
    except httpx.InvalidURL:
        parts: Mapping[str, Any] = {"url": built["url"], **built.get("params", {})}
        longest = max(parts, key=lambda name: len(str(parts[name])))
        raise InvalidArgumentError(
            longest, parts[longest], "it is too long for a URL; ask for less in one call"
        ) from None


def _opening(operation: Operation[Any]) -> re.Pattern[bytes]:
    """How the body of a successful answer begins. The generated parsers do not look, and turn an object
    into an empty list, or an empty list into an object.
    """
    answer = _answer(operation)
    if answer is str:
        return _ANYTHING
    return _ARRAY if get_origin(answer) is list else _OBJECT


def _is_map(operation: Operation[Any]) -> bool:
    """Whether a successful answer is a map, by names that people have chosen."""
    answer = _answer(operation)
    return isinstance(answer, type) and issubclass(answer, Map)


def _answer(operation: Operation[Any]) -> Any:
    return operation.parse.__annotations__["return"]


def _error_in(body: bytes) -> Any:
    """The `error` of a body that is an object. The older calls answer one that is false when all is well."""
    if b'"error"' not in body or not _OBJECT.match(body):
        return None
    try:
        return json.loads(body)["error"]
    except (ValueError, KeyError, RecursionError):
        return None

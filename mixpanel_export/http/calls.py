"""One call, ready to be sent: its request, the reader of its answer, its budget and its attempts.

No I/O, so that both clients, the export and the profiles share every decision. `transport` sends calls, `answers`
reads what comes back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import httpx
from attrs import field, frozen

from mixpanel_export._text import shortened
from mixpanel_export.errors import (
    APIError,
    ConfigurationError,
    InvalidArgumentError,
    MixpanelError,
    NetworkError,
    RateLimitError,
)
from mixpanel_export.http.answers import answer_reader, read_raw
from mixpanel_export.http.arguments import check_arguments
from mixpanel_export.http.budget import Budget, Lease
from mixpanel_export.http.clock import in_words
from mixpanel_export.http.context import Context
from mixpanel_export.http.raw import RawResponse, captured
from mixpanel_export.http.retry import RetryState
from mixpanel_export.http.servers import family_of
from mixpanel_export.http.waits import BudgetWait
from mixpanel_export_api.api import Operation

__all__ = [
    "Call",
    "CallObserver",
    "Request",
    "build_request",
    "checked_arguments",
    "operation_call",
    "raw_call",
]

T = TypeVar("T")

_logger = logging.getLogger("mixpanel_export.retries")


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


class CallObserver:
    """Callbacks for the progress of a call; the base class ignores them."""

    def on_attempt(self) -> None:
        """Handle the start of an attempt; whatever the previous one received is void."""

    def on_limited(self) -> None:
        """Note that the server had too many requests; the call is repeated."""

    def on_wait(self, seconds: float, reason: str) -> None:
        """Nothing happens for this many seconds.

        Args:
            reason: the next step and the cause of the wait: `attempt 2 of 6: connection refused`.
        """


@frozen
class Call(Generic[T]):
    """One call, ready to be sent as often as its attempts allow.

    Attributes:
        name: the operation or path, for logs.
        read: returns the result of a complete response, or raises.
        attempts: the failures so far.
        wait: the time spent waiting for the budget so far.
    """

    context: Context
    name: str
    request: Request
    read: Callable[[httpx.Response], T]
    budget: Budget
    attempts: RetryState
    wait: BudgetWait
    observer: CallObserver = field(factory=CallObserver)

    def begin(self) -> Lease | float:
        """Start an attempt now, or return the seconds to wait before asking again.

        Raises:
            BudgetExhaustedError: when that would be longer than the client's limits allow.
        """
        started = self.budget.try_begin()
        if isinstance(started, Lease):
            self.attempts.start()
            self.observer.on_attempt()
            return started
        step = self._next_attempt if self.attempts.failures else "next request"
        self.observer.on_wait(started.seconds, f"{step}: {started.why}")
        nap = self.wait.add(started)
        self.budget.announce(started, self.wait.for_slots)
        return nap

    def answer(self, response: httpx.Response) -> T:
        """Return the result of a complete response; raise for a failure."""
        answer = self.read(response)
        if (wanted := captured.get()) is not None:
            wanted.append(response)
        return answer

    def network_error(self, error: httpx.HTTPError) -> MixpanelError:
        """Return our exception for one of httpx; see `Context.network_error`."""
        return self.context.network_error(error, self.request.method, self.request.url)

    def failed(self, error: Exception) -> float:
        """Record a failed attempt; return the seconds to wait before the next one, or raise `error`."""
        attempts = self.attempts
        wait = attempts.record_failure(error)
        asked = attempts.asked(error)
        # All these waits of a call count, so that they end.
        gives_up = wait is None or max(asked, attempts.limited_wait) > self.wait.longest
        is_limited = isinstance(error, RateLimitError)
        is_pause = is_limited or asked > 0
        # Where no budget is kept, nothing outlives the call.
        if isinstance(error, APIError) and is_pause and (self.budget.is_kept or not gives_up):
            # Every call of the budget waits. Only a 429 is about the budget, and believed over our own count.
            is_asked = is_limited and asked > 0
            self.budget.pause(wait or asked, error.status, is_asked=is_asked, words=error.message)
        if wait is None or gives_up:
            raise error
        if is_limited:
            self.observer.on_limited()
        else:
            reason = _short_reason(error)
            _logger.info("%s: %s in %s: %s", self.name, self._next_attempt, in_words(wait), reason)
            if not is_pause:
                self.observer.on_wait(wait, f"{self._next_attempt}: {reason}")
        # The budget has its wait, and announces it.
        return 0.0 if is_pause else wait

    @property
    def _next_attempt(self) -> str:
        return f"attempt {self.attempts.failures + 1} of {self.attempts.allowed}"


def operation_call(context: Context, operation: Operation[T], arguments: Mapping[str, Any]) -> Call[T]:
    """Return the call of an operation; raise as `checked_arguments` and `build_request` do."""
    context = context.of_operation(operation, arguments)
    checked = checked_arguments(context, operation, arguments)
    read_answer = answer_reader(context, operation, arguments.get("format"))

    def read(response: httpx.Response) -> T:
        answer = read_answer(response)
        context.event_names.observe(operation.name, checked, answer, len(response.content))
        return answer

    return _call(
        context,
        operation.name,
        operation.path,
        build_request(context, operation, checked),
        read,
        idempotent=operation.idempotent,
    )


def raw_call(context: Context, arguments: dict[str, Any], *, idempotent: bool) -> Call[RawResponse[str]]:
    """Return the call of `raw_arguments`, with the client's project, workspace and credentials.

    Raises:
        ConfigurationError: when the path needs a project and the client has none.
        InvalidArgumentError: for arguments too long for a URL.
    """
    path: str = arguments["url"]
    if "{project_id}" in path and context.project_id is None:
        raise ConfigurationError("project_id", f"required by {path}; the client has none")
    if family_of(path) in {"data", "query"}:
        arguments["params"] = {**context.bound, **arguments["params"]}
    arguments["url"] = context.servers.url(
        path.replace("{project_id}", str(context.project_id)), context.auth.query_root
    )
    _check_length(arguments)
    arguments["timeout"] = context.timeout_of(path)

    def read(response: httpx.Response) -> RawResponse[str]:
        return read_raw(context, response)

    return _call(context, path, path, Request(arguments), read, idempotent=idempotent)


def checked_arguments(
    context: Context, operation: Operation[Any], arguments: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the arguments as `build_request` takes them, without those that are None.

    Raises:
        InvalidArgumentError: for an argument that the contract does not allow.
        ConfigurationError: when these credentials cannot make this call.
    """
    _check_credentials(context, operation)
    return check_arguments(
        operation, arguments, context.today(), zone=context.zone, check_expressions=context.check_expressions
    )


def build_request(
    context: Context,
    operation: Operation[Any],
    checked: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
) -> Request:
    """Build a request, with the generated client, from the result of `checked_arguments`.

    Raises:
        InvalidArgumentError: for arguments too long for a URL.
    """
    values = {name: value for name, value in checked.items() if value is not None}
    in_body = {name: values.pop(name) for name in operation.body_fields if name in values}
    bound = {name: value for name, value in context.bound.items() if name in operation.bound}
    built_from = {**bound, **_renamed(operation, values)}
    if operation.body is not None:
        built_from["body"] = operation.body(**_renamed(operation, in_body))
    built = operation.build(**built_from)
    built["url"] = context.servers.url(built["url"], context.auth.query_root)
    built["timeout"] = context.timeout_of(operation.path)
    _check_length(built)
    if headers:
        built["headers"] = {**built.get("headers", {}), **headers}
    return Request(built)


def _call(
    context: Context,
    name: str,
    path: str,
    request: Request,
    read: Callable[[httpx.Response], T],
    *,
    idempotent: bool,
) -> Call[T]:
    return Call(
        context=context,
        name=name,
        request=request,
        read=read,
        budget=context.budget(context.family_of(path)),
        attempts=RetryState(context.retry, idempotent=idempotent),
        wait=context.budget_wait(),
    )


def _short_reason(error: Exception) -> str:
    """Return why an attempt failed, for a line of progress."""
    if isinstance(error, NetworkError):
        return shortened(error.reason)
    if isinstance(error, APIError):
        return shortened(f"{error.status} {error.message}")
    return shortened(str(error))


def _check_credentials(context: Context, operation: Operation[Any]) -> None:
    if not operation.security & context.auth.schemes:
        usable = "a service account" if "serviceAccount" in operation.security else "an OAuth token"
        raise ConfigurationError(
            "auth", f"{operation.name} does not accept the {context.auth.description}; use {usable}"
        )
    if "{project_id}" in operation.path and context.project_id is None:
        raise ConfigurationError("project_id", f"required by {operation.name}; the client has none")


def _renamed(operation: Operation[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    return {operation.renamed.get(name, name): value for name, value in values.items()}


def _check_length(built: Mapping[str, Any]) -> None:
    """Refuse arguments too long for a URL: httpx raises an exception that names none of them."""
    try:
        httpx.URL(built["url"], params=built.get("params"))
    except httpx.InvalidURL:
        parts: Mapping[str, Any] = {"url": built["url"], **built.get("params", {})}
        longest = max(parts, key=lambda name: len(str(parts[name])))
        raise InvalidArgumentError(
            longest, parts[longest], "expected a value that fits into a URL; request less in one call"
        ) from None

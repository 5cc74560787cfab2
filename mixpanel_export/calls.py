"""One call, without the network: from checked arguments to a request, from a response to a typed answer.

Pure, so that the synchronous and the asynchronous client, and the export, share every decision. Sending is
`client`'s business.
"""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Mapping
from typing import Any, TypeVar, cast

import httpx
from attrs import frozen

from mixpanel_export import dates
from mixpanel_export.arguments import check_arguments
from mixpanel_export.auth import MixpanelAuth
from mixpanel_export.errors import (
    ConfigurationError,
    InvalidResponseError,
    MixpanelError,
    NetworkError,
    RequestTimeoutError,
    error_from_response,
    public_url,
    server_words,
)
from mixpanel_export.servers import Servers, read_timeout
from mixpanel_export_api import Client as _GeneratedClient
from mixpanel_export_api.api import Operation

__all__ = ["Context", "Request"]

T = TypeVar("T")

# The generated parsers ask a client what to do with a status the contract does not know: raise.
_STRICT = _GeneratedClient(base_url="", raise_on_unexpected_status=True)

CONNECT_TIMEOUT = 20.0


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
class Context:
    """What a person bound once, at construction, and what every call needs."""

    auth: MixpanelAuth
    servers: Servers
    project_id: int | None
    workspace_id: int | None
    zone: zoneinfo.ZoneInfo
    timeout: httpx.Timeout | None

    def today(self) -> datetime.date:
        """The current day in the project's time zone."""
        return dates.today(self.zone)

    def request(
        self,
        operation: Operation[Any],
        arguments: Mapping[str, Any],
        headers: Mapping[str, str] | None = None,
    ) -> Request:
        """The request of an operation, built by the generated client from checked arguments.

        Raises:
            InvalidArgumentError: for an argument that the contract does not allow.
            ConfigurationError: when these credentials cannot make this call.
        """
        self._check_credentials(operation)
        values = check_arguments(operation, arguments, self.today())
        in_body = {name: values.pop(name) for name in operation.body_fields if name in values}
        if operation.body is not None:
            values["body"] = operation.body(**_renamed(operation, in_body))
        built = operation.build(**_renamed(operation, values), **self._bound(operation))
        built["url"] = self.servers.url(built["url"], self.auth.query_root)
        built["timeout"] = self.timeout or httpx.Timeout(
            read_timeout(operation.path), connect=CONNECT_TIMEOUT, pool=None
        )
        if headers:
            built["headers"] = {**built.get("headers", {}), **headers}
        return Request(built)

    def answer(self, operation: Operation[T], response: httpx.Response) -> T:
        """The typed answer, of a response whose body has been read.

        Raises:
            APIError: when Mixpanel failed, or answered what the contract does not know.
        """
        self.check(response)
        try:
            return operation.parse(client=_STRICT, response=response)  # type: ignore[no-any-return]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            why = f"{type(error).__name__} while reading {operation.name}"
            raise self._unreadable(response, why) from error

    def check(self, response: httpx.Response) -> None:
        """Raise for a response that is a failure, be it with status 200; its body must have been read."""
        if not response.is_success:
            raise error_from_response(
                status=response.status_code,
                headers=response.headers,
                body=response.content,
                method=response.request.method,
                url=response.request.url,
                redact=self.auth.redact,
                today=self.today(),
            )
        content_type = response.headers.get("content-type", "")
        if "html" in content_type:
            raise self._unreadable(response, "the answer is a web page")
        if "json" in content_type and _is_error_object(response):
            raise self._unreadable(response, "the answer is an error")

    def network_error(self, error: httpx.HTTPError, request: Request) -> MixpanelError:
        """Our exception for one of httpx."""
        kind = RequestTimeoutError if isinstance(error, httpx.TimeoutException) else NetworkError
        what = self.auth.redact(str(error)) or "no answer"
        return kind(f"{type(error).__name__}: {what} ({request.method} {request.url})")

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
        words = server_words(response.content, response.headers.get("content-type", ""))
        return InvalidResponseError(
            status=response.status_code,
            message=self.auth.redact(f"{why}: {words}"),
            method=response.request.method,
            url=self.auth.redact(public_url(response.request.url)),
        )


def _renamed(operation: Operation[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    return {operation.renamed.get(name, name): value for name, value in values.items()}


def _is_error_object(response: httpx.Response) -> bool:
    """Older calls could say status 200 and `{"error": "…"}`; a series called `error` is no such thing."""
    try:
        parsed = response.json()
    except ValueError:
        return False
    if not isinstance(parsed, dict):
        return False
    answer = cast("dict[str, Any]", parsed)
    words = answer.get("error")
    return isinstance(words, str) and bool(words) and answer.keys() <= {"error", "status", "request", "code"}

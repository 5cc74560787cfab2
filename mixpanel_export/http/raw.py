"""Answers as they came, and requests that the contract does not know.

`client.request()` calls any path with the client's credentials, budgets, retries and errors;
`client.with_raw_response()` gives status, headers and body beside the typed answer of any resource method.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from typing import Any, Generic, TypeVar

import httpx
from attrs import frozen

from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export_api.api import NOT_IDEMPOTENT

__all__ = ["RawResponse", "captured", "is_idempotent", "last_of", "raw_arguments", "raw_response"]

T = TypeVar("T")

_PATH = re.compile(r"/api/[^?#\s\x00-\x1f]*")

captured: ContextVar[list[httpx.Response] | None] = ContextVar("captured", default=None)
"""Where a client leaves the response of a call whose raw response was asked for."""


@frozen
class RawResponse(Generic[T]):
    """An answer as it came.

    Attributes:
        status: the HTTP status.
        headers: the headers, found whatever the case of their names.
        content: the body, decompressed.
        parsed: the typed answer of the method that was called; for `client.request()` the text.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes
    parsed: T

    @property
    def text(self) -> str:
        """The body as text, in UTF-8."""
        return self.content.decode("utf-8", errors="replace")

    def json(self) -> Any:
        """The body, parsed; raises ValueError when it is no JSON."""
        return json.loads(self.content)


def last_of(responses: Sequence[httpx.Response]) -> httpx.Response:
    """The answer of a method, of those that were captured; raises InvalidArgumentError when there is none."""
    if not responses:
        raise InvalidArgumentError(
            "method", "one with no single answer", "allowed are methods that make one request, not exports"
        )
    return responses[-1]


def raw_response(response: httpx.Response, parsed: T) -> RawResponse[T]:
    """The answer that httpx has read."""
    return RawResponse(response.status_code, response.headers, response.content, parsed)


def is_idempotent(method: str, path: str) -> bool:
    """Whether its method and the contract say that repeating a request after an ambiguous failure is harmless."""
    known = {(of, template.rstrip("/")) for of, template in NOT_IDEMPOTENT}
    return method.upper() == "GET" and ("GET", path.rstrip("/")) not in known


def raw_arguments(
    method: str,
    path: str,
    *,
    params: Mapping[str, Any] | None,
    form: Mapping[str, Any] | None,
    body: Any,
    headers: Mapping[str, str] | None,
) -> dict[str, Any]:
    """The arguments of an httpx request; what is None is left out, lists and mappings become JSON text."""
    if not _PATH.fullmatch(path):
        raise InvalidArgumentError(
            "path",
            path,
            "allowed is a path from the host, such as '/api/query/insights', with the query in params",
        )
    arguments: dict[str, Any] = {"method": method.upper(), "url": path, "params": _flat(params or {})}
    if form is not None:
        arguments["data"] = _flat(form)
    if body is not None:
        arguments["json"] = body
    if headers:
        arguments["headers"] = dict(headers)
    return arguments


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: json.dumps(value) if isinstance(value, list | tuple | dict) else value
        for name, value in values.items()
        if value is not None
    }

"""Raw responses, and requests for paths outside the contract.

`client.request()` calls any path with the client's credentials, budgets, retries and errors;
`client.with_raw_response()` returns status, headers and body beside the typed answer of any resource method.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Generator, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, Generic, TypeVar

import httpx
from attrs import frozen

from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export_api.api import NOT_IDEMPOTENT

__all__ = [
    "RawResponse",
    "captured",
    "capturing",
    "is_idempotent",
    "last_of",
    "raw_arguments",
    "raw_response",
]

T = TypeVar("T")

_PATH = re.compile(r"/api/[^?#\s\x00-\x1f]*")

captured: ContextVar[list[httpx.Response] | None] = ContextVar("captured", default=None)
"""Collects the responses of the calls made inside `capturing`; None outside."""


@contextlib.contextmanager
def capturing() -> Generator[list[httpx.Response]]:
    """Collect the responses of calls that succeed."""
    responses: list[httpx.Response] = []
    token = captured.set(responses)
    try:
        yield responses
    finally:
        captured.reset(token)


@frozen
class RawResponse(Generic[T]):
    """A response: status, headers, body, and the typed answer parsed from it.

    Attributes:
        status: the HTTP status.
        headers: the headers; names are case-insensitive.
        content: the body, decompressed.
        parsed: the typed answer of the method that was called; for `client.request()` the text.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes
    parsed: T

    @property
    def text(self) -> str:
        """The body decoded as UTF-8."""
        return self.content.decode("utf-8", errors="replace")

    def json(self) -> Any:
        """Return the body parsed as JSON; raise ValueError when it is not JSON."""
        return json.loads(self.content)


def last_of(responses: Sequence[httpx.Response]) -> httpx.Response:
    """Return the last captured response; raise InvalidArgumentError when there is none."""
    if not responses:
        raise InvalidArgumentError(
            "method", "one without a response", "expected a method that makes one request; exports make many"
        )
    return responses[-1]


def raw_response(response: httpx.Response, parsed: T) -> RawResponse[T]:
    """Return the raw response of an answer that httpx has read."""
    return RawResponse(response.status_code, response.headers, response.content, parsed)


def is_idempotent(method: str, path: str) -> bool:
    """Return whether repeating this request after an ambiguous failure is harmless."""
    known = {(verb, template.rstrip("/")) for verb, template in NOT_IDEMPOTENT}
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
    """Return httpx arguments without those that are None; lists and mappings become JSON text."""
    if not _PATH.fullmatch(path):
        raise InvalidArgumentError(
            "path",
            path,
            "expected a path from the host such as '/api/query/insights', with the query in params",
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

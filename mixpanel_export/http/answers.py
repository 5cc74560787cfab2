"""Read a complete response: the typed result of an operation, or the exception for a failure.

Requests are strict, answers are tolerant: see `failures` for the words of a failed one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar, cast

import httpx

from mixpanel_export import tables
from mixpanel_export.errors import InvalidResponseError
from mixpanel_export.http.context import Context
from mixpanel_export.http.failures import ErrorContext, error_from_response, public_url, server_words
from mixpanel_export.http.limits import MIXPANEL_LIMITS
from mixpanel_export.http.raw import RawResponse, raw_response
from mixpanel_export.http.servers import family_of
from mixpanel_export_api.api import CsvText, Operation
from mixpanel_export_api.runtime.answers import decode

__all__ = ["answer_reader", "check_answer", "read_raw"]

T = TypeVar("T")

# Otherwise generated models raise other errors than ours.
tables.raise_own_errors()

_OBJECT = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{")


def answer_reader(context: Context, operation: Operation[T], format: object) -> Callable[[httpx.Response], T]:
    """Return the function that reads the answer of an operation, called with this `format` argument."""
    if operation.csv and format == "csv":
        return lambda response: cast(T, _read_csv(context, response))
    return lambda response: _read_typed(context, operation, response)


def check_answer(context: Context, response: httpx.Response) -> None:
    """Raise for a response that is a failure by its status, or a web page; its body must have been read."""
    if not response.is_success:
        raise error_from_response(response, _error_context(context, response))
    if "html" in response.headers.get("content-type", "").lower():
        raise _unreadable(context, response, "the answer is a web page", is_page=True)


def read_raw(context: Context, response: httpx.Response) -> RawResponse[str]:
    """Return the answer of a path that the contract may not know."""
    check_answer(context, response)
    # Its keys may be anything, `error` included.
    _check_error(context, response, is_map=True)
    return raw_response(response, response.text)


def _read_csv(context: Context, response: httpx.Response) -> CsvText:
    check_answer(context, response)
    _check_error(context, response)
    if "json" in response.headers.get("content-type", "").lower():
        raise _unreadable(context, response, "expected CSV, got JSON")
    return CsvText(response.text)


def _read_typed(context: Context, operation: Operation[T], response: httpx.Response) -> T:
    check_answer(context, response)
    answer = operation.answer
    if answer.kind is str:
        _check_error(context, response)
        return cast(T, response.text)
    # An error after a write that succeeded would invite repeating it, so any body is an answer.
    accept = operation.writes or response.status_code == HTTPStatus.NO_CONTENT
    try:
        document = _document(response.content, accept=accept)
        if not _is_error(document, is_map=answer.is_map):
            return answer.read(document, context.zone, accept=accept)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _unreadable(context, response, f"not an answer of {operation.name} ({error})") from error
    raise _unreadable(context, response, "the answer is an error")


def _document(body: bytes, *, accept: bool) -> Any:
    """Return the JSON of a body; None for one that is none, if that is accepted."""
    try:
        return decode(body)
    except (ValueError, RecursionError):
        if accept:
            return None
        raise


def _is_error(document: Any, *, is_map: bool) -> bool:
    """Return True for an object with an `error`; in a map, an object is the value of a key of that name."""
    error = cast("dict[str, Any]", document).get("error") if isinstance(document, dict) else None
    return bool(error) and not (is_map and isinstance(error, dict))


def _check_error(context: Context, response: httpx.Response, *, is_map: bool = False) -> None:
    """Raise for a failure with the status of a success: an object with an `error`, whatever is beside it.

    Args:
        is_map: the answer's keys may be anything, `error` included.
    """
    error = _error_in(response.content)
    # In a map, an object is the value of a key with that name.
    if error and not (is_map and isinstance(error, dict)):
        raise _unreadable(context, response, "the answer is an error")


def _error_context(context: Context, response: httpx.Response) -> ErrorContext:
    family = family_of(response.request.url.path.removeprefix(context.servers.prefix))
    allowance = (context.limits or MIXPANEL_LIMITS).allowance(family)
    return ErrorContext(
        credentials=context.auth.description,
        redact=context.auth.redact,
        today=context.today(),
        budget=str(allowance) if allowance is not None else "",
    )


def _unreadable(
    context: Context, response: httpx.Response, why: str, *, is_page: bool = False
) -> InvalidResponseError:
    words = server_words(response.content, response.headers.get("content-type", ""), context.auth.redact)
    return InvalidResponseError(
        status=response.status_code,
        message=f"{why}: {words}",
        method=response.request.method,
        url=context.auth.redact(public_url(response.request.url)),
        is_page=is_page,
    )


def _error_in(body: bytes) -> Any:
    """Return the `error` of a body that is an object. In older calls it is false when all is well."""
    if b'"error"' not in body or not _OBJECT.match(body):
        return None
    try:
        return json.loads(body)["error"]
    except (ValueError, KeyError, RecursionError):
        return None

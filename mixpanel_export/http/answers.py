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

from mixpanel_export._error_objects import is_error
from mixpanel_export._text import MESSAGE_LIMIT, shortened
from mixpanel_export.errors import APIError, InvalidResponseError
from mixpanel_export.http.bodies import unread_encoding
from mixpanel_export.http.context import Context
from mixpanel_export.http.failures import (
    ErrorContext,
    error_from_response,
    public_url,
    refuses_credentials,
    server_words,
)
from mixpanel_export.http.limits import MIXPANEL_LIMITS
from mixpanel_export.http.raw import RawResponse, raw_response
from mixpanel_export_api.api import CsvText, Operation
from mixpanel_export_api.runtime.answers import decode

__all__ = ["answer_reader", "check_answer", "read_raw"]

T = TypeVar("T")

# The words from which a text is more than "ok" or "annotation deleted".
_SENTENCE = 4

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
    # Some empty bodies, and words of Mixpanel's, are labelled as HTML.
    is_html = "html" in response.headers.get("content-type", "").lower()
    if is_html and response.content.lstrip()[:1] == b"<":
        raise _unreadable(context, response, "the answer is a web page", is_page=True)


def _check_encoding(context: Context, response: httpx.Response) -> None:
    """Raise for a body in an encoding that was not offered, and whose end is not verified."""
    encoding = unread_encoding(response)
    if encoding is not None and response.content:
        raise _invalid(context, response, f"expected the content encoding gzip or none, got {encoding!r}")


def read_raw(context: Context, response: httpx.Response) -> RawResponse[str]:
    """Return the answer of a path that the contract may not know."""
    check_answer(context, response)
    _check_encoding(context, response)
    # Its keys may be anything, `error` included.
    _check_error(context, response, is_map=True)
    return raw_response(response, response.text)


def _read_csv(context: Context, response: httpx.Response) -> CsvText:
    check_answer(context, response)
    _check_encoding(context, response)
    _check_error(context, response)
    if "json" in response.headers.get("content-type", "").lower():
        raise _unreadable(context, response, "expected CSV, got JSON")
    return CsvText(response.text)


def _read_typed(context: Context, operation: Operation[T], response: httpx.Response) -> T:
    answer = operation.answer
    # An error after a write that succeeded would invite repeating it, so nearly any body is an answer.
    is_done = response.status_code in (HTTPStatus.CREATED, HTTPStatus.NO_CONTENT)
    accept = operation.writes or is_done
    if not is_done:
        check_answer(context, response)
    if not accept:
        _check_encoding(context, response)
    if answer.kind is str:
        _check_error(context, response)
        return cast(T, response.text)
    try:
        document = _document(response.content, accept=accept)
        if isinstance(document, str):
            raise _words(context, response)
        if not is_error(document, is_map=answer.is_map, accept=accept):
            return answer.read(document, context.zone, accept=accept)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        if response.content.lstrip()[:1] not in (b"{", b"[", b""):
            raise _words(context, response) from error
        raise _unreadable(context, response, f"not an answer of {operation.name} ({error})") from error
    raise _error_of(context, response)


def _document(body: bytes, *, accept: bool) -> Any:
    """Return the JSON of a body; None for one that is none, if that is accepted.

    A sentence is never accepted: it says why the plan does not allow the call.
    """
    try:
        return decode(body)
    except (ValueError, RecursionError):
        if accept and (body[:1] == b"<" or len(body.split()) < _SENTENCE):
            return None
        raise


def _check_error(context: Context, response: httpx.Response, *, is_map: bool = False) -> None:
    """Raise for a failure with the status of a success: an object with an `error`, whatever is beside it.

    Args:
        is_map: the answer's keys may be anything, `error` included.
    """
    error = _error_in(response.content)
    # In a map, an object is the value of a key with that name.
    if error and not (is_map and isinstance(error, dict)):
        raise _error_of(context, response)


def _error_of(context: Context, response: httpx.Response) -> APIError:
    """Return the exception for a failure with the status of a success."""
    words = server_words(response.content, response.headers.get("content-type", ""), context.auth.redact)
    if refuses_credentials(words):
        return error_from_response(response, _error_context(context, response))
    return _unreadable(context, response, "the answer is an error")


def _words(context: Context, response: httpx.Response) -> APIError:
    """Return the exception for text in place of JSON: Mixpanel's words."""
    error = _error_of(context, response)
    return _unreadable(context, response, "") if isinstance(error, InvalidResponseError) else error


def _error_context(context: Context, response: httpx.Response) -> ErrorContext:
    family = context.family_of(response.request.url.path.removeprefix(context.servers.prefix))
    quota = str(context.limits.allowance(family) or "") or str(MIXPANEL_LIMITS.allowance(family) or "")
    return ErrorContext(
        credentials=context.auth.description,
        redact=context.auth.redact,
        today=context.today(),
        budget=quota,
    )


def _unreadable(
    context: Context, response: httpx.Response, why: str, *, is_page: bool = False
) -> InvalidResponseError:
    words = server_words(response.content, response.headers.get("content-type", ""), context.auth.redact)
    return _invalid(context, response, f"{why}: {words}" if why else words, is_page=is_page)


def _invalid(
    context: Context, response: httpx.Response, message: str, *, is_page: bool = False
) -> InvalidResponseError:
    return InvalidResponseError(
        status=response.status_code,
        message=shortened(context.auth.redact(message), MESSAGE_LIMIT),
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

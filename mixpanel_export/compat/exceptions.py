"""The older client's exceptions, by their old names and under `MixpanelError` as well.

Those for arguments were its own. For all else it let urllib's and json's through, which programs catch; what
this package raises is turned into subclasses of those here. What the older client did not notice (an export that
broke off, a budget used up) has no older exception, and stays what it is.
"""

# ruff: noqa: N818  the names are the older client's

from __future__ import annotations

import builtins
import contextlib
import email.message
import io
import json
import urllib.error
from collections.abc import Generator
from http import HTTPStatus
from typing import Any

from mixpanel_export.errors import (
    APIError,
    InvalidResponseError,
    MixpanelError,
    NetworkError,
    RateLimitError,
    RequestTimeoutError,
    SliceFailedError,
)

__all__ = [
    "ExpiredRequestException",
    "HTTPError",
    "InvalidAPIKeyException",
    "InvalidDataType",
    "InvalidDateException",
    "InvalidFormatException",
    "InvalidUnitException",
    "JSONDecodeError",
    "MixpanelQueryException",
    "TimeoutError",
    "URLError",
    "older_errors",
]


class MixpanelQueryException(MixpanelError):
    """What the older client raised of its own accord."""


class InvalidUnitException(MixpanelQueryException, ValueError):
    """The unit is none of `MixpanelQueryClient.VALID_UNITS`."""


class InvalidFormatException(MixpanelQueryException, ValueError):
    """The response format is neither `json` nor `csv`."""


class InvalidDateException(MixpanelQueryException, ValueError):
    """A date is not of the right form, or the first is after the last."""


class InvalidDataType(MixpanelQueryException, ValueError):
    """The data type is none of `MixpanelQueryClient.VALID_DATA_TYPES`."""


class InvalidAPIKeyException(MixpanelQueryException):
    """Never raised, then or now: wrong keys are an `HTTPError` with code 401."""


class ExpiredRequestException(MixpanelQueryException):
    """Never raised, then or now: an expired signature is an `HTTPError`."""


class HTTPError(MixpanelError, urllib.error.HTTPError):
    """Mixpanel answered with a failure. As urllib's: `code`, `reason`, `headers`, `read()`.

    Attributes:
        error: the `APIError` with Mixpanel's own message and what to do; its text is this exception's.
    """

    def __init__(self, error: APIError) -> None:
        self.error = error
        headers = email.message.Message()
        if isinstance(error, RateLimitError) and error.retry_after is not None:
            headers["Retry-After"] = f"{error.retry_after:.0f}"
        body = io.BytesIO(json.dumps({"error": error.message}).encode())
        urllib.error.HTTPError.__init__(self, error.url, error.status, _phrase(error.status), headers, body)

    def __str__(self) -> str:
        return str(self.error)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.error,)


class URLError(MixpanelError, urllib.error.URLError):
    """Mixpanel could not be reached, or the connection broke."""

    def __str__(self) -> str:
        return str(self.reason)


class TimeoutError(URLError, builtins.TimeoutError):
    """Mixpanel did not answer in time."""


class JSONDecodeError(MixpanelError, json.JSONDecodeError):
    """The status said success, and the body is not JSON."""

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.msg, self.doc, self.pos)


@contextlib.contextmanager
def older_errors() -> Generator[None]:
    """Raise what the older client raised, caused by what this package raised."""
    try:
        yield
    except MixpanelError as error:
        if (older := _older(error)) is not None:
            raise older from error
        raise


def _older(error: MixpanelError) -> MixpanelError | None:
    match error:
        case SliceFailedError():
            return _older(error.last)
        case InvalidResponseError():
            return JSONDecodeError(str(error), error.message, 0) if error.is_page else None
        case APIError():
            return HTTPError(error)
        case RequestTimeoutError():
            return TimeoutError(str(error))
        case NetworkError():
            return URLError(str(error))
        case _:
            return None


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""

"""The older client's exceptions, under their old names and also under `MixpanelError`.

The older client defined exceptions for arguments and otherwise let those of urllib and json through, which programs
catch; this package's errors are turned into subclasses of both. Errors the older client never noticed (an
incomplete export, a used-up budget) have no older equivalent and are raised unchanged.
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
    """Base of the exceptions that the older client defined."""


class InvalidUnitException(MixpanelQueryException, ValueError):
    """The unit is not one of `MixpanelQueryClient.VALID_UNITS`."""


class InvalidFormatException(MixpanelQueryException, ValueError):
    """The response format is neither `json` nor `csv`."""


class InvalidDateException(MixpanelQueryException, ValueError):
    """A date has the wrong form, or the first is after the last."""


class InvalidDataType(MixpanelQueryException, ValueError):
    """The data type is not one of `MixpanelQueryClient.VALID_DATA_TYPES`."""


class InvalidAPIKeyException(MixpanelQueryException):
    """Never raised, as in the older client: wrong keys are an `HTTPError` with code 401."""


class ExpiredRequestException(MixpanelQueryException):
    """Never raised, as in the older client: an expired signature is an `HTTPError`."""


class HTTPError(MixpanelError, urllib.error.HTTPError):
    """Mixpanel returned an error. Like urllib's: `code`, `reason`, `headers`, `read()`.

    Attributes:
        error: the `APIError` with Mixpanel's message and advice; also the text of this exception.
    """

    def __init__(self, error: APIError) -> None:
        self.error = error
        headers = email.message.Message()
        if error.retry_after is not None:
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
    """The status was a success, but the body is not JSON."""

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.msg, self.doc, self.pos)


@contextlib.contextmanager
def older_errors() -> Generator[None]:
    """Translate this package's errors to the older client's, keeping the original as the cause."""
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

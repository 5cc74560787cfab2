"""The exception tree: what can go wrong, in words that say what to do about it.

This module only describes failures. Deciding whether to try again is `retry`'s business, and finding
out that an export is incomplete is `export`'s. No message made here ever holds a credential: URLs are
stripped of the parameters that authenticate, and servers' words pass through a redactor.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from http import HTTPStatus
from typing import Any

__all__ = [
    "APIError",
    "AuthenticationError",
    "BadRequestError",
    "ConfigurationError",
    "ExportError",
    "IncompleteExportError",
    "InvalidArgumentError",
    "InvalidResponseError",
    "MalformedEventError",
    "MissingExtraError",
    "MixpanelError",
    "NetworkError",
    "NotFoundError",
    "PayloadTooLargeError",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "RateLimitError",
    "RequestTimeoutError",
    "ServerError",
    "SliceFailedError",
]

_WORDS_LIMIT = 500
# More than any secret is long: the half of one that a cut leaves would not be recognised.
_ROUGH_LIMIT = 20_000
# What stands before the words: which line of which slice, and why.
_MESSAGE_LIMIT = _WORDS_LIMIT + 300

Redactor = Callable[[str], str]


class MixpanelError(Exception):
    """Everything this package raises on purpose derives from this.

    Errors can be copied and pickled, so that they reach the parent of a worker process whole.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.args, self.__dict__)


def _restored(kind: type[MixpanelError], args: tuple[Any, ...], attributes: dict[str, Any]) -> MixpanelError:
    # Past __init__, which takes what the message was made of, not the message.
    error = kind.__new__(kind, *args)
    error.__dict__.update(attributes)
    return error


class InvalidArgumentError(MixpanelError, ValueError):
    """An argument was wrong, and nothing was sent.

    Attributes:
        argument: the name of the argument.
        value: what was given.
        allowed: what would have been right, in words.
    """

    def __init__(self, argument: str, value: object, allowed: str) -> None:
        self.argument = argument
        self.value = value
        self.allowed = allowed
        super().__init__(f"{argument}: got {shortened(repr(value))}; {allowed}")


class ConfigurationError(InvalidArgumentError):
    """A client could not be set up, or not for this call: credentials, project, region or server."""

    def __init__(self, argument: str, message: str) -> None:
        ValueError.__init__(self, f"{argument}: {message}")
        self.argument = argument
        self.value: object = None
        self.allowed = message


class MissingExtraError(MixpanelError, ImportError):
    """A part was used whose optional dependencies are not installed; the message names the extra."""

    def __init__(self, what: str, extra: str) -> None:
        self.extra = extra
        super().__init__(
            f"{what} needs packages that are not installed. "
            f"Install them with: pip install 'mixpanel-export-sdk[{extra}]'"
        )


class NetworkError(MixpanelError):
    """The server could not be reached, or the connection broke before the answer was complete.

    Attributes:
        was_sent: False when the request certainly never reached the server, so that repeating it is harmless.
    """

    was_sent: bool = True


class RequestTimeoutError(NetworkError):
    """The server did not answer in time. Raise `timeout=` if the query is known to be slow."""


class APIError(MixpanelError):
    """Mixpanel answered with a failure.

    Attributes:
        status: the HTTP status.
        message: Mixpanel's own words, shortened to 500 characters.
        method: the request's method.
        url: the request's URL, without credentials.
        hint: what to do about it; may be empty.
    """

    def __init__(self, *, status: int, message: str, method: str, url: str, hint: str = "") -> None:
        self.status = status
        self.message = message
        self.method = method
        self.url = url
        self.hint: str = ""
        try:
            phrase = f"{status} {HTTPStatus(status).phrase}"
        except ValueError:
            phrase = str(status)
        super().__init__(f"{phrase}: {message} ({method} {url})")
        self.add_hint(hint)

    def add_hint(self, hint: str) -> None:
        """Say what to do about it, in the message too."""
        if hint:
            self.hint = hint
            self.args: tuple[Any, ...] = (f"{self.args[0]}. {hint}",)


class BadRequestError(APIError):
    """400: Mixpanel refused the parameters."""


class AuthenticationError(APIError):
    """401: Mixpanel refused the credentials."""


class PaymentRequiredError(APIError):
    """402: the project's plan does not include this call."""


class PermissionDeniedError(APIError):
    """403: the credentials are known but may not do this."""


class NotFoundError(APIError):
    """404: no such project, report or path."""


class PayloadTooLargeError(APIError):
    """413: the request or its answer is over Mixpanel's size limit."""


class RateLimitError(APIError):
    """429: the project's request budget is used up.

    Attributes:
        retry_after: the seconds that the server asked to wait, or None when it did not say.
    """

    retry_after: float | None = None


class ServerError(APIError):
    """5xx, or 408: Mixpanel or something before it failed."""


class InvalidResponseError(APIError):
    """The status said success, the body did not: an error object, a web page, or an unknown shape.

    Attributes:
        is_page: whether it was a web page, which comes from something before Mixpanel and passes.
    """

    is_page: bool = False


class ExportError(MixpanelError):
    """A raw export failed after it had begun."""


class IncompleteExportError(ExportError):
    """The body ended before the data did. What was delivered so far is not the whole range."""


class SliceFailedError(IncompleteExportError):
    """A slice of an export was tried as often as allowed and never came whole; nothing of it was delivered.

    Attributes:
        slice: the days of the slice.
        attempts: how often it was tried.
        last: what went wrong the last time; also the exception's cause.
    """

    def __init__(self, slice: str, attempts: int, last: MixpanelError) -> None:
        self.slice = slice
        self.attempts = attempts
        self.last = last
        times = "once" if attempts == 1 else f"{attempts} times"
        super().__init__(f"the slice {slice} failed {times}; the last time: {last}")


class MalformedEventError(ExportError):
    """A line of an export is not an event. Nothing is skipped: the export stops here.

    Attributes:
        source: what it stands in, such as "the slice 2024-01-01".
        line: the number of the line there, from 1.
    """

    def __init__(self, source: str, line: int, text: str, why: str) -> None:
        self.source = source
        self.line = line
        super().__init__(f"line {line} of {source} is not an event ({why}): {roughly(text)}")


@contextlib.contextmanager
def quoting(redact: Redactor) -> Generator[None]:
    """Whatever an export's failure quotes of the server's answer is redacted, should it echo credentials, and then
    shortened.
    """
    try:
        yield
    except ExportError as error:
        error.args = tuple(
            shortened(redact(each), _MESSAGE_LIMIT) if isinstance(each, str) else each for each in error.args
        )
        raise


def roughly(text: str) -> str:
    """The beginning of a text, of which a message quotes less when `quoting` has redacted it."""
    return text[:_ROUGH_LIMIT]


def shortened(text: str, limit: int = _WORDS_LIMIT) -> str:
    """A text as long as a message may quote."""
    return text if len(text) <= limit else f"{text[:limit]}…"

"""The exception tree: what can go wrong, in words that say what to do about it.

This module only describes failures. Deciding whether to try again is `retry`'s business, and finding
out that an export is incomplete is `export`'s. No message made here ever holds a credential: URLs are
stripped of the parameters that authenticate, and servers' words pass through a redactor.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Generator
from http import HTTPStatus
from typing import Any, Literal

from mixpanel_export._text import MESSAGE_LIMIT, excerpt, roughly, shortened

__all__ = [
    "APIError",
    "AuthenticationError",
    "BadRequestError",
    "BudgetExhaustedError",
    "CancelledError",
    "ConfigurationError",
    "DestinationError",
    "DirectoryBusyError",
    "DirectoryMismatchError",
    "DiskFullError",
    "EvaluationError",
    "ExportError",
    "ExpressionError",
    "IncompleteExportError",
    "InvalidArgumentError",
    "InvalidResponseError",
    "MalformedEventError",
    "ManifestError",
    "MissingExtraError",
    "MixpanelError",
    "NetworkError",
    "NotFoundError",
    "PayloadTooLargeError",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "ProfilesIncompleteError",
    "RateLimitError",
    "RequestTimeoutError",
    "ServerError",
    "SliceFailedError",
    "UnrepresentableError",
]


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
            shortened(redact(each), MESSAGE_LIMIT) if isinstance(each, str) else each for each in error.args
        )
        raise


class ExpressionError(InvalidArgumentError):
    """A segmentation expression is not valid.

    Attributes:
        argument: The argument of a call that it was given as, such as `where`; else `expression`.
        problem: What is wrong, in one sentence.
        expression: The text that was read; empty when a builder refused a Python value.
        position: Where in that text, counted in characters from 0; None when there is no place.
        expected: What would have been right there; empty when `problem` says it all.
    """

    def __init__(
        self,
        problem: str,
        expression: str = "",
        position: int | None = None,
        expected: str = "",
    ) -> None:
        ValueError.__init__(self, problem, expression, position, expected)
        self.argument = "expression"
        self.value = expression
        self.allowed = expected
        self.problem = problem
        self.expression = expression
        self.position = position
        self.expected = expected

    def __str__(self) -> str:
        said = f"{self.problem}; expected {self.expected}" if self.expected else self.problem
        if self.argument != "expression":
            said = f"{self.argument}: {said}"
        if self.position is None:
            return said
        return f"{said}\n{excerpt(self.expression, self.position)}"


class EvaluationError(ExpressionError):
    """A valid expression met an event whose values it cannot be applied to.

    `expression` is the part that had the wrong type; `position` is None.
    """


class BudgetExhaustedError(MixpanelError):
    """A call would have had to wait for the project's budget longer than `Limits.max_wait` allows.

    Attributes:
        frees_in: the seconds until the budget has room for it.
    """

    def __init__(self, message: str, frees_in: float) -> None:
        super().__init__(message)
        self.frees_in = frees_in


class ProfilesIncompleteError(MixpanelError):
    """Not all profiles could be read; those delivered so far are not all there are.

    Attributes:
        delivered: how many profiles were delivered.
        total: how many there are, as Mixpanel said; None when it did not.
        restarts: how often the query was begun anew because its session was lost.
    """

    def __init__(self, why: str, delivered: int, total: int | None, restarts: int) -> None:
        self.delivered = delivered
        self.total = total
        self.restarts = restarts
        of = f" of {total:,}" if total is not None else ""
        super().__init__(f"{why}; {delivered:,}{of} profiles had been read")


class CancelledError(ExportError):
    """The export was given up; nobody waits for this slice any more."""


class DestinationError(ExportError):
    """An object store could not be read or written; the slices that are complete there stay.

    Attributes:
        url: the destination.
        action: the action that failed, such as "manifest.json could not be read".
        reason: the store's own words, without secrets; may be empty.
        hint: how to fix it.
    """

    def __init__(self, url: str, action: str, reason: str, hint: str) -> None:
        self.url = url
        self.action = action
        self.reason = reason
        self.hint = hint
        because = f" ({reason})" if reason else ""
        super().__init__(f"{url}: {action}{because}. {hint}")


class DirectoryBusyError(ExportError):
    """Another process is exporting to the same directory; nothing was changed."""


class DiskFullError(ExportError):
    """There was no room for a file. Complete files stay; the same export resumes from them.

    Attributes:
        path: the directory.
        reason: the system's own words.
        needed: about how many bytes the missing days take; None when no slice is complete yet.
    """

    def __init__(self, path: str, reason: str, needed: int | None) -> None:
        self.path = path
        self.reason = reason
        self.needed = needed
        about = f" about {needed / 1e6:,.1f} MB of" if needed else ""
        super().__init__(
            f"{path} has no room left ({reason}); files that are complete stay. Free{about} space there and run "
            "the same export again to resume"
        )


class ManifestError(ExportError):
    """A directory's manifest cannot be read, so the contents of the directory are unknown.

    Attributes:
        problem: the manifest, and what is wrong with it.
        hint: how to fix it; may be empty.
    """

    def __init__(self, problem: str, hint: str = "") -> None:
        self.problem = problem
        self.hint = hint
        super().__init__(f"{problem}. {hint}" if hint else problem)


class DirectoryMismatchError(InvalidArgumentError):
    """A directory holds something other than what was requested; nothing was sent, and nothing in it changed.

    Attributes:
        problem: the directory, and what it holds.
        hint: how to continue; may be empty.
        reason: `another_export`, which the `differences` describe; `no_manifest`, slices that no manifest lists; or
            `limited`, an export with a `limit`, which cannot be updated.
        differences: a description of each argument that differs, beginning with its name.
    """

    def __init__(
        self,
        path: object,
        problem: str,
        hint: str = "",
        *,
        reason: Literal["another_export", "no_manifest", "limited"] = "another_export",
        differences: Collection[str] = (),
    ) -> None:
        message = f"{problem}. {hint}" if hint else problem
        ValueError.__init__(self, message)
        self.argument = "path"
        self.value = path
        self.allowed = message
        self.problem = problem
        self.hint = hint
        self.reason = reason
        self.differences: tuple[str, ...] = tuple(differences)


class UnrepresentableError(ExportError):
    """A value that the wanted format cannot hold.

    Attributes:
        event: the event's name.
        property: the property's; None when it is the event's name that cannot be held.
    """

    def __init__(self, source: str, event: str, property: str | None, why: str, layout: str) -> None:
        self.event: str = event
        self.property: str | None = property
        others = "The layout 'json' and the formats" if layout == "wide" else "The formats"
        where = "the name" if property is None else f"the property {property!r}"
        super().__init__(
            f"{where} of an event {event!r} of {source} cannot be exported to this format: {why}. "
            f"{others} jsonl and jsonl.gz hold it"
        )

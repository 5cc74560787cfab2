"""Every public exception, with messages that say what happened and what to do.

Whether a failed call is retried is decided by `http.retry`. No message holds a credential: URLs are stripped of the
parameters that authenticate, and servers' words pass through a redactor.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection
from http import HTTPStatus
from typing import Any, Literal, NotRequired, TypedDict, Unpack

from mixpanel_export._deprecated import warn_renamed
from mixpanel_export._text import excerpt, roughly, shortened, visible

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
    "GenerationError",
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
    "ResourceLimitError",
    "ServerError",
    "SliceFailedError",
    "UnrepresentableError",
]


_MAX_SECONDS = 1e9

Redactor = Callable[[str], str]
"""Returns a text without the client's credentials."""


class MixpanelError(Exception):
    """The base class of everything this package raises on purpose.

    Errors can be copied and pickled, so that they reach the parent of a worker process whole. Their text is safe to
    print: control characters in what it quotes are escaped. The attributes hold them unescaped.
    """

    def __str__(self) -> str:
        return visible(super().__str__(), keep="\n")

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.args, self.__dict__)


def _restored(kind: type[MixpanelError], args: tuple[Any, ...], attributes: dict[str, Any]) -> MixpanelError:
    # Not by __init__, which takes the parts of the message, not the message.
    error = kind.__new__(kind, *args)
    error.__dict__.update(attributes)
    return error


# Arguments and settings: nothing was sent.


class InvalidArgumentError(MixpanelError, ValueError):
    """An argument was wrong, and nothing was sent.

    Attributes:
        argument: the name of the argument.
        value: the value that was given.
        expected: what is wrong with it or would be right, as in "expected an integer"; text after a semicolon is
            advice.
    """

    def __init__(self, argument: str, value: object, expected: str) -> None:
        self.argument = argument
        self.value = value
        self.expected = expected
        shown = shortened(repr(value))
        if expected.startswith("expected "):
            problem, semicolon, advice = expected.partition("; ")
            text = f"{problem}, got {shown}{semicolon}{advice}"
        else:
            text = f"{expected} (got {shown})" if value is not None else expected
        super().__init__(f"{argument}: {text}")

    @property
    def allowed(self) -> str:
        """Deprecated: use `expected`."""
        warn_renamed(f"{type(self).__name__}.allowed", "expected")
        return self.expected


class ConfigurationError(InvalidArgumentError):
    """A client could not be set up, or not for this call: credentials, project, region or server."""

    def __init__(self, argument: str, message: str) -> None:
        ValueError.__init__(self, f"{argument}: {message}")
        self.argument = argument
        self.value: object = None
        self.expected = message


class MissingExtraError(MixpanelError, ImportError):
    """Optional dependencies are not installed; the message names the extra.

    Attributes:
        extra: the extra to install.
    """

    def __init__(self, what: str, extra: str) -> None:
        self.extra = extra
        super().__init__(
            f"{what} needs packages that are not installed. "
            f"Install them with: pip install 'mixpanel-export-sdk[{extra}]'"
        )


class GenerationError(MixpanelError):
    """Code could not be generated from a file: one line for each mistake, with file and line."""


class ResourceLimitError(MixpanelError):
    """The process ran out of open files, threads or memory. Complete slices stay; the same export resumes.

    Attributes:
        resource: `open files`, `threads` or `memory`.
        setting: the arguments that take less of it, such as `parallel=`.
    """

    def __init__(self, resource: str, problem: str, setting: str) -> None:
        self.resource = resource
        self.setting = setting
        super().__init__(f"{problem}; lower {setting}, or raise the limit, and run the same again")


# Expressions.


class ExpressionError(InvalidArgumentError):
    """A segmentation expression is not valid.

    Attributes:
        argument: the argument that holds the expression, such as `where`; else `expression`.
        problem: what is wrong, in one sentence.
        expression: the text that was parsed; empty when a builder refused a Python value.
        position: the place in that text, in characters from 0; None when there is no one place.
        expected: what would have been right there; empty when `problem` says it all.
    """

    def __init__(
        self,
        problem: str,
        expression: str = "",
        position: int | None = None,
        expected: str = "",
        *,
        argument: str = "expression",
    ) -> None:
        ValueError.__init__(self, problem, expression, position, expected)
        self.argument = argument
        self.value = expression
        self.problem = problem
        self.expression = expression
        self.position = position
        self.expected = expected

    def in_argument(self, argument: str) -> ExpressionError:
        """Return the same error for an expression that was passed as this argument."""
        return type(self)(self.problem, self.expression, self.position, self.expected, argument=argument)

    def __str__(self) -> str:
        text = f"{self.problem}; expected {self.expected}" if self.expected else self.problem
        if self.argument != "expression":
            text = f"{self.argument}: {text}"
        text = visible(text, keep="\n")
        if self.position is None:
            return text
        return f"{text}\n{excerpt(self.expression, self.position)}"


class EvaluationError(ExpressionError):
    """A valid expression cannot be applied to an event's values.

    `expression` is the part that had the wrong type; `position` is None.
    """


# The request budget and the network: no answer.


def local_time(seconds: float) -> datetime.datetime:
    """Return the local time in this many seconds, aware, also when the clocks change until then."""
    # An HTTP header may ask for any time.
    then = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=min(seconds, _MAX_SECONDS))
    return then.astimezone()


class BudgetExhaustedError(MixpanelError):
    """The project's request budget frees later than `Limits.max_wait` allows.

    Attributes:
        frees_in: the seconds until the budget has room for the call; 5 where running requests fill it, because
            nobody knows when one ends.
        frees_at: that time, aware, in the local time zone.
        hint: what to do; may be empty.
    """

    def __init__(self, message: str, frees_in: float, hint: str = "") -> None:
        super().__init__(f"{message}. {hint}" if hint else message)
        self.frees_in = frees_in
        self.frees_at: datetime.datetime = local_time(frees_in)
        self.hint = hint


class NetworkError(MixpanelError):
    """The server could not be reached, or the connection broke before the answer was complete.

    Attributes:
        was_sent: False when the request certainly never reached the server, so that repeating it is harmless.
        reason: the failure in a few words, such as `connection refused`.
        request: the method and the URL, without credentials; may be empty.
    """

    def __init__(
        self, message: str = "", *, was_sent: bool = True, reason: str = "", request: str = ""
    ) -> None:
        super().__init__(message)
        self.was_sent = was_sent
        self.reason: str = reason or message
        self.request = request


class RequestTimeoutError(NetworkError):
    """The server did not answer in time. Raise `timeout=` if the query is known to be slow."""


# Answers.


class APIError(MixpanelError):
    """Mixpanel answered with a failure.

    Attributes:
        status: the HTTP status.
        message: Mixpanel's own words, shortened to 500 characters.
        method: the request's method.
        url: the request's URL, without credentials.
        hint: advice on what to do; may be empty.
        retry_after: the seconds that the server asked to wait (`Retry-After`, with 429 or 503), or None when it
            did not say.
        frees_in: the same.
        frees_at: that time, aware, in the local time zone.
    """

    def __init__(
        self,
        *,
        status: int,
        message: str,
        method: str,
        url: str,
        hint: str = "",
        retry_after: float | None = None,
    ) -> None:
        self.status = status
        self.message = message
        self.method = method
        self.url = url
        self.hint = hint
        self.retry_after = retry_after
        self.frees_in: float | None = retry_after
        self.frees_at: datetime.datetime | None = local_time(retry_after) if retry_after is not None else None
        try:
            phrase = f"{status} {HTTPStatus(status).phrase}"
        except ValueError:
            phrase = str(status)
        text = f"{phrase}: {message} ({method} {url})"
        super().__init__(f"{text}. {hint}" if hint else text)


class BadRequestError(APIError):
    """400: Mixpanel refused the parameters."""


class AuthenticationError(APIError):
    """Mixpanel refused the credentials: a 401, or a 400 that says so."""


class PaymentRequiredError(APIError):
    """402: the project's plan does not include this call."""


class PermissionDeniedError(APIError):
    """403: the credentials are known but may not do this."""


class NotFoundError(APIError):
    """404: no such project, report or path."""


class PayloadTooLargeError(APIError):
    """413: the request or its answer is over Mixpanel's size limit."""


class RateLimitError(APIError):
    """429: the project's request budget is used up. `frees_in` and `frees_at` say until when, if Mixpanel did."""


class ServerError(APIError):
    """5xx, or 408: Mixpanel or a proxy before it failed."""


class InvalidResponseError(APIError):
    """The status was a success, the body was not: an error object, a web page, or an unknown shape.

    Attributes:
        is_page: True for a web page, which comes from a proxy before Mixpanel and is transient.
    """

    def __init__(self, *, is_page: bool = False, **described: Unpack[_Described]) -> None:
        super().__init__(**described)
        self.is_page = is_page


class _Described(TypedDict):
    status: int
    message: str
    method: str
    url: str
    hint: NotRequired[str]
    retry_after: NotRequired[float | None]


# Profiles.


class ProfilesIncompleteError(MixpanelError):
    """Not all profiles could be read; those delivered so far are not all there are.

    Attributes:
        delivered: the number of profiles delivered.
        total: the number of profiles there are, as reported by Mixpanel; None when it did not.
        restarts: how often the query was restarted because its session was lost.
    """

    def __init__(self, why: str, delivered: int, total: int | None, restarts: int) -> None:
        self.delivered = delivered
        self.total = total
        self.restarts = restarts
        of = f" of {total:,}" if total is not None else ""
        super().__init__(f"{why}; {delivered:,}{of} profiles had been read")


# Exports.


class ExportError(MixpanelError):
    """A raw export failed after it had started."""


class CancelledError(ExportError):
    """The export was cancelled, or its stream closed before its end."""


class IncompleteExportError(ExportError):
    """The body ended before the data did. What was delivered so far is not the whole range."""


class SliceFailedError(IncompleteExportError):
    """A slice of an export failed on every attempt; none of its events was delivered.

    Attributes:
        slice: the days of the slice.
        attempts: the number of attempts.
        last: the last failure, which is also the exception's cause.
    """

    def __init__(self, slice: str, attempts: int, last: MixpanelError) -> None:
        self.slice = slice
        self.attempts = attempts
        self.last = last
        times = "once" if attempts == 1 else f"{attempts} times"
        super().__init__(f"the slice {slice} failed {times}; the last time: {last}")


class MalformedEventError(ExportError):
    """A line of an export is not an event. The other slices are delivered before this is raised.

    Attributes:
        source: what the line belongs to, such as "the slice 2024-01-01".
        line: the number of the line there, from 1.
    """

    def __init__(self, source: str, line: int, text: str, why: str) -> None:
        self.source = source
        self.line = line
        super().__init__(f"line {line} of {source} is not an event ({why}): {roughly(text)}")


class UnrepresentableError(ExportError):
    """A value that the wanted format cannot hold.

    Attributes:
        event: the event's name; None for a value of a profile.
        property: the property's; None when it is the event's name that cannot be held.
    """

    def __init__(
        self, source: str, event: str | None, property: str | None, why: str, layout: str | None
    ) -> None:
        self.event: str | None = event
        self.property: str | None = property
        where = "the name" if property is None else f"the property {property!r}"
        if event is None:
            super().__init__(
                f"{where} of {source} cannot be exported: {why}. Leave the property out: pass those that you need "
                "as output_properties"
            )
            return
        others = "The layout 'json' and the formats" if layout == "wide" else "The formats"
        super().__init__(
            f"{where} of an event {event!r} of {source} cannot be exported to this format: {why}. "
            f"{others} jsonl and jsonl.gz hold it"
        )


# Directory exports.


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


class DirectoryMismatchError(InvalidArgumentError):
    """A directory holds something other than what was requested; nothing was sent, and nothing in it changed.

    Attributes:
        problem: the directory, and what it holds.
        hint: how to continue; may be empty.
        reason: `another_export`, which the `differences` describe; `another_range`, if only the last day differs;
            `no_manifest`, slices that no manifest lists; or `limited`, an export with a `limit`, which cannot be
            updated.
        differences: a description of each argument that differs, beginning with its name.
    """

    def __init__(
        self,
        path: object,
        problem: str,
        hint: str = "",
        *,
        reason: Literal["another_export", "another_range", "no_manifest", "limited"] = "another_export",
        differences: Collection[str] = (),
    ) -> None:
        message = f"{problem}. {hint}" if hint else problem
        ValueError.__init__(self, message)
        self.argument = "path"
        self.value = path
        self.expected = message
        self.problem = problem
        self.hint = hint
        self.reason = reason
        self.differences: tuple[str, ...] = tuple(differences)


class DiskFullError(ExportError):
    """There was no room for a file. Nothing is left of one that is not complete.

    The complete files of a directory stay, and the same export resumes from them.

    Attributes:
        path: the directory, or the device.
        reason: the system's own words.
        needed: about how many bytes the missing days take; None when unknown.
        hint: how to fix it.
    """

    def __init__(self, path: str, reason: str, needed: int | None, hint: str | None = None) -> None:
        self.path = path
        self.reason = reason
        self.needed = needed
        if hint is None:
            about = f" about {needed / 1e6:,.1f} MB of" if needed else ""
            hint = f"Files that are complete stay. Free{about} space there and run the same export again to resume"
        self.hint: str = hint
        super().__init__(f"{path} has no room left ({reason}). {hint}")


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

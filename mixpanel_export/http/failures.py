"""Turn a failed answer into an exception: Mixpanel's own words, and what to do about them.

Pure, so that sync, async and export share it. See `errors` for the classes, and `retry` for which are retried.
"""

from __future__ import annotations

import datetime
import email.utils
import html
import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

import httpx
from attrs import frozen

from mixpanel_export._text import shortened
from mixpanel_export.errors import (
    APIError,
    AuthenticationError,
    BadRequestError,
    NotFoundError,
    PayloadTooLargeError,
    PaymentRequiredError,
    PermissionDeniedError,
    RateLimitError,
    Redactor,
    ServerError,
)
from mixpanel_export.http.clock import clock_time, in_words

__all__ = [
    "ErrorContext",
    "error_from_response",
    "public_url",
    "refuses_credentials",
    "retry_after_seconds",
    "server_words",
]

_SECRET_PARAMETERS = frozenset({"sig", "api_key", "api_secret"})
# Fields that hold an error's words, the general ones first.
_MESSAGES = (
    "error",
    "message",
    "detail",
    "errors",
    "error_message",
    "error_description",
    "msg",
    "reason",
    "text",
    "description",
)
_MOST_WORDS = 10
_REFUSED_CREDENTIALS = re.compile(r"(unable to|could not|cannot|failed to) authenticate\b", re.I)
_ALLOWED_DAYS = re.compile(r"date range exceeds (\d{1,6}) days", re.I)

_KINDS: Mapping[int, type[APIError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    402: PaymentRequiredError,
    403: PermissionDeniedError,
    404: NotFoundError,
    # The request did not arrive in time: a transient failure, although its number says otherwise.
    408: ServerError,
    413: PayloadTooLargeError,
    429: RateLimitError,
}


@frozen
class ErrorContext:
    """Facts about the client that explain a failure.

    Attributes:
        credentials: a description of the credentials, never their values: "service account 'exporter'".
        redact: removes these credentials from a text, in case the server echoes them.
        today: the date in the client's time zone.
        budget: the request budget of the API family, in words: "60 an hour, 3 a second".
    """

    credentials: str
    redact: Redactor
    today: datetime.date
    budget: str


def error_from_response(response: httpx.Response, context: ErrorContext) -> APIError:
    """Return the exception for a failed answer, whose body has been read."""
    status = response.status_code
    message = server_words(response.content, response.headers.get("content-type", ""), context.redact)
    kind = _KINDS.get(status, ServerError if status >= 500 else APIError)
    if status <= HTTPStatus.BAD_REQUEST and refuses_credentials(message):
        kind = AuthenticationError
    retry_after = retry_after_seconds(response.headers.get("retry-after"), response.headers.get("date"))
    described: dict[str, Any] = {
        "status": status,
        "message": message,
        "method": response.request.method,
        "url": context.redact(public_url(response.request.url)),
        "hint": _redirect_hint(response, context.redact) or _hint(kind, message, retry_after, context),
        "retry_after": retry_after,
    }
    return kind(**described)


def refuses_credentials(message: str) -> bool:
    """Return True for an error that is about credentials, whatever its status."""
    return _REFUSED_CREDENTIALS.search(message) is not None


def _hint(kind: type[APIError], message: str, retry_after: float | None, context: ErrorContext) -> str:
    """Return advice for the caller; empty when there is none."""
    sender = f"Sent with the {context.credentials}"
    if kind is BadRequestError and "cannot be later than today" in message:
        return f"Today is {context.today} in this client's time zone; pass timezone= with the project's own"
    if kind is AuthenticationError:
        return (
            f"{sender}: check that its secret is right and has not expired, and that project_id and region are "
            "this project's"
        )
    if kind is PaymentRequiredError:
        return "The project's Mixpanel plan does not include this over the API; see its billing settings"
    if kind is PermissionDeniedError:
        return _range_hint(message, context.today) or f"{sender}: check its role in this project"
    if kind is NotFoundError:
        return "Check the project id, the region and the ids in the request"
    if kind is PayloadTooLargeError:
        return "Ask for less in one request: a shorter range or fewer properties"
    asks = (
        f"Mixpanel asks to wait {in_words(retry_after)}, until {clock_time(retry_after)}"
        if retry_after
        else ""
    )
    if kind is RateLimitError:
        unknown = "Mixpanel does not say when it frees; an hourly budget frees an hour after it was used"
        return f"The project allows {context.budget or 'fewer requests'}, and {asks or unknown}"
    return asks if kind is ServerError else ""


def _redirect_hint(response: httpx.Response, redact: Redactor) -> str:
    """Return where a redirect leads, without its query; empty for other answers."""
    location = response.headers.get("location")
    if not 300 <= response.status_code < 400 or not location:
        return ""
    try:
        target = redact(str(public_url(response.request.url.join(location)).partition("?")[0]))
    except (httpx.InvalidURL, ValueError):
        target = "a URL that cannot be parsed"
    return (
        f"It redirects to {shortened(target)}; redirects are not followed, so that credentials go nowhere else. "
        "Check region and base_url; a login page means that a proxy asks for a sign-in"
    )


def _range_hint(message: str, today: datetime.date) -> str:
    found = _ALLOWED_DAYS.search(message)
    if found is None:
        return ""
    days = int(found[1])
    try:
        first = today - datetime.timedelta(days=days - 1)
    except OverflowError:
        return ""
    return f"The plan covers the last {days} days: ask for days from {first} on"


def server_words(body: bytes, content_type: str, redact: Redactor) -> str:
    """Return the server's message as one short line: that of a JSON object, a page's text, or the text itself.

    Redacted before it is shortened, because half a secret would not be recognised.
    """
    text = body.decode("utf-8-sig", errors="replace").strip()
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        parsed = None
    if isinstance(parsed, str | dict | list):
        text = _words_of(parsed) or _without_data(parsed) or text
    elif "html" in content_type.lower() or text[:1] == "<":
        text = re.sub(r"<(script|style|head)\b.*?</\1>|<[^>]*>", " ", text, flags=re.I | re.S)
    return shortened(redact(" ".join(html.unescape(text).split())) or "(empty body)")


def _words_of(value: Any) -> str:
    """Return the words in a JSON document; empty if there are none, only numbers and flags."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return "; ".join(filter(None, map(_words_of, cast("list[Any]", value)[:_MOST_WORDS])))
    if not isinstance(value, dict):
        return ""
    fields = cast("dict[str, Any]", value)
    found = dict.fromkeys(filter(None, (_words_of(fields.get(name)) for name in _MESSAGES)))
    if found:
        code = fields.get("code")
        return ": ".join(found) + (f" (code {code})" if isinstance(code, int | str) and code != "" else "")
    # By field, as in {"from_date": ["expected a day"]}; a status is no message.
    words = {name: _words_of(inner) for name, inner in fields.items() if isinstance(inner, list | dict | str)}
    return "; ".join(f"{name}: {text}" for name, text in words.items() if text and name != "status")


def _without_data(parsed: Any) -> str:
    """Return an error without words as JSON, without the data beside it."""
    if not isinstance(parsed, dict) or not (error := cast("dict[str, Any]", parsed).get("error")):
        return ""
    fields = cast("dict[str, Any]", parsed)
    is_flag = not isinstance(error, dict | list)
    shown = {name: value for name, value in fields.items() if not isinstance(value, dict | list)}
    return json.dumps(shown if is_flag else error, ensure_ascii=False)


def retry_after_seconds(value: str | None, date: str | None = None) -> float | None:
    """Return a `Retry-After` header, a number or an HTTP date, in seconds from now.

    Args:
        date: the answer's `Date`, the server's clock; ours may be hours off.
    """
    if value is None:
        return None
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value.strip(), re.ASCII):
        return float(value)
    when = _http_date(value)
    if when is None:
        return None
    now = _http_date(date) or datetime.datetime.now(datetime.UTC)
    return max(0.0, (when - now).total_seconds())


def _http_date(value: str | None) -> datetime.datetime | None:
    try:
        when = email.utils.parsedate_to_datetime(value) if value is not None else None
    except (ValueError, OverflowError):
        return None
    return when.replace(tzinfo=datetime.UTC) if when is not None and when.tzinfo is None else when


def public_url(url: httpx.URL) -> str:
    """Return the URL without the parameters that authenticate."""
    kept = [(name, value) for name, value in url.params.multi_items()
            if name not in _SECRET_PARAMETERS]  # fmt: skip
    url = url.copy_with(userinfo=b"")
    return str(url.copy_with(params=kept) if url.query else url)

"""`Fault`: one failure a sandbox can inject.

A `Fault` is only a description. See `schedule` for which requests get it, and `body` and `wire` for how it is
applied. The forms are the failures known from Mixpanel's raw export (broken connections, every kind of truncated
body, web pages and error objects with status 200), available on any path.

Faults combine: `attrs.evolve(Fault.reset(at=0.5), wait=2, rate=50_000)`.
"""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Mapping, Sequence
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any, Literal, TypeAlias

from attrs import field, frozen, validators

from mixpanel_export.errors import InvalidArgumentError

__all__ = ["BODILESS", "Answer", "Ending", "Fault"]

Ending: TypeAlias = Literal["lines", "half_line", "bytes", "close", "reset"]
Body: TypeAlias = "bytes | str | Mapping[str, Any] | Sequence[Any] | None"

BODILESS = (204, 205, 304)
"""The statuses whose responses have no body."""

ENDINGS: tuple[Ending, ...] = ("lines", "half_line", "bytes", "close", "reset")

_PAGE = (
    "<!DOCTYPE html>\n<html><head><title>{title}</title></head>\n"
    "<body><h1>{title}</h1><p>Please try again in a few minutes.</p></body></html>\n"
)


def _seconds(instance: object, attribute: Any, value: Any) -> None:
    if not _is_number(value) or not value >= 0:
        raise InvalidArgumentError(attribute.name, value, "expected a number of seconds, at least 0")


def _share(instance: object, attribute: Any, value: Any) -> None:
    if value is not None and not (_is_number(value) and 0 <= value <= 1):
        raise InvalidArgumentError(attribute.name, value, "expected a share of the body, from 0 to 1")


def _rate(instance: object, attribute: Any, value: Any) -> None:
    if value is not None and not (_is_number(value) and value > 0):
        raise InvalidArgumentError(attribute.name, value, "expected a positive number of bytes per second")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@frozen
class Answer:
    """A response sent in place of the real one.

    Attributes:
        headers: all headers except `Content-Length`, which is computed.
    """

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@frozen(kw_only=True)
class Fault:
    """One failure, injected once. Create one with a class method.

    Unless `answer` replaces the response, the request is carried out and its real response is damaged. An
    annotation is created even if the response is lost.

    Attributes:
        answer: the response to send in place of the real one.
        wait: seconds before the first byte; `math.inf` waits forever.
        at: the place in the body, as a share of it, for `pause`, `insert` and `ending`; None breaks the
            connection before the headers.
        pause: seconds to stall at `at`.
        insert: a line to insert at `at`, between two lines of the body.
        ending: how the body ends at `at`. `lines` ends after a whole line, `half_line` inside a line and
            `bytes` anywhere in the bytes on the wire, gzip or not; all three end HTTP cleanly. `close` closes
            the connection and `reset` resets it. None sends the whole body.
        rate: bytes per second.
    """

    answer: Answer | None = None
    wait: float = field(default=0.0, validator=_seconds)
    at: float | None = field(default=0.5, validator=_share)
    pause: float = field(default=0.0, validator=_seconds)
    insert: bytes | None = None
    ending: Ending | None = field(default=None, validator=validators.in_((None, *ENDINGS)))
    rate: float | None = field(default=None, validator=_rate)

    def __attrs_post_init__(self) -> None:
        if self.at is None and self.ending not in ("close", "reset"):
            raise InvalidArgumentError(
                "at", None, "only a closed or reset connection can end before the headers"
            )

    @classmethod
    def status(cls, status: int, body: Body = None, *, headers: Mapping[str, str] | None = None) -> Fault:
        """Return a response with this status.

        Args:
            body: text, bytes, or a value to send as JSON; an error in Mixpanel's shape by default. Text that
                starts with `<` is sent as a web page.
        """
        # Not HTTPStatus, which rejects the 520 and 599 of real proxies.
        if not _is_number(status) or not 200 <= status <= 599:
            raise InvalidArgumentError("status", status, "expected a final HTTP status, 200 to 599")
        if body is None:
            body = b"" if status in BODILESS else {"error": _phrase(status), "status": "error"}
        content, media_type = _encoded(body)
        given = dict(headers or {})
        if not any(name.lower() == "content-type" for name in given):
            given = {"Content-Type": media_type, **given}
        return cls(answer=Answer(int(status), content, tuple(given.items())))

    @classmethod
    def rate_limited(
        cls, retry_after: float | str | datetime.datetime | None = None, *, as_date: bool = False
    ) -> Fault:
        """Return a 429.

        Args:
            retry_after: the `Retry-After` header as seconds, a datetime or text; None sends no header.
            as_date: send the seconds as an HTTP date, counted from now.
        """
        headers: dict[str, str] = {}
        if isinstance(retry_after, int | float) and as_date:
            retry_after = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=retry_after)
        if isinstance(retry_after, datetime.datetime):
            headers["Retry-After"] = format_datetime(retry_after.astimezone(datetime.UTC), usegmt=True)
        elif retry_after is not None:
            headers["Retry-After"] = str(retry_after)
        return cls.status(429, {"error": "Rate limit exceeded", "status": "error"}, headers=headers)

    @classmethod
    def html(cls, status: int = 200, page: str | None = None) -> Fault:
        """Return a web page, with status 200 by default."""
        return cls.status(status, page or _PAGE.format(title=f"{status} {_phrase(status)}"))

    @classmethod
    def error(cls, message: str = "Internal error", status: int = 200) -> Fault:
        """Return a JSON error, with status 200 by default."""
        return cls.status(status, {"error": message, "status": "error"})

    @classmethod
    def empty(cls) -> Fault:
        """Return an empty body with status 200."""
        return cls.status(200, b"")

    @classmethod
    def delay(cls, seconds: float) -> Fault:
        """Wait this many seconds before the first byte."""
        return cls(wait=seconds)

    @classmethod
    def hang(cls) -> Fault:
        """Never send a byte."""
        return cls(wait=math.inf)

    @classmethod
    def stall(cls, seconds: float = math.inf, at: float = 0.5) -> Fault:
        """Stall the body for this many seconds, forever by default, and then continue."""
        return cls(pause=seconds, at=at)

    @classmethod
    def reset(cls, at: float | None = None) -> Fault:
        """Reset the connection at a share of the body, by default before the headers."""
        return cls(ending="reset", at=at)

    @classmethod
    def close(cls, at: float | None = 0.5) -> Fault:
        """Close the connection at a share of the body, before HTTP has ended it."""
        return cls(ending="close", at=at)

    @classmethod
    def truncated_gzip(cls, at: float = 0.5) -> Fault:
        """End HTTP cleanly with the gzip stream unfinished; an uncompressed body is cut too."""
        return cls(ending="bytes", at=at)

    @classmethod
    def half_line(cls, at: float = 0.5) -> Fault:
        """End HTTP and gzip cleanly in the middle of a line."""
        return cls(ending="half_line", at=at)

    @classmethod
    def terminated_early(cls, at: float = 0.5, line: str = "terminated early") -> Fault:
        """Send "terminated early" after a share of the events, and end cleanly; also `export terminated early`."""
        return cls(insert=line.encode(), ending="lines", at=at)

    @classmethod
    def wrong_line(cls, line: str = '{"event": "Half an ev', at: float = 0.5) -> Fault:
        """Insert a line that is not an event."""
        return cls(insert=line.encode(), at=at)

    @classmethod
    def bandwidth(cls, bytes_per_second: float) -> Fault:
        """Send slowly, at this many bytes per second."""
        return cls(rate=bytes_per_second)

    @property
    def changes_lines(self) -> bool:
        """Return whether the fault changes the body before compression."""
        return self.insert is not None or self.ending in ("lines", "half_line")


def _encoded(body: bytes | str | Mapping[str, Any] | Sequence[Any]) -> tuple[bytes, str]:
    if isinstance(body, bytes):
        return body, "text/plain; charset=utf-8"
    if isinstance(body, str):
        kind = "text/html" if body.lstrip().startswith("<") else "text/plain"
        return body.encode(), f"{kind}; charset=utf-8"
    return json.dumps(body, ensure_ascii=False).encode(), "application/json"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown error"

"""Faults: what a sandbox can be told to do wrong.

A `Fault` only describes: which requests meet it is said by a `script`, and doing the damage is the business of
`damage` and `wire`. What can go wrong is what Mixpanel's raw export is known to do (broken connections, bodies
that end early in every possible way, pages and error objects with status 200), on any path.

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
"""The statuses whose answers have no body."""

ENDINGS: tuple[Ending, ...] = ("lines", "half_line", "bytes", "close", "reset")

_PAGE = (
    "<!DOCTYPE html>\n<html><head><title>{title}</title></head>\n"
    "<body><h1>{title}</h1><p>Please try again in a few minutes.</p></body></html>\n"
)


def _seconds(instance: object, attribute: Any, value: Any) -> None:
    if not _is_number(value) or not value >= 0:
        raise InvalidArgumentError(attribute.name, value, "allowed is a number of seconds from 0 on")


def _share(instance: object, attribute: Any, value: Any) -> None:
    if value is not None and not (_is_number(value) and 0 <= value <= 1):
        raise InvalidArgumentError(attribute.name, value, "allowed is a share of the body, from 0 to 1")


def _rate(instance: object, attribute: Any, value: Any) -> None:
    if value is not None and not (_is_number(value) and value > 0):
        raise InvalidArgumentError(attribute.name, value, "allowed is a number of bytes a second, over 0")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@frozen
class Answer:
    """What is answered instead of what was asked for.

    Attributes:
        headers: without `Content-Length`, which is worked out.
    """

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@frozen(kw_only=True)
class Fault:
    """One thing to do wrong, once. Make one with the class methods.

    Unless `answer` replaces it, the request is carried out and answered with its true answer, damaged: so an
    annotation whose answer is lost has been created all the same.

    Attributes:
        answer: to be sent instead of the true answer.
        wait: seconds before the first byte; `math.inf` for ever.
        at: where in the body `pause`, `insert` and `ending` take place, as a share of it; None is before the
            headers, for a connection that ends there.
        pause: seconds for which the body stands still at `at`.
        insert: a line put into the body at `at`, between two of its own.
        ending: how the body ends at `at`: after a whole line (`lines`), in the middle of a line
            (`half_line`) or anywhere in what is sent, gzip or not (`bytes`), all three with HTTP ended
            cleanly; with the connection closed (`close`) or reset (`reset`). None: it does not.
        rate: bytes a second.
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
                "at", None, "only a closed or reset connection ends before the headers"
            )

    @classmethod
    def status(cls, status: int, body: Body = None, *, headers: Mapping[str, str] | None = None) -> Fault:
        """Another answer.

        Args:
            body: text, bytes, or something to be sent as JSON; by default an error in Mixpanel's shape. A
                text that begins with `<` is sent as a web page.
        """
        # HTTPStatus would be too narrow: proxies answer 520 and 599.
        if not _is_number(status) or not 200 <= status <= 599:
            raise InvalidArgumentError("status", status, "allowed is a final HTTP status, 200 to 599")
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
        """429.

        Args:
            retry_after: the `Retry-After` header: seconds, a moment, or the text itself; None for no header.
            as_date: write the seconds as an HTTP date, counted from now.
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
        """A web page, by default with status 200."""
        return cls.status(status, page or _PAGE.format(title=f"{status} {_phrase(status)}"))

    @classmethod
    def error(cls, message: str = "Internal error", status: int = 200) -> Fault:
        """A JSON error, by default with status 200."""
        return cls.status(status, {"error": message, "status": "error"})

    @classmethod
    def empty(cls) -> Fault:
        """200 and nothing."""
        return cls.status(200, b"")

    @classmethod
    def delay(cls, seconds: float) -> Fault:
        """So many seconds before the first byte."""
        return cls(wait=seconds)

    @classmethod
    def hang(cls) -> Fault:
        """Not a byte, for ever."""
        return cls(wait=math.inf)

    @classmethod
    def stall(cls, seconds: float = math.inf, at: float = 0.5) -> Fault:
        """A body that stands still for so many seconds, by default for ever, and then goes on."""
        return cls(pause=seconds, at=at)

    @classmethod
    def reset(cls, at: float | None = None) -> Fault:
        """A connection that is reset at a share of the body, by default before the headers."""
        return cls(ending="reset", at=at)

    @classmethod
    def close(cls, at: float | None = 0.5) -> Fault:
        """A connection that is closed in order at a share of the body, which HTTP has not ended."""
        return cls(ending="close", at=at)

    @classmethod
    def truncated_gzip(cls, at: float = 0.5) -> Fault:
        """HTTP ends cleanly, and the gzip stream is unfinished. A body not compressed is cut all the same."""
        return cls(ending="bytes", at=at)

    @classmethod
    def half_line(cls, at: float = 0.5) -> Fault:
        """HTTP and gzip end cleanly, in the middle of a line."""
        return cls(ending="half_line", at=at)

    @classmethod
    def terminated_early(cls, at: float = 0.5, line: str = "terminated early") -> Fault:
        """After a share of the events a line that says so, and a clean end. Also: `export terminated early`."""
        return cls(insert=line.encode(), ending="lines", at=at)

    @classmethod
    def wrong_line(cls, line: str = '{"event": "Half an ev', at: float = 0.5) -> Fault:
        """A line that is no event, among those that are."""
        return cls(insert=line.encode(), at=at)

    @classmethod
    def bandwidth(cls, bytes_per_second: float) -> Fault:
        """A slow connection."""
        return cls(rate=bytes_per_second)

    @property
    def changes_lines(self) -> bool:
        """Whether it is done to the body before that is compressed."""
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

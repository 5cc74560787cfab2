"""Reading the parameters of a request, with Mixpanel's error messages.

Pure, and shared by all endpoints, which only say which parameters they have and their bounds. An empty value
counts as absent, because older clients send those.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from mixpanel_export.sandbox.http.refusal import BadRequest

__all__ = ["Parameters"]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_FLAGS: Final = {"true": True, "1": True, "false": False, "0": False}


class Parameters:
    """The decoded parameters of one request, from its query and its form.

    Every reader raises `BadRequest` for an invalid value and returns None (or the default) for an absent one.
    """

    def __init__(self, items: Iterable[tuple[str, str]]) -> None:
        self._values = {name: value for name, value in items if value}

    def text(self, name: str) -> str | None:
        """Return the value as sent."""
        return self._values.get(name)

    def required(self, name: str) -> str:
        """Return the value as sent, or refuse a request without it."""
        value = self.text(name)
        if value is None:
            raise BadRequest(f"{name} is a required parameter")
        return value

    def integer(self, name: str, *, minimum: int | None = None, maximum: int | None = None) -> int | None:
        """Return an integer within inclusive bounds."""
        text = self.text(name)
        if text is None:
            return None
        if not _INTEGER.fullmatch(text):
            raise BadRequest(f"{name} must be an integer")
        value = int(text)
        if minimum is not None and value < minimum:
            raise BadRequest(f"{name} must be at least {minimum}")
        if maximum is not None and value > maximum:
            raise BadRequest(f"{name} cannot be greater than {maximum}")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a boolean: `true` or `false`, `1` or `0`, in any case."""
        text = self.text(name)
        if text is None:
            return default
        try:
            return _FLAGS[text.lower()]
        except KeyError:
            raise BadRequest(f"{name} must be true or false") from None

    def choice(self, name: str, allowed: tuple[str, ...]) -> str | None:
        """Return one of the allowed words."""
        text = self.text(name)
        if text is not None and text not in allowed:
            raise BadRequest(f"{name} must be one of: {', '.join(allowed)}")
        return text

    def json(self, name: str) -> Any:
        """Return any JSON value."""
        text = self.text(name)
        if text is None:
            return None
        try:
            return msgspec.json.decode(text)
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
            raise BadRequest(f"{name} must be valid JSON") from None

    def names(self, name: str) -> tuple[str, ...] | None:
        """Return a list of strings, sent as a JSON array."""
        text = self.text(name)
        if text is None:
            return None
        try:
            return msgspec.json.decode(text, type=tuple[str, ...])
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
            raise BadRequest(f"{name} must be a JSON array of strings") from None

    def day(self, name: str) -> datetime.date | None:
        """Return a date, sent as `yyyy-mm-dd`."""
        text = self.text(name)
        if text is None:
            return None
        # fromisoformat alone would accept 20240101 and 2024-W01-1 too.
        if _DAY.fullmatch(text):
            try:
                return datetime.date.fromisoformat(text)
            except ValueError:
                pass
        raise BadRequest(f"{name} must be a date of the form yyyy-mm-dd")

    def date_range(self, today: datetime.date) -> tuple[datetime.date, datetime.date]:
        """Return `from_date` and `to_date`: both required, both inclusive, neither in the future.

        Args:
            today: the last day allowed, in the project's time zone.
        """
        self.required("from_date")
        self.required("to_date")
        first, last = self.day("from_date"), self.day("to_date")
        assert first is not None
        assert last is not None
        if last > today:
            raise BadRequest("to_date cannot be later than today")
        if first > last:
            raise BadRequest("from_date must be on or before to_date")
        return first, last

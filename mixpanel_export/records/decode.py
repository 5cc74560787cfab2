"""Decode whole lines into events, and recognize the texts that Mixpanel sends in place of events.

Pure. Native code parses a block of lines at once; only a block that it refuses is read line by line, to find the
line at fault or to read legal JSON that the native decoder does not. See `lines` for splitting, and `verify` for
the proof that a response is complete.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from typing import Any, cast

import msgspec

from mixpanel_export._error_objects import is_error
from mixpanel_export._text import roughly
from mixpanel_export.errors import IncompleteExportError, MalformedEventError
from mixpanel_export.records.event import IDENTITY, Event
from mixpanel_export.records.lines import check_utf8, count_lines

__all__ = ["EventDecoder"]

_TERMINATED = re.compile(rb"\W*(export )?terminated early", re.I)
# Follows the half of a line that was being written.
_TERMINATED_IN_A_LINE = re.compile(rb"terminated early\W*\Z", re.I)
# The end of an event. The second half of one with a line break in it ends so, too, however it begins.
_ENDED = re.compile(rb"\}\s*\}\s*\Z|\A\s*\{\s*\"event\".*\}\s*\Z", re.S)


_NOT_QUOTED = "the line is not shown, because properties are excluded"


class EventDecoder:
    """Decodes blocks of whole lines into events, and counts the lines.

    Args:
        event_type: the class to make, `Event` or one of `event_type()`.
        fields: the properties that `event_type` was made for; None for all.
        source: the origin of the lines, for error messages: "the slice 2024-01-01".
        strict: refuse legal JSON that not every output can hold: half a surrogate pair, and numbers too large for
            a double.
        exclude: the properties to leave out of decoded blocks.
        parse_int: makes a value of a whole number that the native decoder refuses.
        quotes: quote lines in errors; False where they hold excluded properties.
    """

    def __init__(
        self,
        event_type: type[Event] = Event,
        fields: Collection[str] | None = None,
        source: str = "the export",
        *,
        strict: bool = False,
        exclude: Collection[str] = (),
        parse_int: Callable[[str], Any] = int,
        quotes: bool = True,
    ) -> None:
        self._quotes = quotes
        self._exclude = exclude
        self._parse_int = parse_int
        self._native = msgspec.json.Decoder(event_type)
        self._type = event_type
        self._fields = None if fields is None else {*IDENTITY, *fields}
        self._source = source
        self._is_strict = strict
        # Members beside an event's two are always skipped, which matters only where lines are kept.
        self._skips = fields is not None or strict
        self.lines: int = 0

    @property
    def is_selective(self) -> bool:
        """True if it leaves out properties."""
        return self._fields is not None or bool(self._exclude)

    def decode(self, block: bytes, lines: int | None = None) -> list[Event]:
        """Decode whole lines.

        Args:
            lines: the number of lines, if they have been counted and none is blank.

        Raises:
            IncompleteExportError: for a line that says that the export broke off.
            MalformedEventError: for a line that is not an event.
        """
        events = self._decode(block, lines)
        for name in self._exclude:
            for event in events:
                event.properties.pop(name, None)
        return events

    def quoted(self, line: str) -> str:
        """Return as much of a line as an error may quote."""
        return roughly(line) if self._quotes else _NOT_QUOTED

    def _decode(self, block: bytes, lines: int | None) -> list[Event]:
        if not block:
            return []
        try:
            events = self._native.decode_lines(block)
            if self._skips:
                # The decoder checks that skipped values are JSON, but not that they are UTF-8.
                check_utf8(block)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return self._decode_slowly(block)
        if lines is None:
            # No value has `}`, a line end and `{` in a row, so each line begins and ends with a whole value.
            lines = count_lines(block, b"{", b"}\n")
        if len(events) != lines:
            # Blank lines are allowed; two values on one line are not.
            return self._decode_slowly(block)
        self.lines += lines
        return events

    def finish(self, rest: bytes) -> list[Event]:
        """Decode a last line without a line end.

        Raises:
            IncompleteExportError: when the export ends in the middle of it.
            MalformedEventError: when it is whole, and not an event.
        """
        if not rest.strip():
            return []
        try:
            return self.decode(rest)
        except MalformedEventError as error:
            if _is_whole(rest):
                raise
            raise IncompleteExportError(f"the export ends in the middle of line {self.lines + 1}") from error

    def decode_each(self, block: bytes) -> list[Event | MalformedEventError | IncompleteExportError | None]:
        """Decode line by line; return an event or an error for each, and None for a blank line.

        The error of a line that neither is an event nor ends one is an IncompleteExportError: if no event follows,
        it explains why.

        Raises:
            IncompleteExportError: for a line that says that the export broke off.
        """
        found: list[Event | MalformedEventError | IncompleteExportError | None] = []
        for line in block.removesuffix(b"\n").split(b"\n"):
            try:
                found.append(self._decode_line(line) if line.strip() else None)
            except MalformedEventError as error:
                found.append(error.with_traceback(None) if _ENDED.search(line) else _not_an_event(error))
            except IncompleteExportError as error:
                if _is_terminated(line):
                    raise
                found.append(error.with_traceback(None))
            self.lines += 1
        return found

    def _decode_slowly(self, block: bytes) -> list[Event]:
        """Decode line by line, to find the line at fault or to read JSON that the native decoder refuses."""
        events: list[Event] = []
        for line in block.split(b"\n"):
            if line.strip():
                events.append(self._decode_line(line))
            self.lines += 1
        # The empty text after the last line end is not a line.
        self.lines -= block.endswith(b"\n")
        return events

    def _decode_line(self, line: bytes) -> Event:
        number = self.lines + 1
        try:
            if self._skips:
                str(line, "utf-8")
            return self._native.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            why = str(error)
        if _is_terminated(line):
            raise _terminated(number)
        text = line.decode("utf-8", errors="backslashreplace")
        if text.lstrip().startswith("<") and not _ENDED.search(line):
            raise IncompleteExportError(
                f"line {number}: expected an event, got a web page: {' '.join(self.quoted(text).split())}"
            )
        try:
            # Unlike the native decoder, the standard library accepts the escape of a lone surrogate.
            parsed = json.loads(line.decode(), parse_constant=_refuse_constant, parse_int=self._parse_int)
            if self._is_strict:
                json.dumps(parsed, ensure_ascii=False, allow_nan=False).encode()
        except (ValueError, RecursionError) as error:
            if isinstance(error, UnicodeEncodeError):
                why = "half of a surrogate pair"
            raise MalformedEventError(self._source, number, self.quoted(text), why) from error
        return self._event_of(parsed, number, text)

    def _event_of(self, parsed: Any, number: int, text: str) -> Event:
        if not isinstance(parsed, dict):
            raise MalformedEventError(self._source, number, self.quoted(text), "expected a JSON object")
        record = cast("dict[str, Any]", parsed)
        if "event" not in record and is_error(record):
            words = record["error"] if isinstance(record.get("error"), str) else self.quoted(text)
            raise IncompleteExportError(f"line {number}: expected an event, got an error: {roughly(words)}")
        name, properties = record.get("event"), record.get("properties")
        if not isinstance(name, str) or not isinstance(properties, dict):
            why = "expected an event name and properties"
            raise MalformedEventError(self._source, number, self.quoted(text), why)
        kept = cast(dict[str, Any], properties)
        if self._fields is not None:
            kept = {key: value for key, value in kept.items() if key in self._fields}
        return self._type(name=name, properties=kept)


def _not_an_event(error: MalformedEventError) -> IncompleteExportError:
    return IncompleteExportError(f"the export ends in a line that is not an event: {error}")


def _is_terminated(line: bytes) -> bool:
    is_said = _TERMINATED.match(line) or _TERMINATED_IN_A_LINE.search(line)
    return bool(is_said) and not _ENDED.search(line)


def _terminated(line: int) -> IncompleteExportError:
    return IncompleteExportError(f'Mixpanel reports "terminated early" on line {line}')


def _is_whole(line: bytes) -> bool:
    """Return whether a line that is not an event is a whole one: JSON, except for its text and its numbers."""
    if not line.rstrip().endswith(b"}"):
        return False
    try:
        json.loads(line.decode("utf-8", errors="replace"), strict=False)
    except json.JSONDecodeError:
        return False
    except (ValueError, RecursionError):
        # A number with too many digits, or values nested too deep.
        return True
    return True


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")

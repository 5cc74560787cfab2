"""From the bytes of an answer to events, and the proof that nothing is missing.

Pure: feed it chunks as they come and finish it when HTTP has ended; sync and async share it. Inflating,
splitting and parsing are done by native code in bulk. Only "\\n" ends a line: U+2028, U+2029 and U+0085 may
stand unescaped in a value. A damaged or unfinished gzip stream, half a line, "terminated early", a web page
and an error object each raise; that HTTP itself ended is the shell's to know.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any, cast

import msgspec

from mixpanel_export._text import roughly
from mixpanel_export.errors import IncompleteExportError, MalformedEventError
from mixpanel_export.records.event import IDENTITY, Event
from mixpanel_export.records.lines import count_lines

__all__ = ["EventDecoder"]

_TERMINATED = re.compile(rb"\W*(export )?terminated early", re.I)
# After half of the line that was being written.
_TERMINATED_IN_A_LINE = re.compile(rb"terminated early\W*\Z", re.I)


class EventDecoder:
    """Decodes blocks of whole lines into events, and tells an export that failed from one that did not.

    Args:
        event_type: the class to make, `Event` or one of `event_type()`.
        fields: the properties that `event_type` was made for, if not all.
        source: what is decoded, for the message of an error: "the slice 2024-01-01".
    """

    def __init__(
        self,
        event_type: type[Event] = Event,
        fields: Collection[str] | None = None,
        source: str = "the export",
    ) -> None:
        self._native = msgspec.json.Decoder(event_type)
        self._type = event_type
        self._fields = None if fields is None else {*IDENTITY, *fields}
        self._source = source
        self.lines: int = 0

    def decode(self, block: bytes, lines: int | None = None) -> list[Event]:
        """The events of whole lines.

        Args:
            lines: how many there are, when they have been counted and none is blank.

        Raises:
            IncompleteExportError: for a line by which Mixpanel says that the export broke off.
            MalformedEventError: for a line that is not an event.
        """
        if not block:
            return []
        try:
            events = self._native.decode_lines(block)
            if self._fields is not None:
                # What the decoder skips it checks for JSON, but not for UTF-8.
                str(block, "utf-8")
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return self._decode_slowly(block)
        if lines is None:
            lines = count_lines(block)
        if len(events) != lines:
            # Blank lines are fine; two values on one line are not.
            return self._decode_slowly(block)
        self.lines += lines
        return events

    def finish(self, rest: bytes) -> list[Event]:
        """The event of a last line without a line end, if it is whole.

        Raises:
            IncompleteExportError: when the export ends in the middle of a line.
        """
        if not rest.strip():
            return []
        try:
            return self.decode(rest)
        except MalformedEventError as error:
            raise IncompleteExportError(f"the export ends in the middle of line {self.lines + 1}") from error

    def _decode_slowly(self, block: bytes) -> list[Event]:
        """Line by line: finds the line at fault, and reads the JSON that the native decoder will not."""
        events: list[Event] = []
        for line in block.split(b"\n"):
            if line.strip():
                events.append(self._decode_line(line))
            self.lines += 1
        # What follows the last line end is no line of its own.
        self.lines -= block.endswith(b"\n")
        return events

    def _decode_line(self, line: bytes) -> Event:
        number = self.lines + 1
        try:
            if self._fields is not None:
                str(line, "utf-8")
            return self._native.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            why = str(error)
        if _TERMINATED.match(line):
            raise _terminated(number)
        text = line.decode("utf-8", errors="backslashreplace")
        if text.lstrip().startswith("<"):
            raise IncompleteExportError(
                f"line {number} is no event but a web page: {' '.join(roughly(text).split())}"
            )
        try:
            # The standard library reads what is legal JSON and yet refused above: a lone surrogate escape.
            parsed = json.loads(line.decode(), parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            if _TERMINATED_IN_A_LINE.search(line):
                raise _terminated(number) from None
            raise MalformedEventError(self._source, number, text, why) from error
        return self._event_of(parsed, number, text)

    def _event_of(self, parsed: Any, number: int, text: str) -> Event:
        if not isinstance(parsed, dict):
            raise MalformedEventError(self._source, number, text, "it is not a JSON object")
        record = cast("dict[str, Any]", parsed)
        if "event" not in record and isinstance(record.get("error"), str):
            raise IncompleteExportError(f"line {number} is no event but an error: {roughly(record['error'])}")
        name, properties = record.get("event"), record.get("properties")
        if not isinstance(name, str) or not isinstance(properties, dict):
            raise MalformedEventError(self._source, number, text, "it has no event name or no properties")
        kept = cast(dict[str, Any], properties)
        if self._fields is not None:
            kept = {key: value for key, value in kept.items() if key in self._fields}
        return self._type(name=name, properties=kept)


def _terminated(line: int) -> IncompleteExportError:
    return IncompleteExportError(f'Mixpanel says "terminated early" on line {line}')


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")

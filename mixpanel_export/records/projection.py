"""Rewrite the lines of events so that they hold only the properties that were asked for, or not those excluded.

Pure. Values keep the text they were sent with: numbers of any size and precision come out as they went in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from mixpanel_export.records.decode import EventDecoder
from mixpanel_export.records.event import IDENTITY, BareEvent, selected_properties
from mixpanel_export.records.lines import check_utf8, count_lines
from mixpanel_export.records.texts import member_texts, members, object_text

__all__ = ["Projection"]

_encode_lines = msgspec.json.Encoder().encode_lines


class Projection:
    """Projects blocks of whole lines onto some of the properties.

    Args:
        fields: the properties to keep, beside `time`, `distinct_id` and `$insert_id`; None to keep all.
        exclude: the properties to leave out, whatever `fields` says.
        source: the origin of the lines, for error messages: "the slice 2024-01-01".
    """

    def __init__(
        self, fields: Sequence[str] | None, source: str = "the export", *, exclude: Sequence[str] = ()
    ) -> None:
        properties: Any = dict[str, msgspec.Raw]
        if fields is not None:
            properties = selected_properties(fields, msgspec.Raw)
        line = msgspec.defstruct("Line", [("event", str), ("properties", properties)], gc=False)
        self._names = None if fields is None else {*IDENTITY, *fields}
        self._exclude = frozenset(exclude)
        self._native: msgspec.json.Decoder[Any] = msgspec.json.Decoder(line)
        # Explains a line that is not an event, and counts the lines to do so.
        self._decoder = EventDecoder(BareEvent, (), source, quotes=not exclude)

    def project(self, block: bytes) -> bytes:
        """Return the same events, one a line, with the selected properties only.

        Raises:
            IncompleteExportError: for a line that says that the export broke off.
            MalformedEventError: for a line that is not an event.
        """
        lines = count_lines(block)
        try:
            events = self._native.decode_lines(block)
            # The decoder checks that a value is JSON, but not that its text is UTF-8.
            check_utf8(block)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return self._project_slowly(block)
        if len(events) != lines:
            # Blank lines are allowed; two values on one line are not.
            return self._project_slowly(block)
        self._decoder.lines += lines
        for name in self._exclude:
            for event in events:
                event.properties.pop(name, None)
        return _encode_lines(events)

    def _project_slowly(self, block: bytes) -> bytes:
        """Project line by line, after the decoder has found all of them to be events."""
        self._decoder.decode(block)
        return b"".join(self._project_line(line) + b"\n" for line in block.split(b"\n") if line.strip())

    def _project_line(self, line: bytes) -> bytes:
        """Cut the text of each selected value from a line, which may hold lone surrogate escapes."""
        event = dict(members(line.decode()))
        kept = {
            name: text
            for name, text in member_texts(event["properties"]).items()
            if (self._names is None or name in self._names) and name not in self._exclude
        }
        return f'{{"event":{event["event"]},"properties":{object_text(kept)}}}'.encode()

"""From the bytes of an answer to events, and the proof that nothing is missing.

Pure: feed it chunks as they come and finish it when HTTP has ended; sync and async share it. Inflating,
splitting and parsing are done by native code in bulk. Only "\\n" ends a line: U+2028, U+2029 and U+0085 may
stand unescaped in a value. A damaged or unfinished gzip stream, half a line, "terminated early", a web page
and an error object each raise; that HTTP itself ended is the shell's to know.
"""

from __future__ import annotations

import io
import json
import operator
import re
from collections.abc import Collection, Iterator
from typing import Any, Protocol, cast

import msgspec
from isal import igzip_lib

from mixpanel_export.errors import IncompleteExportError, MalformedEventError, roughly
from mixpanel_export.export.event import IDENTITY, Event

__all__ = [
    "LARGE_PIECE",
    "PIECE",
    "Decompressor",
    "EventDecoder",
    "LineSplitter",
    "count_lines",
    "decompressor_for",
    "lines_in",
]

# One inflated piece; it bounds memory, whatever the compression ratio of the answer. Small, and what is parsed next
# fits into a cache.
PIECE = 1 << 16
# For threads that do not parse: they take the interpreter's lock once a piece.
LARGE_PIECE = 1 << 20
# isal's stub says that this class is an instance.
_gzip_error: type[Exception] = igzip_lib.IsalError  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
_TERMINATED = re.compile(rb"\W*(export )?terminated early", re.I)
# After half of the line that was being written.
_TERMINATED_IN_A_LINE = re.compile(rb"terminated early\W*\Z", re.I)


class Decompressor(Protocol):
    """Undoes a content encoding, piece by piece."""

    def feed(self, chunk: bytes) -> Iterator[bytes]: ...

    def finish(self) -> None:
        """Raises IncompleteExportError when the encoding was not ended properly."""


class _Member(Protocol):
    """The part of isal's decompressor that we use; its own stub is partly untyped."""

    eof: bool
    needs_input: bool
    unused_data: bytes

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Identity:
    def feed(self, chunk: bytes) -> Iterator[bytes]:
        if chunk:
            yield chunk

    def finish(self) -> None:
        pass


class _Gzip:
    """gzip, of one member or several, in pieces of bounded size."""

    def __init__(self, piece: int) -> None:
        self._member = _new_member()
        self._piece = piece

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        while chunk:
            if self._member.eof:
                self._member = _new_member()
            yield from self._inflate(chunk)
            chunk = self._member.unused_data if self._member.eof else b""

    def _inflate(self, chunk: bytes) -> Iterator[bytes]:
        """What one member makes of a chunk, up to its end."""
        member, is_full = self._member, True
        while not member.eof and (is_full or not member.needs_input):
            try:
                piece = member.decompress(chunk, self._piece)
            except _gzip_error as error:
                raise IncompleteExportError(f"the gzip stream is damaged: {error}") from error
            if piece:
                yield piece
            # It holds back the end of what does not fit, and takes that for no reason not to need more.
            chunk, is_full = b"", len(piece) == self._piece

    def finish(self) -> None:
        if not self._member.eof:
            raise IncompleteExportError("the gzip stream ends unfinished")


def _new_member() -> _Member:
    # Unlike the class of isal_zlib, it comes back for the interpreter's lock only once a call.
    return cast("_Member", igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP))


def decompressor_for(content_encoding: str, piece: int = PIECE) -> Decompressor:
    """What undoes the `Content-Encoding` of an answer.

    Args:
        piece: the most bytes that it makes at a time.
    """
    match content_encoding.strip().lower():
        case "" | "identity":
            return _Identity()
        case "gzip" | "x-gzip":
            return _Gzip(piece)
        case other:
            raise IncompleteExportError(f"the answer has an unknown content encoding, {other!r}")


def count_lines(block: bytes, begin: bytes = b"{", end: bytes = b"") -> int:
    """How many lines there are, each with its line end, but perhaps the last one; 0 when one is otherwise.

    So as many values as lines are a value on each line: the native decoder lets pass blank lines, and two values on
    one line, and a count of all lines would not tell one of each from neither.

    Args:
        begin: what every line begins with.
        end: what every line ends with, line end included.
    """
    lines = io.BytesIO(block).readlines()
    # What the first and the last in order begin with, all between them do.
    if not lines or not min(lines).startswith(begin) or not max(lines).startswith(begin):
        return 0
    return len(lines) if not end or all(map(operator.methodcaller("endswith", end), lines)) else 0


def lines_in(block: bytes) -> int:
    """How many lines there are, blank ones too, the last one with its line end or without."""
    # Four times as fast as bytes.count, in every Python up to 3.13.
    ends = len(block.replace(b"\n", b"\n\n")) - len(block)
    return ends + (not block.endswith(b"\n"))


class LineSplitter:
    """Cuts pieces into blocks of whole lines."""

    def __init__(self) -> None:
        self._rest: list[bytes] = []

    def feed(self, piece: bytes) -> bytes:
        """All lines that `piece` completes, with their line ends; empty when it completes none."""
        end = piece.rfind(b"\n") + 1
        if not end:
            self._rest.append(piece)
            return b""
        block = b"".join([*self._rest, memoryview(piece)[:end]])
        self._rest = [piece[end:]] if end < len(piece) else []
        return block

    def finish(self) -> bytes:
        """What is left without a line end."""
        rest, self._rest = b"".join(self._rest), []
        return rest


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

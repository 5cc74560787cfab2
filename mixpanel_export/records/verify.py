"""Prove that a response is complete, while it arrives or later, and usually without parsing it.

Pure; whether HTTP itself ended properly is for the caller to check. Complete means: the content encoding ended
properly, the last line is whole, and no line says "terminated early" or anything else in place of an event. Lines
are compared in bulk with the shape of an event; only a block with a line of another shape is parsed. A malformed
line is reported only after the end of the response, because a response that broke off is the better explanation.
"""

from __future__ import annotations

import contextlib
from typing import Literal

from attrs import field, frozen

from mixpanel_export._formats import OnMalformed
from mixpanel_export.errors import IncompleteExportError, MalformedEventError
from mixpanel_export.records.body import BodyReader
from mixpanel_export.records.decode import EventDecoder
from mixpanel_export.records.event import BareEvent, Event
from mixpanel_export.records.inflate import CHUNK_SIZE
from mixpanel_export.records.lines import LineTooLongError, count_lines
from mixpanel_export.records.marks import LineMarks, LineMarksBuilder
from mixpanel_export.records.repair import repaired

__all__ = ["MAX_LINE", "Block", "Check", "Proof", "Verified", "Verifier"]

Check = Literal["frame", "json"]
"""How lines are checked.

- `frame`: each line begins and ends as Mixpanel writes events. If all do, and gzip's checksum is right, only
  Mixpanel itself can have written a line that is not JSON.
- `json`: each line is parsed.

A block with a line of another shape is parsed in either case.
"""

Proof = Literal["gzip", "length", "chunked", "none"]
"""The proof that a response ended where it should: gzip's trailer, its length, its last chunk, or none."""

MAX_LINE = 64 << 20
"""The most bytes of a line, by default."""

_BEGIN, _END = b'{"event"', b"}}\n"


@frozen
class Block:
    """Some whole lines.

    Attributes:
        lines: the lines with their line ends; the last line of a slice may lack it.
        count: the number of lines, if known.
    """

    lines: bytes
    count: int | None = None


@frozen
class Verified:
    """The facts about a complete response.

    Attributes:
        events: the number of events, one a line.
        bytes: the size as JSON Lines, decompressed.
        is_gzip: True if it arrived as gzip.
        is_closed: True if the last line has its line end.
        kept: all its lines in blocks, unchanged, if they were small enough to keep; see `Verifier`.
        proof: the proof of its end: `gzip` if it has a trailer, and otherwise what the caller knows of it.
        is_verbatim: True if the bytes that arrived can be stored as they are, with the content encoding.
        malformed: the lines to leave out, with `quarantine`.
        is_repaired: True if there are lines to repair, with `replace`; see `repair`.
    """

    events: int
    bytes: int
    is_gzip: bool
    is_closed: bool = True
    kept: list[Block] | None = field(default=None, eq=False, repr=False)
    proof: Proof = "none"
    is_verbatim: bool = True
    malformed: LineMarks | None = field(default=None, eq=False, repr=False)
    is_repaired: bool = False


class Verifier:
    """Verifies one response. Feed it every chunk, then finish it; both raise if the response is not an export.

    Args:
        content_type: the response's header.
        content_encoding: the response's header.
        check: how lines are checked; see `Check`. Each is parsed unless `on_malformed` is `raise`.
        source: the origin of the lines, for error messages.
        chunk_size: the most bytes to decompress and check at a time.
        keep: keep the lines for a decoder if there are no more bytes of them than this.
        on_malformed: the treatment of lines that are not events; see `OnMalformed`.
        max_line: about the most bytes of a line.
        quotes: quote lines in errors.
    """

    def __init__(
        self,
        content_type: str,
        content_encoding: str,
        *,
        check: Check = "frame",
        source: str = "the export",
        chunk_size: int = CHUNK_SIZE,
        keep: int = 0,
        on_malformed: OnMalformed = "raise",
        max_line: int = MAX_LINE,
        quotes: bool = True,
    ) -> None:
        if "html" in content_type.lower():
            raise IncompleteExportError("expected an export, got a web page")
        self._body = BodyReader(content_encoding, chunk_size, max_line)
        self._source = source
        self._max_line = max_line
        self._on_malformed: OnMalformed = on_malformed
        # Whatever an iterator or a conversion decodes later must not be malformed then.
        is_strict = on_malformed == "quarantine"
        self._decoder = EventDecoder(
            Event if is_strict else BareEvent,
            None if is_strict else (),
            source,
            strict=is_strict,
            quotes=quotes,
        )
        self._is_parsed = check == "json" or on_malformed != "raise"
        self._malformed: MalformedEventError | None = None
        self._set_aside = LineMarksBuilder()
        self._incomplete: IncompleteExportError | None = None
        self._is_repaired = False
        self._last = b""
        self._events = 0
        self._keep = keep
        self._kept: list[Block] = []

    @property
    def is_gzip(self) -> bool:
        """True if the response arrives as gzip."""
        return self._body.is_gzip

    def feed(self, chunk: bytes) -> int:
        """Check a chunk that arrived; return the number of events so far.

        Raises:
            IncompleteExportError: when data is missing.
            MalformedEventError: for a line that is too long.
        """
        try:
            for block in self._body.feed(chunk):
                self._check(block)
        except LineTooLongError as error:
            text = bytes(error.args[0]).decode("utf-8", errors="backslashreplace")
            why = f"it is longer than max_line, {self._max_line:,} bytes"
            quoted = self._decoder.quoted(text)
            raise MalformedEventError(self._source, self._decoder.lines + 1, quoted, why) from None
        return self._events

    def finish(self) -> Verified:
        """Check the end of the response.

        Raises:
            IncompleteExportError: when data is missing.
            MalformedEventError: when no data is missing, and a line is not an event.
        """
        rest = self._body.finish()
        if rest.strip():
            self._finish_line(rest)
        elif self._malformed is not None:
            self._decoder.lines -= 1
            with contextlib.suppress(MalformedEventError):
                self._decoder.decode(self._last)
        if self._incomplete is not None:
            raise self._incomplete
        if self._malformed is not None:
            raise self._malformed
        kept = self._kept if self._body.size <= self._keep else None
        if kept is not None and rest:
            kept.append(Block(rest))
        return Verified(
            self._events,
            self._body.size,
            self.is_gzip,
            is_closed=not rest,
            kept=kept,
            proof="gzip" if self._body.has_end else "none",
            is_verbatim=self._body.is_verbatim,
            malformed=self._set_aside.finish() if self._set_aside.count else None,
            is_repaired=self._is_repaired,
        )

    def forget(self) -> None:
        """Release the lines kept so far."""
        self._kept.clear()

    def _check(self, block: bytes) -> None:
        before = self._decoder.lines
        if self._malformed is None:
            try:
                self._count(block)
            except MalformedEventError as error:
                self._malformed = error
        if self._malformed is not None:
            # From here on only the end of the response matters.
            self._decoder.lines = before + block.count(b"\n")
            self._last = block.rstrip().rpartition(b"\n")[2] or self._last

    def _count(self, block: bytes) -> None:
        lines = 0 if self._is_parsed else count_lines(block, _BEGIN, _END)
        if lines:
            self._events += lines
            self._decoder.lines += lines
        else:
            self._events += self._parse(block)
        if self._body.size > self._keep:
            self._kept.clear()
        else:
            self._kept.append(Block(block, lines or None))

    def _parse(self, block: bytes) -> int:
        """Parse whole lines; return the number of events among them."""
        if self._on_malformed == "quarantine":
            return self._sort(block)
        return len(self._decoder.decode(self._repaired(block)))

    def _repaired(self, block: bytes) -> bytes:
        if self._on_malformed != "replace":
            return block
        valid = repaired(block)
        self._is_repaired |= valid is not block
        return valid

    def _sort(self, block: bytes) -> int:
        """Mark the lines of a block that are not events; return the number of the others."""
        first = self._decoder.lines
        try:
            return self._decoded(block)
        except (MalformedEventError, IncompleteExportError):
            self._decoder.lines = first
        events = 0
        for index, found in enumerate(self._decoder.decode_each(block)):
            if isinstance(found, Event):
                events += 1
                self._incomplete = None
            elif found is not None:
                self._set_aside.mark(first + index)
                # A web page or an error, unless events or the end of one follow: then it is a part of an event.
                self._incomplete = found if isinstance(found, IncompleteExportError) else None
        return events

    def _decoded(self, block: bytes) -> int:
        events = len(self._decoder.decode(block))
        if events:
            self._incomplete = None
        return events

    def _finish_line(self, rest: bytes) -> None:
        """Check a last line without a line end."""
        try:
            self._events += len(self._decoder.finish(self._repaired(rest)))
            self._incomplete = None
        except MalformedEventError as error:
            if self._on_malformed == "quarantine":
                self._events += self._sort(rest)
            elif self._malformed is None:
                self._malformed = error

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

from mixpanel_export.errors import IncompleteExportError, MalformedEventError
from mixpanel_export.records.decode import EventDecoder
from mixpanel_export.records.event import BareEvent
from mixpanel_export.records.inflate import CHUNK_SIZE, decompressor_for
from mixpanel_export.records.lines import LineSplitter, count_lines

__all__ = ["Block", "Check", "Verified", "Verifier"]

Check = Literal["frame", "json"]
"""How lines are checked.

- `frame`: each line begins and ends as Mixpanel writes events. If all do, and gzip's checksum is right, only
  Mixpanel itself can have written a line that is not JSON.
- `json`: each line is parsed.

A block with a line of another shape is parsed in either case.
"""

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
        kept: all its lines in blocks, if they were small enough to keep; see `Verifier`.
    """

    events: int
    bytes: int
    is_gzip: bool
    is_closed: bool = True
    kept: list[Block] | None = field(default=None, eq=False, repr=False)


class Verifier:
    """Verifies one response. Feed it every chunk, then finish it; both raise if the response is not an export.

    Args:
        content_type: the response's header.
        content_encoding: the response's header.
        check: how lines are checked; see `Check`.
        source: the origin of the lines, for error messages.
        chunk_size: the most bytes to decompress and check at a time.
        keep: keep the lines for a decoder if there are no more bytes of them than this.
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
    ) -> None:
        if "html" in content_type.lower():
            raise IncompleteExportError("expected an export, got a web page")
        self.is_gzip: bool = "gzip" in content_encoding.lower()
        self._decompressor = decompressor_for(content_encoding, chunk_size)
        self._splitter = LineSplitter()
        self._decoder = EventDecoder(BareEvent, (), source)
        self._is_parsed = check == "json"
        self._malformed: MalformedEventError | None = None
        self._last = b""
        self._events = 0
        self._bytes = 0
        self._keep = keep
        self._kept: list[Block] = []

    def feed(self, chunk: bytes) -> int:
        """Check a chunk that arrived; return the number of events so far."""
        for inflated in self._decompressor.feed(chunk):
            self._bytes += len(inflated)
            if self._bytes > self._keep:
                self._kept.clear()
            self._check(self._splitter.feed(inflated))
        return self._events

    def finish(self) -> Verified:
        """Check the end of the response.

        Raises:
            IncompleteExportError: when data is missing.
            MalformedEventError: when no data is missing, and a line is not an event.
        """
        self._decompressor.finish()
        rest = self._splitter.finish()
        if rest.strip():
            self._events += len(self._decoder.finish(rest))
        elif self._malformed is not None:
            self._decoder.lines -= 1
            with contextlib.suppress(MalformedEventError):
                self._decoder.decode(self._last)
        if self._malformed is not None:
            raise self._malformed
        kept = self._kept if self._bytes <= self._keep else None
        if kept is not None and rest:
            kept.append(Block(rest))
        return Verified(self._events, self._bytes, self.is_gzip, is_closed=not rest, kept=kept)

    def forget(self) -> None:
        """Release the lines kept so far."""
        self._kept.clear()

    def _check(self, block: bytes) -> None:
        if not block:
            return
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
            self._events += len(self._decoder.decode(block))
        if self._bytes <= self._keep:
            self._kept.append(Block(block, lines or None))

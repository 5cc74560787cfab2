"""The proof that an answer is complete, made without parsing it, while it arrives or later.

Pure. Complete means: the encoding ended properly, every line is closed, the last one too, and Mixpanel did not say
"terminated early" or anything else in place of events. Shapes are checked in bulk; only a block that looks odd is
parsed, to tell what is wrong with it. That each line is an event is for `decode` to prove, when it is delivered.
A line that is none is an error only when the answer has ended, for what broke off may explain it.
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
"""How each line is looked at.

- `frame`: it begins with the event's name and ends with its properties, as Mixpanel writes events. When all lines
  are so and gzip's checksum is right, nothing but Mixpanel could have made a line that is no JSON.
- `json`: it is parsed.

A block of lines with one that is otherwise is parsed in any case, to tell what is wrong, if anything is.
"""

_BEGIN, _END = b'{"event"', b"}}\n"


@frozen
class Block:
    """Some lines.

    Attributes:
        lines: whole lines, with their line ends; the last one of a slice may lack it.
        count: how many there are, where that is known.
    """

    lines: bytes
    count: int | None = None


@frozen
class Verified:
    """What is known of a complete answer.

    Attributes:
        events: its lines, each one an event.
        bytes: its size as JSON Lines, decompressed.
        is_gzip: whether it came as gzip.
        is_closed: whether its last line has its line end.
        kept: its lines, in blocks, as far as they were to be kept; see `Verifier`.
    """

    events: int
    bytes: int
    is_gzip: bool
    is_closed: bool = True
    kept: list[Block] | None = field(default=None, eq=False, repr=False)


class Verifier:
    """Checks one answer. Feed it every chunk, then finish it; either raises when the answer is not an export.

    Args:
        content_type: the header of the answer.
        content_encoding: the header of the answer.
        check: how each line is looked at, see `Check`.
        source: what is verified, for the message of an error.
        chunk_size: the most bytes that are inflated, and looked at, at a time.
        keep: the most bytes of lines to keep, for who decodes them next; of an answer with more, none are.
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
            raise IncompleteExportError("the answer is a web page, not an export")
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
        """Check what arrived; answers the events seen so far."""
        for piece in self._decompressor.feed(chunk):
            self._bytes += len(piece)
            if self._bytes > self._keep:
                self._kept.clear()
            self._check(self._splitter.feed(piece))
        return self._events

    def finish(self) -> Verified:
        """Check the end.

        Raises:
            IncompleteExportError: when the answer ended before the data did.
            MalformedEventError: when it did not, and a line is not an event.
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
        """Keep no lines any more."""
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
            # All that counts now is how it ends.
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

"""The proof that an answer is complete, made while it arrives and without parsing it.

Pure. Complete means: the encoding ended properly, every line is closed, the last one too, and Mixpanel did not say
"terminated early" or anything else in place of events. Shapes are checked in bulk; only a block that looks odd is
parsed, to tell what is wrong with it. That each line is an event is for `decode` to prove, when it is delivered.
"""

from __future__ import annotations

import datetime

from attrs import frozen

from mixpanel_export.errors import IncompleteExportError
from mixpanel_export.export.decode import EventDecoder, LineSplitter, decompressor_for
from mixpanel_export.export.event import event_type

__all__ = ["Verified", "Verifier"]


@frozen
class Verified:
    """What is known of a complete answer.

    Attributes:
        events: its lines, each one an event.
        bytes: its size as JSON Lines, decompressed.
        is_gzip: whether it came as gzip.
    """

    events: int
    bytes: int
    is_gzip: bool


class Verifier:
    """Checks one answer. Feed it every chunk, then finish it; either raises when the answer is not an export.

    Args:
        content_type: the header of the answer.
        content_encoding: the header of the answer.
        strict: parse every line too, for deliveries that do not parse what they deliver.
        source: what is verified, for the message of an error.
    """

    def __init__(
        self, content_type: str, content_encoding: str, *, strict: bool = False, source: str = "the export"
    ) -> None:
        if "html" in content_type.lower():
            raise IncompleteExportError("the answer is a web page, not an export")
        self.is_gzip = "gzip" in content_encoding.lower()
        self._decompressor = decompressor_for(content_encoding)
        self._splitter = LineSplitter()
        # Makes next to nothing of a line, and yet reads all of it.
        self._decoder = EventDecoder(event_type(datetime.UTC, 1, ()), (), source)
        self._strict = strict
        self._events = 0
        self._bytes = 0

    def feed(self, chunk: bytes) -> int:
        """Check what arrived; answers the events seen so far."""
        for piece in self._decompressor.feed(chunk):
            self._bytes += len(piece)
            self._check(self._splitter.feed(piece))
        return self._events

    def finish(self) -> Verified:
        """Check the end.

        Raises:
            IncompleteExportError: when the answer ended before the data did.
        """
        self._decompressor.finish()
        rest = self._splitter.finish()
        if rest.strip():
            self._events += len(self._decoder.finish(rest))
        return Verified(self._events, self._bytes, self.is_gzip)

    def _check(self, block: bytes) -> None:
        if not block:
            return
        if not self._strict:
            lines = block.count(b"\n")
            if block.startswith(b"{") and block.endswith(b"}\n") and block.count(b"}\n{") == lines - 1:
                self._events += lines
                self._decoder.lines += lines
                return
        self._events += len(self._decoder.decode(block))

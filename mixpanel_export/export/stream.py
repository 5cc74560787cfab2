"""One answer of the raw export as it comes: bytes in, lines and events out, proof at the end.

Pure. The shells in `resource` read the socket and feed this; whatever is wrong with the body is raised here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from mixpanel_export.errors import IncompleteExportError
from mixpanel_export.export.decode import EventDecoder, LineSplitter, decompressor_for
from mixpanel_export.export.event import Event

__all__ = ["Arrival", "EventStream"]


@frozen
class Arrival:
    """What one piece of an answer brought.

    Attributes:
        chunk: the bytes as the server sent them; empty on all but the first arrival of a chunk.
        is_gzip: whether `chunk` is part of a gzip stream.
        lines: the whole lines that it completed.
        events: the events on those lines.
    """

    chunk: bytes
    is_gzip: bool
    lines: bytes
    events: Sequence[Event]


class EventStream:
    """Decodes one answer. Feed it every chunk, then finish it: only then is the export known complete."""

    def __init__(self, content_type: str, content_encoding: str, event_type: type[Event]) -> None:
        if "html" in content_type.lower():
            raise IncompleteExportError("the answer is a web page, not an export")
        self._decompressor = decompressor_for(content_encoding)
        self._is_gzip = "gzip" in content_encoding.lower()
        self._lines = LineSplitter()
        self._decoder = EventDecoder(event_type)

    def feed(self, chunk: bytes) -> Iterator[Arrival]:
        """What `chunk` brings: itself at once, then the lines and events it completes."""
        yield Arrival(chunk, self._is_gzip, b"", ())
        for piece in self._decompressor.feed(chunk):
            block = self._lines.feed(piece)
            if block:
                yield Arrival(b"", self._is_gzip, block, self._decoder.decode(block))

    def finish(self) -> Arrival:
        """What a last line without a line end holds.

        Raises:
            IncompleteExportError: when the body ended before the data did.
        """
        self._decompressor.finish()
        rest = self._lines.finish()
        return Arrival(b"", self._is_gzip, rest, self._decoder.finish(rest))

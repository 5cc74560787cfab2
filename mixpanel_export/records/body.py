"""Read the body of a response, or a stored one, as blocks of whole lines: inflate it and split it.

Pure. See `verify` for the proof that a body is complete.
"""

from __future__ import annotations

from collections.abc import Iterator

from mixpanel_export.records.inflate import CHUNK_SIZE, decompressor_for, is_gzip
from mixpanel_export.records.lines import LineSplitter

__all__ = ["BodyReader"]


class BodyReader:
    """Reads one body.

    Args:
        content_encoding: the response's header; gzip or nothing.
        chunk_size: the most bytes to inflate at a time.
        max_line: about the most bytes of a line; None for any number.

    Attributes:
        is_gzip: True if the body is compressed.
        size: the bytes inflated so far.

    Raises:
        IncompleteExportError: for another encoding.
    """

    def __init__(
        self, content_encoding: str, chunk_size: int = CHUNK_SIZE, max_line: int | None = None
    ) -> None:
        self.is_gzip: bool = is_gzip(content_encoding)
        self.size: int = 0
        self._decompressor = decompressor_for(content_encoding, chunk_size)
        self._splitter = LineSplitter(max_line)

    @property
    def is_verbatim(self) -> bool:
        """True if the bytes can be stored as they arrived: without padding, and with no mark before the lines."""
        return self._decompressor.is_regular and not self._splitter.has_mark

    @property
    def has_end(self) -> bool:
        """True once the encoding's own mark of its end was read; never true without an encoding."""
        return self._decompressor.has_end

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the lines that a chunk completes, with their line ends, in blocks.

        Raises:
            IncompleteExportError: when the encoding is damaged.
            LineTooLongError: for a line that exceeds the limit.
        """
        for inflated in self._decompressor.feed(chunk):
            self.size += len(inflated)
            if block := self._splitter.feed(inflated):
                yield block

    def finish(self) -> bytes:
        """Return a last line without a line end; raise IncompleteExportError unless the encoding ended."""
        self._decompressor.finish()
        return self._splitter.finish()

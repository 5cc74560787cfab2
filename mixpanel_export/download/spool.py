"""A complete slice, kept as its bytes arrived until it is delivered."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import IO, Self

from attrs import evolve, field, frozen

from mixpanel_export.download.plan import Slice
from mixpanel_export.http.cancellation import NOT_CANCELLABLE, Cancellation
from mixpanel_export.records.duplicates import Duplicates, find_duplicates
from mixpanel_export.records.inflate import CHUNK_SIZE, decompressor_for
from mixpanel_export.records.lines import LineSplitter
from mixpanel_export.records.projection import Projection
from mixpanel_export.records.verify import Block, Verified

_READ_SIZE = 1 << 17


@frozen
class Spool:
    """One complete slice. The caller closes it.

    Attributes:
        verified: the facts that the proof of the slice established.
        file: the bytes as they arrived.
        fields: the properties that `blocks` keeps, beside those that identify an event; None for all.
        duplicates: the lines to leave out, if any were looked for.
        cancellation: checked regularly while the slice is read.
    """

    slice_: Slice
    verified: Verified
    file: IO[bytes]
    fields: tuple[str, ...] | None = None
    duplicates: Duplicates | None = None
    cancellation: Cancellation = field(default=NOT_CANCELLABLE, eq=False, repr=False)

    @property
    def dropped(self) -> int:
        """The number of lines left out."""
        return self.duplicates.count if self.duplicates is not None else 0

    @property
    def events(self) -> int:
        """The number of events delivered."""
        return self.verified.events - self.dropped

    @property
    def is_unchanged(self) -> bool:
        """True when the bytes can be delivered as they arrived: no line or property is left out."""
        return not self.dropped and self.fields is None

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes as they arrived."""
        self.file.seek(0)
        while chunk := self.file.read(_READ_SIZE):
            self.cancellation.check()
            yield chunk

    def blocks(self, size: int = CHUNK_SIZE) -> Iterator[bytes]:
        """Yield the lines to deliver, in blocks of whole lines; the last line may lack its line end.

        Args:
            size: about the most bytes of a block.

        Raises:
            MalformedEventError: for a line that is not an event, if `fields` are selected.
        """
        blocks = (block.lines for block in self.unprojected(size))
        if self.fields is None:
            return blocks
        return map(Projection(self.fields, self._source).project, blocks)

    def unprojected(self, size: int = CHUNK_SIZE) -> Iterator[Block]:
        """Yield the lines to deliver with all their properties, for a decoder that selects `fields` itself."""
        if not self.dropped or self.duplicates is None:
            return self._all_blocks(size)
        return map(Block, self.duplicates.cut_from(block.lines for block in self._all_blocks(size)))

    def without_duplicates(self) -> Spool:
        """Return the same slice without events that were sent again.

        Raises:
            MalformedEventError: for a line that is not an event.
        """
        blocks = (block.lines for block in self._all_blocks())
        found = find_duplicates(blocks, self.verified.events, self._source, cancellation=self.cancellation)
        return evolve(self, duplicates=found)

    def close(self) -> None:
        """Remove the slice from disk and from memory."""
        self.file.close()
        if self.verified.kept is not None:
            self.verified.kept.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def _source(self) -> str:
        return f"the slice {self.slice_}"

    def _all_blocks(self, size: int = CHUNK_SIZE) -> Iterator[Block]:
        if self.verified.kept is not None:
            for kept in self.verified.kept:
                self.cancellation.check()
                yield kept
            return
        decompressor = decompressor_for("gzip" if self.verified.is_gzip else "", size)
        splitter = LineSplitter()
        for chunk in self.chunks():
            for inflated in decompressor.feed(chunk):
                self.cancellation.check()
                if lines := splitter.feed(inflated):
                    yield Block(lines)
        decompressor.finish()
        if rest := splitter.finish():
            yield Block(rest)

"""A complete slice, kept as its bytes arrived until it is delivered."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import IO, Self

from attrs import evolve, field, frozen

from mixpanel_export.download.plan import Slice
from mixpanel_export.http.cancellation import NOT_CANCELLABLE, Cancellation
from mixpanel_export.records.body import BodyReader
from mixpanel_export.records.duplicates import find_duplicates
from mixpanel_export.records.inflate import CHUNK_SIZE
from mixpanel_export.records.marks import LineMarks
from mixpanel_export.records.projection import Projection
from mixpanel_export.records.repair import repaired
from mixpanel_export.records.verify import Block, Verified

_READ_SIZE = 1 << 17


@frozen
class Spool:
    """One complete slice. The caller closes it.

    Attributes:
        verified: the facts that the proof of the slice established.
        file: the bytes as they arrived.
        fields: the properties that `blocks` keeps, beside those that identify an event; None for all.
        exclude: the properties that `blocks` leaves out.
        duplicates: the lines to leave out, if any were looked for.
        cancellation: checked regularly while the slice is read.
    """

    slice_: Slice
    verified: Verified
    file: IO[bytes]
    fields: tuple[str, ...] | None = None
    exclude: tuple[str, ...] = ()
    duplicates: LineMarks | None = None
    cancellation: Cancellation = field(default=NOT_CANCELLABLE, eq=False, repr=False)

    @property
    def malformed(self) -> int:
        """The number of lines left out because they are not events."""
        return self.verified.malformed.count if self.verified.malformed is not None else 0

    @property
    def dropped(self) -> int:
        """The number of events left out because they were sent again."""
        return self.duplicates.count if self.duplicates is not None else 0

    @property
    def events(self) -> int:
        """The number of events delivered."""
        return self.verified.events - self.dropped

    @property
    def is_unchanged(self) -> bool:
        """True when the lines can be delivered as they arrived: none is repaired, and none or a part left out."""
        is_changed = self.malformed or self.dropped or self.verified.is_repaired
        return not is_changed and not self._is_projected

    @property
    def _is_projected(self) -> bool:
        return self.fields is not None or bool(self.exclude)

    @property
    def is_verbatim(self) -> bool:
        """True when the bytes that arrived can be stored as they are: see `Verified.is_verbatim`."""
        return self.is_unchanged and self.verified.is_verbatim

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
            MalformedEventError: for a line that is not an event, if properties are selected.
        """
        blocks = (block.lines for block in self.unprojected(size))
        if not self._is_projected:
            return blocks
        return map(Projection(self.fields, self._source, exclude=self.exclude).project, blocks)

    def unprojected(self, size: int = CHUNK_SIZE) -> Iterator[Block]:
        """Yield the lines to deliver with all their properties, for a decoder that selects them itself."""
        if not self.dropped or self.duplicates is None:
            return self._events(size)
        return map(Block, self.duplicates.cut_from(block.lines for block in self._events(size)))

    def malformed_lines(self) -> Iterator[bytes]:
        """Yield the lines that are not events, unchanged, each with a line end."""
        if self.verified.malformed is None:
            return iter(())
        return self.verified.malformed.lines_of(block.lines for block in self._all_blocks())

    def without_duplicates(self) -> Spool:
        """Return the same slice without events that were sent again.

        Raises:
            MalformedEventError: for a line that is not an event.
        """
        found = find_duplicates(
            self._events,
            self.verified.events,
            self._source,
            quotes=not self.exclude,
            cancellation=self.cancellation,
        )
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

    def _events(self, size: int = CHUNK_SIZE) -> Iterator[Block]:
        """Yield the lines that are events, repaired where needed."""
        blocks = self._all_blocks(size)
        if self.verified.is_repaired:
            return (Block(repaired(block.lines)) for block in blocks)
        if self.verified.malformed is None:
            return blocks
        return map(Block, self.verified.malformed.cut_from(block.lines for block in blocks))

    def _all_blocks(self, size: int = CHUNK_SIZE) -> Iterator[Block]:
        """Yield all lines, unchanged."""
        if self.verified.kept is not None:
            for kept in self.verified.kept:
                self.cancellation.check()
                yield kept
            return
        body = BodyReader("gzip" if self.verified.is_gzip else "", size)
        for chunk in self.chunks():
            for block in body.feed(chunk):
                self.cancellation.check()
                yield Block(block)
        if rest := body.finish():
            yield Block(rest)

"""A complete slice, kept as it was received until it is delivered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import IO, Self

from attrs import evolve, field, frozen

from mixpanel_export.download.plan import Slice
from mixpanel_export.records.duplicates import Duplicates, find_duplicates
from mixpanel_export.records.inflate import PIECE, decompressor_for
from mixpanel_export.records.lines import LineSplitter
from mixpanel_export.records.verify import Block, Verified

_READ = 1 << 17


@frozen
class Spool:
    """One complete slice, as its bytes came.

    Attributes:
        verified: what is known of what came.
        duplicates: the lines that `blocks` leaves out, if any were looked for.
        check: called now and then by all that reads it; raises when that is to end.
    """

    piece: Slice
    verified: Verified
    file: IO[bytes]
    duplicates: Duplicates | None = None
    check: Callable[[], object] = field(default=lambda: None, eq=False, repr=False)

    @property
    def dropped(self) -> int:
        """How many lines are left out."""
        return self.duplicates.count if self.duplicates is not None else 0

    @property
    def events(self) -> int:
        """How many events it delivers."""
        return self.verified.events - self.dropped

    @property
    def as_it_came(self) -> bool:
        """Whether `chunks` are what is to be delivered: nothing is left out."""
        return not self.dropped

    def chunks(self) -> Iterator[bytes]:
        """The bytes as they came."""
        self.file.seek(0)
        while chunk := self.file.read(_READ):
            self.check()
            yield chunk

    def blocks(self, size: int = PIECE) -> Iterator[bytes]:
        """Its lines but the duplicates, in blocks of whole lines; the last line may lack its end.

        Args:
            size: about the most bytes of a block.
        """
        return (block.lines for block in self.counted(size))

    def counted(self, size: int = PIECE) -> Iterator[Block]:
        """The same, with the number of lines where it is known."""
        if self.duplicates is None or self.as_it_came:
            return self._all_blocks(size)
        return map(Block, self.duplicates.cut_from(each.lines for each in self._all_blocks(size)))

    def without_duplicates(self) -> Spool:
        """The same slice without events that were sent again.

        Raises:
            MalformedEventError: for a line that is not an event.
        """
        source = f"the slice {self.piece}"
        blocks = (block.lines for block in self._all_blocks())
        found = find_duplicates(blocks, self.verified.events, source, check=self.check)
        return evolve(self, duplicates=found)

    def _all_blocks(self, size: int = PIECE) -> Iterator[Block]:
        if self.verified.kept is not None:
            for kept in self.verified.kept:
                self.check()
                yield kept
            return
        inflater = decompressor_for("gzip" if self.verified.is_gzip else "", size)
        splitter = LineSplitter()
        for chunk in self.chunks():
            for piece in inflater.feed(chunk):
                self.check()
                if block := splitter.feed(piece):
                    yield Block(block)
        inflater.finish()
        if rest := splitter.finish():
            yield Block(rest)

    def close(self) -> None:
        """Remove it, and its lines from memory."""
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

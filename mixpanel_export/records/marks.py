"""Marks on lines of a slice: the lines to leave out, one bit each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import define, field, frozen

from mixpanel_export.records.lines import lines_in

__all__ = ["LineMarks", "LineMarksBuilder"]


@frozen
class LineMarks:
    """The lines of a slice to leave out.

    Attributes:
        count: the number of lines.
    """

    count: int
    _marks: bytes

    def cut_from(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield blocks of whole lines without these lines."""
        for block, marks in self._marked(blocks):
            if not marks:
                yield block
                continue
            kept = (line for index, line in enumerate(block.split(b"\n")) if not marks >> index & 1)
            if rest := b"\n".join(kept):
                yield rest

    def lines_of(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield these lines only, each with a line end."""
        for block, marks in self._marked(blocks):
            if marks:
                for index, line in enumerate(block.split(b"\n")):
                    if marks >> index & 1:
                        yield line + b"\n"

    def _marked(self, blocks: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
        """Yield each block with one bit for each of its lines, set for those to leave out."""
        first = 0
        for block in blocks:
            lines = lines_in(block)
            marks = int.from_bytes(self._marks[first >> 3 : (first + lines + 7) >> 3], "little")
            yield block, marks >> (first & 7) & ((1 << lines) - 1)
            first += lines


@define
class LineMarksBuilder:
    """Collects marks, in any order.

    Attributes:
        count: the number of lines marked.
    """

    count: int = 0
    _marks: bytearray = field(factory=bytearray)

    def mark(self, line: int) -> None:
        """Mark a line, counted from 0; each only once."""
        missing = (line >> 3) + 1 - len(self._marks)
        if missing > 0:
            self._marks.extend(bytes(missing))
        self._marks[line >> 3] |= 1 << (line & 7)
        self.count += 1

    def finish(self) -> LineMarks:
        """Return the marks."""
        return LineMarks(self.count, bytes(self._marks))

"""Convert complete slices to files of columns. See `convert` for the tables themselves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from mixpanel_export.columns.convert import LineCursor, TableConverter
from mixpanel_export.columns.tables import TableWidener
from mixpanel_export.columns.writers import ColumnFormat, write_widening
from mixpanel_export.download.job import DEFAULT_MEMORY
from mixpanel_export.download.spool import Spool
from mixpanel_export.errors import ExportError

T = TypeVar("T")


# What the lines converted at a time are of the memory that is used: each of them is there in several forms.
_SHARE = 256


# And what a thread has of lines to be converted, and of tables to be written.
_GROUP_SHARE = 32


class SliceWriter:
    """Converts slices, in the threads that call; two at a time are best.

    Args:
        memory: about how many bytes it may take.
    """

    def __init__(self, converter: TableConverter, memory: int = DEFAULT_MEMORY) -> None:
        self.converter: TableConverter = converter
        self._block = memory // _SHARE
        self._group = memory // _GROUP_SHARE
        self._turn = threading.Lock()

    def write(self, spool: Spool, format: ColumnFormat, path: Path) -> int:
        """Write a slice to a file; answers how many events it has, which are all of them.

        Raises:
            MalformedEventError: for a line that is not an event.
            UnrepresentableError: for a value that the layout cannot hold.
        """
        tables = self._in_turns(spool.blocks(self._block), f"the slice {spool.slice_}")
        rows = write_widening(format, path, self.converter.schema, tables)
        if rows != spool.events:
            # Nothing is lost, and nothing there twice.
            raise ExportError(
                f"the slice {spool.slice_} has {spool.events:,} events, and {rows:,} were converted"
            )
        return rows

    def _in_turns(self, blocks: Iterator[bytes], source: str) -> Iterator[Any]:
        """The tables of blocks; one thread makes some while another inflates or writes.

        Making them holds the interpreter's lock. Two that did so would not be faster, but slower for each other's
        memory in the caches.
        """
        place = LineCursor()
        while group := list(_up_to(self._group, blocks, len)):
            tables = self.converter.tables(group, source, self._block, place)
            while made := self._next(tables):
                yield from made

    def _next(self, tables: Iterator[Any]) -> list[Any]:
        with self._turn:
            made = list(_up_to(self._group, tables, lambda table: int(table.nbytes)))
        # At once for all of them: what is in another schema begins another file.
        return list(map(TableWidener(self.converter.schema), made))


def _up_to(size: int, parts: Iterator[T], size_of: Callable[[T], int]) -> Iterator[T]:
    """The next parts, of about this size together."""
    while size > 0 and (part := next(parts, None)) is not None:
        yield part
        size -= size_of(part)

"""Write a complete slice to one file of columns. See `convert` for the tables, and `writers` for the formats."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from mixpanel_export.columns.convert import LineCursor, TableConverter
from mixpanel_export.columns.tables import TableWidener
from mixpanel_export.columns.writers import ColumnFormat, write_widening
from mixpanel_export.download.job import DEFAULT_MEMORY
from mixpanel_export.download.spool import Spool
from mixpanel_export.errors import ExportError

T = TypeVar("T")

# The share of the memory for lines converted at a time: each of them exists in several forms meanwhile.
_BLOCK_SHARE = 256
# The share for the lines that wait in a thread to be converted, and for its tables that wait to be written.
_GROUP_SHARE = 32


class SliceWriter:
    """Converts slices and writes them to files, in the calling threads; two at a time are fastest.

    Args:
        memory: about how many bytes it may take.
    """

    def __init__(self, converter: TableConverter, memory: int = DEFAULT_MEMORY) -> None:
        self.converter: TableConverter = converter
        self._block = memory // _BLOCK_SHARE
        self._group = memory // _GROUP_SHARE
        self._turn = threading.Lock()

    def write(self, spool: Spool, format: ColumnFormat, path: Path) -> int:
        """Write a slice to a file; return its number of events, all of which are in the file.

        Raises:
            MalformedEventError: for a line that is not an event.
            UnrepresentableError: for a value that the layout cannot hold.
        """
        tables = self._tables_of(spool.blocks(self._block), f"the slice {spool.slice_}")
        rows = write_widening(format, path, self.converter.schema, tables)
        if rows != spool.events:
            # Nothing may be lost, or written twice.
            raise ExportError(
                f"the slice {spool.slice_}: expected {spool.events:,} events in the file, got {rows:,}"
            )
        return rows

    def _tables_of(self, blocks: Iterator[bytes], source: str) -> Iterator[pa.Table]:
        """Convert blocks in turns with other threads: one converts while another inflates or writes.

        Converting holds the interpreter's lock. Two threads doing it at once would be slower, because they evict
        each other's memory from the CPU's caches.
        """
        cursor = LineCursor()
        while group := list(_take(self._group, blocks, len)):
            tables = self.converter.tables(group, source, self._block, cursor)
            while converted := self._next_tables(tables):
                yield from converted

    def _next_tables(self, tables: Iterator[pa.Table]) -> list[pa.Table]:
        with self._turn:
            converted = list(_take(self._group, tables, lambda table: int(table.nbytes)))
        # All get the latest schema now: each change of schema starts another file.
        return list(map(TableWidener(self.converter.schema), converted))


def _take(size: int, items: Iterator[T], size_of: Callable[[T], int]) -> Iterator[T]:
    """Yield the next items, of about this size together."""
    while size > 0 and (item := next(items, None)) is not None:
        yield item
        size -= size_of(item)

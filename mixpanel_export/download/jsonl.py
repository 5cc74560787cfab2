"""Write complete slices as JSON Lines, plain or gzip.

See `_atomic` for files that appear only when they are complete, and `columns` for Parquet and CSV.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from typing import IO, Any

from isal import igzip

from mixpanel_export.download.spool import Spool

__all__ = ["COPIES", "copy_gzip", "copy_lines"]

# isal's level 1: a third of zlib's default time for a few per cent of size.
_GZIP_LEVEL = 1
# A whole gzip member, appended to end a last line without touching the bytes before it.
_GZIP_LINE_END = gzip.compress(b"\n", mtime=0)


def copy_lines(spool: Spool, file: IO[bytes]) -> None:
    """Write a slice as JSON Lines, and end its last line if that is open."""
    block = b"\n"
    for block in spool.blocks():
        file.write(block)
    if not block.endswith(b"\n"):
        file.write(b"\n")


def copy_gzip(spool: Spool, file: IO[bytes]) -> None:
    """Write a slice as gzip: the gzip that arrived, unless lines or properties are left out.

    Several slices written one after another are one gzip file, because the format consists of members.
    """
    if spool.verified.is_gzip and spool.is_verbatim:
        for chunk in spool.chunks():
            file.write(chunk)
        if not spool.verified.is_closed:
            # The next slice must not continue that line.
            file.write(_GZIP_LINE_END)
        return
    # IGzipFile leaves the file that it wraps open when it is closed; it is untyped in isal.
    make: Any = igzip.IGzipFile
    with make(filename="", fileobj=file, mode="wb", compresslevel=_GZIP_LEVEL, mtime=0) as packed:
        copy_lines(spool, packed)


COPIES: Mapping[str, Callable[[Spool, IO[bytes]], None]] = {
    "jsonl": copy_lines,
    "jsonl.gz": copy_gzip,
}
"""For each format of lines, the function that writes a slice in it."""

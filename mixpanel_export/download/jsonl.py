"""Exports as files: JSON Lines, plain or gzip, under their final name only when complete.

A file is written beside its place under a temporary name, synced, and renamed; whatever goes wrong before
that leaves nothing under the final name.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from typing import IO, Any

from isal import igzip

from mixpanel_export.download.spool import Spool

__all__ = ["copy_gzip", "copy_lines"]


# isal's level 1: a third of zlib's default time for a few per cent of size.
_GZIP_LEVEL = 1
# A gzip member of its own: it ends a last line without touching the bytes that came.
GZIP_LINE_END = gzip.compress(b"\n", mtime=0)


def copy_lines(spool: Spool, file: IO[bytes]) -> None:
    """Write a slice as JSON Lines; a last line without line end gets one."""
    block = b"\n"
    for block in spool.blocks():
        file.write(block)
    if not block.endswith(b"\n"):
        file.write(b"\n")


def copy_gzip(spool: Spool, file: IO[bytes]) -> None:
    """Write a slice as gzip; the gzip that arrived as it came, unless duplicates are left out.

    Several slices written one after another are one gzip file: the format is made of members.
    """
    if spool.verified.is_gzip and spool.as_it_came:
        for chunk in spool.chunks():
            file.write(chunk)
        if not spool.verified.is_closed:
            # What is written next must not go on in that line.
            file.write(GZIP_LINE_END)
        return
    # IGzipFile leaves the file that it wraps open when it is closed; it is untyped in isal.
    make: Any = igzip.IGzipFile
    with make(filename="", fileobj=file, mode="wb", compresslevel=_GZIP_LEVEL, mtime=0) as packed:
        copy_lines(spool, packed)


COPIES: Mapping[str, Callable[[Spool, IO[bytes]], None]] = {
    "jsonl": copy_lines,
    "jsonl.gz": copy_gzip,
}

"""Pieces of a gzip stream that may be put together in any choice and order, kept in one temporary file.

A piece is deflated on its own up to a byte's end, without a last block, so a header, any pieces, and a trailer
are one gzip stream of one member, which is all that many clients read. What the pieces are is not known here.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterable, Iterator
from typing import Protocol, cast

from attrs import frozen
from isal import isal_zlib

__all__ = ["Packed", "Spool", "gzip_stream"]

_RAW_DEFLATE = -15
_FASTEST = 1
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff"
_LAST_BLOCK = b"\x03\x00"


@frozen
class Packed:
    """One piece: where it is in the spool, and what it is of.

    Attributes:
        size: how many bytes it is the compressed form of.
        crc: their checksum.
    """

    offset: int
    stored: int
    size: int
    crc: int


class Spool:
    """Packed pieces in a temporary file, which is gone when it is closed. Thread-safe."""

    def __init__(self) -> None:
        # Open for as long as the spool is, hence no with statement.
        self._file = tempfile.TemporaryFile(prefix="mixpanel-sandbox-")  # noqa: SIM115
        self._end = 0
        self._lock = threading.Lock()

    def add(self, plain: bytes) -> Packed:
        """Pack and keep these bytes."""
        deflater = _deflater()
        data = deflater.compress(plain) + deflater.flush(isal_zlib.Z_SYNC_FLUSH)
        crc = isal_zlib.crc32(plain)  # pyright: ignore[reportUnknownMemberType]
        with self._lock:
            self._file.seek(self._end)
            self._file.write(data)
            packed = Packed(self._end, len(data), len(plain), crc)
            self._end += len(data)
        return packed

    def read(self, packed: Packed) -> bytes:
        """A piece, packed."""
        with self._lock:
            self._file.seek(packed.offset)
            return self._file.read(packed.stored)

    def unpack(self, packed: Packed) -> bytes:
        """A piece, as it was."""
        data = self.read(packed) + _LAST_BLOCK
        return isal_zlib.decompress(  # pyright: ignore[reportUnknownMemberType]
            data, wbits=_RAW_DEFLATE, bufsize=packed.size
        )

    def close(self) -> None:
        """Remove the file."""
        self._file.close()


def gzip_stream(spool: Spool, pieces: Iterable[Packed]) -> Iterator[bytes]:
    """A whole gzip stream made of pieces."""
    yield _HEADER
    crc = size = 0
    for piece in pieces:
        yield spool.read(piece)
        crc = isal_zlib.crc32_combine(crc, piece.crc, piece.size)
        size += piece.size
    yield _LAST_BLOCK + crc.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")


class _Deflater(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self, mode: int, /) -> bytes: ...


def _deflater() -> _Deflater:
    return cast("_Deflater", isal_zlib.compressobj(_FASTEST, wbits=_RAW_DEFLATE))  # pyright: ignore[reportUnknownMemberType]

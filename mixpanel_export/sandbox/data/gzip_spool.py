"""Compressed chunks in a temporary file, which can be joined into one gzip stream in any order.

Each chunk is deflated separately, up to a byte boundary and without a last block. A header, any chunks and a
trailer form one gzip stream with one member, which is all that many clients read.
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
    """A compressed chunk and its place in the spool.

    Attributes:
        size: the uncompressed size in bytes.
        crc: the checksum of the uncompressed bytes.
    """

    offset: int
    stored: int
    size: int
    crc: int


class Spool:
    """Compressed chunks in a temporary file, deleted by `close`. Thread-safe."""

    def __init__(self) -> None:
        # Stays open until `close`, hence no with statement.
        self._file = tempfile.TemporaryFile(prefix="mixpanel-sandbox-")  # noqa: SIM115
        self._end = 0
        self._lock = threading.Lock()

    def add(self, plain: bytes) -> Packed:
        """Compress and store these bytes."""
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
        """Return a chunk, compressed."""
        with self._lock:
            self._file.seek(packed.offset)
            return self._file.read(packed.stored)

    def unpack(self, packed: Packed) -> bytes:
        """Return a chunk, decompressed."""
        data = self.read(packed) + _LAST_BLOCK
        return isal_zlib.decompress(  # pyright: ignore[reportUnknownMemberType]
            data, wbits=_RAW_DEFLATE, bufsize=packed.size
        )

    def close(self) -> None:
        """Delete the file."""
        self._file.close()


def gzip_stream(spool: Spool, pieces: Iterable[Packed]) -> Iterator[bytes]:
    """Yield a complete gzip stream built from the chunks."""
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

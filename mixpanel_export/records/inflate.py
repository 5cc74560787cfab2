"""Undo a content encoding, in pieces of bounded size. See `lines` for what comes next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, cast

from isal import igzip_lib

from mixpanel_export.errors import IncompleteExportError

# One inflated piece; it bounds memory, whatever the compression ratio of the answer. Small, and what is parsed next
# fits into a cache.
CHUNK_SIZE = 1 << 16


# For threads that do not parse: they take the interpreter's lock once a piece.
LARGE_CHUNK_SIZE = 1 << 20


# isal's stub says that this class is an instance.
_gzip_error: type[Exception] = igzip_lib.IsalError  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]


class Decompressor(Protocol):
    """Undoes a content encoding, piece by piece."""

    def feed(self, chunk: bytes) -> Iterator[bytes]: ...

    def finish(self) -> None:
        """Raises IncompleteExportError when the encoding was not ended properly."""


class _Member(Protocol):
    """The part of isal's decompressor that we use; its own stub is partly untyped."""

    eof: bool
    needs_input: bool
    unused_data: bytes

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Identity:
    def feed(self, chunk: bytes) -> Iterator[bytes]:
        if chunk:
            yield chunk

    def finish(self) -> None:
        pass


class _Gzip:
    """gzip, of one member or several, in pieces of bounded size."""

    def __init__(self, piece: int) -> None:
        self._member = _new_member()
        self._piece = piece

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        while chunk:
            if self._member.eof:
                self._member = _new_member()
            yield from self._inflate(chunk)
            chunk = self._member.unused_data if self._member.eof else b""

    def _inflate(self, chunk: bytes) -> Iterator[bytes]:
        """What one member makes of a chunk, up to its end."""
        member, is_full = self._member, True
        while not member.eof and (is_full or not member.needs_input):
            try:
                piece = member.decompress(chunk, self._piece)
            except _gzip_error as error:
                raise IncompleteExportError(f"the gzip stream is damaged: {error}") from error
            if piece:
                yield piece
            # It holds back the end of what does not fit, and takes that for no reason not to need more.
            chunk, is_full = b"", len(piece) == self._piece

    def finish(self) -> None:
        if not self._member.eof:
            raise IncompleteExportError("the gzip stream ends unfinished")


def _new_member() -> _Member:
    # Unlike the class of isal_zlib, it comes back for the interpreter's lock only once a call.
    return cast("_Member", igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP))


def decompressor_for(content_encoding: str, piece: int = CHUNK_SIZE) -> Decompressor:
    """What undoes the `Content-Encoding` of an answer.

    Args:
        piece: the most bytes that it makes at a time.
    """
    match content_encoding.strip().lower():
        case "" | "identity":
            return _Identity()
        case "gzip" | "x-gzip":
            return _Gzip(piece)
        case other:
            raise IncompleteExportError(f"the answer has an unknown content encoding, {other!r}")

"""Decompress a response body in chunks of bounded size. See `lines` for the next step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, cast

from isal import igzip_lib

from mixpanel_export.errors import IncompleteExportError

# The size of a decompressed chunk bounds memory, whatever the compression ratio. A small one stays in the CPU's
# cache until it is parsed.
CHUNK_SIZE = 1 << 16
# For threads that do not parse: they take the interpreter's lock once a chunk.
LARGE_CHUNK_SIZE = 1 << 20

# isal's stub says that this class is an instance.
_gzip_error: type[Exception] = igzip_lib.IsalError  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]


class Decompressor(Protocol):
    """Decodes one content encoding."""

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the decoded chunks of a chunk that arrived."""
        ...

    def finish(self) -> None:
        """Raise IncompleteExportError unless the encoding ended properly."""
        ...


class _Member(Protocol):
    """The part of isal's decompressor in use here; its own stub is partly untyped."""

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
    """gzip of one or more members, decompressed in chunks of bounded size."""

    def __init__(self, size: int) -> None:
        self._member = _new_member()
        self._size = size

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        while chunk:
            if self._member.eof:
                self._member = _new_member()
            yield from self._inflate(chunk)
            chunk = self._member.unused_data if self._member.eof else b""

    def _inflate(self, chunk: bytes) -> Iterator[bytes]:
        """Yield what a chunk decompresses to, up to the end of the current member."""
        member, is_full = self._member, True
        while not member.eof and (is_full or not member.needs_input):
            try:
                inflated = member.decompress(chunk, self._size)
            except _gzip_error as error:
                raise IncompleteExportError(f"the gzip stream is damaged: {error}") from error
            if inflated:
                yield inflated
            # A full chunk may mean that isal holds back the rest, even when it reports that it needs input.
            chunk, is_full = b"", len(inflated) == self._size

    def finish(self) -> None:
        if not self._member.eof:
            raise IncompleteExportError("the gzip stream is truncated")


def _new_member() -> _Member:
    # Unlike the class of isal_zlib, it takes the interpreter's lock only once a call.
    return cast("_Member", igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP))


def decompressor_for(content_encoding: str, chunk_size: int = CHUNK_SIZE) -> Decompressor:
    """Return a decompressor for a response's `Content-Encoding`.

    Args:
        chunk_size: the most bytes that it yields at a time.

    Raises:
        IncompleteExportError: for an encoding other than gzip.
    """
    match content_encoding.strip().lower():
        case "" | "identity":
            return _Identity()
        case "gzip" | "x-gzip":
            return _Gzip(chunk_size)
        case other:
            raise IncompleteExportError(f"expected the content encoding gzip or none, got {other!r}")

"""Decompress a response body in chunks of bounded size. See `lines` for the next step."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Protocol, cast

from isal import igzip_lib

from mixpanel_export.errors import IncompleteExportError

# The size of a decompressed chunk bounds memory, whatever the compression ratio. A small one stays in the CPU's
# cache until it is parsed.
CHUNK_SIZE = 1 << 16
# For threads that do not parse: they take the interpreter's lock once a chunk.
LARGE_CHUNK_SIZE = 1 << 20

_MAGIC = b"\x1f\x8b\x08"
_SHORTEST_HEADER = _MAGIC + b"\0\0\0\0\0\0\xff"
_FIXED_HEADER = len(_SHORTEST_HEADER)
_MAX_HEADER = 1 << 17
_HEADER_CHECKSUM, _EXTRA, _NAME, _COMMENT, _RESERVED = 0x02, 0x04, 0x08, 0x10, 0xE0
# The rest of a piece is copied for each member in it.
_PIECE = 1 << 16
# A member takes 20 bytes and 10 microseconds, so a flood of them would take a processor for as long as it lasts.
_MAX_EMPTY = 10_000

# isal's stub says that this class is an instance.
_gzip_error: type[Exception] = igzip_lib.IsalError  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]


class Decompressor(Protocol):
    """Decodes one content encoding."""

    @property
    def is_regular(self) -> bool:
        """True if the bytes fed are, as they are, a file in this encoding that every program reads."""
        ...

    @property
    def has_end(self) -> bool:
        """True once the encoding's own mark of its end was read, with a checksum."""
        ...

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
    is_regular = True
    has_end = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        if chunk:
            yield chunk

    def finish(self) -> None:
        pass


class _Gzip:
    """gzip of any number of members, decompressed in chunks of bounded size.

    Servers pad the end with zeros, and send no bytes at all for an empty body; both are accepted.
    """

    def __init__(self, size: int) -> None:
        # None before a member and while its header arrives.
        self._member: _Member | None = None
        self._header = b""
        self._size = size
        self._members = 0
        # Members in a row that hold nothing.
        self._empty = 0
        self._is_padded = False

    @property
    def is_regular(self) -> bool:
        return self._members > 0 and not self._is_padded

    @property
    def has_end(self) -> bool:
        return self._members > 0

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        for start in range(0, len(chunk), _PIECE):
            yield from self._feed_piece(chunk[start : start + _PIECE])

    def _feed_piece(self, piece: bytes) -> Iterator[bytes]:
        while piece:
            if self._member is None:
                piece = self._begin(piece)
                continue
            for inflated in self._inflate(self._member, piece):
                self._empty = 0
                yield inflated
            piece = b""
            if self._member.eof:
                piece, self._member = self._member.unused_data, None
                self._members += 1
                self._empty += 1
                if self._empty > _MAX_EMPTY:
                    raise IncompleteExportError(
                        f"the gzip stream has more than {_MAX_EMPTY:,} members in a row that hold nothing"
                    )

    def finish(self) -> None:
        if self._member is not None or self._header:
            raise IncompleteExportError("the gzip stream is truncated")

    def _begin(self, chunk: bytes) -> bytes:
        """Read the header of a member; return what must be inflated, empty while the header is incomplete."""
        if self._members and not self._header:
            size = len(chunk)
            chunk = chunk.lstrip(b"\0")
            self._is_padded |= len(chunk) < size
        self._header += chunk
        length = self._header_length()
        if length is None:
            return b""
        rest, self._header = self._header[length:], b""
        self._member = _new_member()
        # isal refuses some headers when they arrive in parts, so it gets the shortest in their place.
        return _SHORTEST_HEADER + rest

    def _header_length(self) -> int | None:
        try:
            return gzip_header_length(self._header)
        except ValueError as error:
            if self._members:
                raise IncompleteExportError(f"the gzip stream is followed by other data: {error}") from None
            raise IncompleteExportError(f"the body is not gzip, as its header claims: {error}") from None

    def _inflate(self, member: _Member, chunk: bytes) -> Iterator[bytes]:
        """Yield what a chunk decompresses to, up to the end of the member."""
        is_full = True
        while not member.eof and (is_full or not member.needs_input):
            try:
                inflated = member.decompress(chunk, self._size)
            except _gzip_error as error:
                raise IncompleteExportError(f"the gzip stream is damaged: {error}") from error
            if inflated:
                yield inflated
            # A full chunk may mean that isal holds back the rest, even when it reports that it needs input.
            chunk, is_full = b"", len(inflated) == self._size


def gzip_header_length(data: bytes) -> int | None:
    """Return the length of the gzip header that `data` begins with; None if the header is incomplete.

    Raises:
        ValueError: when it is not a gzip header.

    Source: https://www.rfc-editor.org/rfc/rfc1952#section-2.3
    """
    if not _MAGIC.startswith(data[: len(_MAGIC)]):
        raise ValueError(f"it begins with {data[:8]!r}")
    if len(data) < _FIXED_HEADER:
        return None
    flags = data[3]
    if flags & _RESERVED:
        raise ValueError("its header has reserved flags")
    end = _FIXED_HEADER
    if flags & _EXTRA:
        if len(data) < end + 2:
            return None
        end += 2 + int.from_bytes(data[end : end + 2], "little")
    for flag in (_NAME, _COMMENT):
        if flags & flag:
            end = data.find(b"\0", end) + 1
            if not end:
                if len(data) > _MAX_HEADER:
                    raise ValueError("its header is too long")
                return None
    if flags & _HEADER_CHECKSUM:
        if len(data) < end + 2:
            return None
        if zlib.crc32(data[:end]) & 0xFFFF != int.from_bytes(data[end : end + 2], "little"):
            raise ValueError("its header is damaged")
        end += 2
    return end if len(data) >= end else None


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
    return _Gzip(chunk_size) if is_gzip(content_encoding) else _Identity()


def is_gzip(content_encoding: str) -> bool:
    """Return whether a response's `Content-Encoding` is gzip.

    Raises:
        IncompleteExportError: for any other encoding, none of which is ever requested.
    """
    names = [
        name for name in map(str.strip, content_encoding.lower().split(",")) if name not in ("", "identity")
    ]
    if not names or names in (["gzip"], ["x-gzip"]):
        return bool(names)
    raise IncompleteExportError(f"expected the content encoding gzip or none, got {content_encoding!r}")

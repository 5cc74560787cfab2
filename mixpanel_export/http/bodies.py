"""Decode the body of a response that was received whole. Exports stream theirs: see `records`.

httpx decodes bodies, too, but takes the first member of a gzip stream, or the beginning of one, for all of it.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from http import HTTPStatus
from typing import Literal, TypeAlias

import httpx

__all__ = ["UNPROVED", "Framing", "ReceivedBody", "complete", "failed", "framing_of", "unread_encoding"]

Framing: TypeAlias = Literal["chunked", "length", "none"]
"""The way in which HTTP marks the end of a body."""

UNPROVED = "nothing proves that the answer is whole: it has no length, no chunks and no gzip trailer"

_GZIP = {"gzip", "x-gzip"}
_MAGIC = b"\x1f\x8b"
# Far more than any report; a small body may decompress to a thousand times its size.
_MAX_SIZE = 1 << 30
_MAX_FAILURE = 1 << 16
_CHUNK = 1 << 20


class ReceivedBody:
    """A body that is received whole, up to the size that a report may have."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._size = 0

    def add(self, chunk: bytes) -> None:
        """Add bytes as they arrived; raises httpx.DecodingError when they become too many."""
        self._size += len(chunk)
        if self._size > _MAX_SIZE:
            raise httpx.DecodingError(f"the body is larger than {_MAX_SIZE:,} bytes")
        self._chunks.append(chunk)

    def joined(self) -> bytes:
        """Return the body."""
        return b"".join(self._chunks)


def complete(response: httpx.Response, raw: bytes) -> httpx.Response:
    """Return a response with its body, decoded unless it has an `unread_encoding`.

    Raises:
        httpx.DecodingError: for gzip that is damaged or has no end, or decompresses to too much.
        httpx.RemoteProtocolError: for text that nothing proves to be whole; JSON proves it by itself.
    """
    encodings = _encodings(response)
    body = _inflated(raw) if encodings and not unread_encoding(response) else raw
    if not encodings and body and not _has_end(response) and body.lstrip()[:1] not in (b"{", b"["):
        raise httpx.RemoteProtocolError(UNPROVED)
    return _with_body(response, body)


def failed(response: httpx.Response, raw: bytes) -> httpx.Response:
    """Return the response of a failure with what can be read of its body, which may have broken off."""
    encodings = _encodings(response)
    body = raw[:_MAX_FAILURE]
    if encodings and encodings <= _GZIP:
        try:
            body = zlib.decompressobj(wbits=31).decompress(raw, _MAX_FAILURE)
        except zlib.error:
            body = b"(a body that is no gzip, as its header claims)"
    elif encodings:
        body = f"(a body in the encoding {', '.join(sorted(encodings))})".encode()
    return _with_body(response, body)


def framing_of(headers: Mapping[str, str]) -> Framing:
    """Return the way in which these headers mark the end of the body."""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return "chunked"
    return "length" if "content-length" in headers else "none"


def unread_encoding(response: httpx.Response) -> str | None:
    """Return the content encoding of a body that cannot be read; None for one that can."""
    encodings = _encodings(response)
    return response.headers["content-encoding"] if len(encodings) > 1 or encodings - _GZIP else None


def _encodings(response: httpx.Response) -> set[str]:
    names = response.headers.get("content-encoding", "").lower().split(",")
    return {name for name in map(str.strip, names) if name not in ("", "identity")}


def _inflated(raw: bytes) -> bytes:
    """Return what all members of a gzip stream decompress to, zeros after the last one aside."""
    if not raw:
        raise httpx.DecodingError("the gzip stream is empty")
    parts: list[bytes] = []
    size = 0
    try:
        while raw:
            member = zlib.decompressobj(wbits=31)
            while raw and not member.eof:
                part = member.decompress(raw, _CHUNK)
                parts.append(part)
                size += len(part)
                if size > _MAX_SIZE:
                    raise httpx.DecodingError(f"the body decompresses to more than {_MAX_SIZE:,} bytes")
                raw = member.unused_data if member.eof else member.unconsumed_tail
            if not member.eof:
                raise httpx.DecodingError("the gzip stream is truncated")
            raw = raw.lstrip(b"\0")
    except zlib.error as error:
        problem = str(error) if raw.startswith(_MAGIC) or not parts else "it is followed by other data"
        raise httpx.DecodingError(f"the gzip stream is damaged: {problem}") from None
    return b"".join(parts)


def _has_end(response: httpx.Response) -> bool:
    """Return True if HTTP marks the end of the body."""
    return framing_of(response.headers) != "none" or response.status_code == HTTPStatus.NO_CONTENT


def _with_body(response: httpx.Response, body: bytes) -> httpx.Response:
    made = httpx.Response(response.status_code, content=body, request=response.request)
    # As they were sent, although they describe the body as it was sent.
    made.headers = response.headers
    return made

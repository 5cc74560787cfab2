"""Framing that loses nothing is accepted: gzip headers of every form, padding, byte order marks, empty bodies."""

from __future__ import annotations

import datetime
import gzip
import io
import itertools
import json
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixpanel_export import IncompleteExportError, MalformedEventError
from mixpanel_export.download.jsonl import copy_gzip, copy_lines
from mixpanel_export.download.plan import Slice
from mixpanel_export.download.spool import Spool
from mixpanel_export.records.inflate import decompressor_for
from mixpanel_export.records.verify import Verified, Verifier

DAY = Slice(datetime.date(2024, 1, 1), datetime.date(2024, 1, 1))
LINES = b'{"event":"A","properties":{"s":"\xc3\xa4"}}\n{"event":"B","properties":{}}\n'
MARK = b"\xef\xbb\xbf"

NAMES = st.binary(max_size=20).filter(lambda name: b"\0" not in name)


def member(
    body: bytes,
    *,
    extra: bytes | None = None,
    name: bytes | None = None,
    comment: bytes | None = None,
    checksum: bool = False,
    text: bool = False,
) -> bytes:
    """Return a gzip member whose header has these optional fields."""
    present = (text, checksum, extra is not None, name is not None, comment is not None)
    flags = sum(1 << bit for bit, given in enumerate(present) if given)
    header = b"\x1f\x8b\x08" + bytes([flags]) + struct.pack("<I", 1_700_000_000) + b"\x02\x03"
    if extra is not None:
        header += struct.pack("<H", len(extra)) + extra
    for field in (name, comment):
        header += b"" if field is None else field + b"\0"
    if checksum:
        header += struct.pack("<H", zlib.crc32(header) & 0xFFFF)
    deflated = zlib.compressobj(6, zlib.DEFLATED, -15)
    trailer = struct.pack("<II", zlib.crc32(body), len(body))
    return header + deflated.compress(body) + deflated.flush() + trailer


MEMBERS = st.builds(
    member,
    st.binary(max_size=60),
    extra=st.none() | st.binary(max_size=40),
    name=st.none() | NAMES,
    comment=st.none() | NAMES,
    checksum=st.booleans(),
    text=st.booleans(),
)


def verify(body: bytes, cuts: list[int], encoding: str = "gzip", **options: Any) -> Verified:
    verifier = Verifier("text/plain", encoding, check="json", **options)
    for start, end in itertools.pairwise([0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]):
        verifier.feed(body[start:end])
    return verifier.finish()


def copies_of(body: bytes, verified: Verified) -> tuple[bytes, bytes]:
    """Return a slice as it is written to a plain and to a compressed file."""
    with Spool(DAY, verified, io.BytesIO(body)) as spool:
        plain, packed = io.BytesIO(), io.BytesIO()
        copy_lines(spool, plain)
        copy_gzip(spool, packed)
    return plain.getvalue(), packed.getvalue()


@given(
    st.lists(MEMBERS, min_size=1, max_size=3), st.lists(st.integers(0, 400), max_size=5), st.integers(0, 20)
)
def test_gzip_of_every_form_inflates_as_in_zlib(members: list[bytes], cuts: list[int], padding: int) -> None:
    body = b"".join(members) + bytes(padding)
    inflater = decompressor_for("gzip")
    edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    inflated = [part for a, b in itertools.pairwise(edges) for part in inflater.feed(body[a:b])]
    inflater.finish()
    assert b"".join(inflated) == gzip.decompress(body)
    assert inflater.is_regular == (not padding)


@pytest.mark.parametrize("cut", range(70))
@pytest.mark.sampled(10)
def test_a_gzip_header_may_be_cut_anywhere(cut: int) -> None:
    body = member(LINES, extra=b"xy" * 5, name=b"events.json", comment=b"made up", checksum=True)
    assert verify(body, [cut]).events == 2
    assert verify(body, [cut, cut + 1]).events == 2
    with pytest.raises(IncompleteExportError):
        verify(body[: len(body) - 1 - cut], [])


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (b"\x1f\x8b\x08\xe0" + bytes(6), "reserved flags"),
        (b"\x1f\x8b\x08\x02" + bytes(6) + b"\x01\x02", "header is damaged"),
        (b"\x1f\x8b\x08\x08" + bytes(6) + b"x" * (1 << 18), "header is too long"),
        (b'{"event":"A","properties":{}}\n', "not gzip"),
    ],
)
def test_an_illegal_gzip_header_is_named(header: bytes, words: str) -> None:
    with pytest.raises(IncompleteExportError, match=words):
        verify(header, [3])


@pytest.mark.parametrize("padding", [1, 7, 70_000])
def test_zeros_after_gzip_are_padding(padding: int) -> None:
    body = gzip.compress(LINES) + bytes(padding)
    verified = verify(body, [len(body) - padding])
    plain, packed = copies_of(body, verified)
    assert verified.events == 2
    assert plain == LINES
    assert packed.count(0) < padding + 20
    assert gzip.decompress(packed) == LINES


@pytest.mark.parametrize("padding", [b"", b"\0\0"])
@pytest.mark.parametrize("other", [b"x", b"<html>oops</html>", b'{"event":"C","properties":{}}\n'])
def test_other_data_after_gzip_is_named(padding: bytes, other: bytes) -> None:
    with pytest.raises(IncompleteExportError, match="the gzip stream is followed by other data"):
        verify(gzip.compress(LINES) + padding + other, [])


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP", "gzip, identity", "", "identity"])
def test_a_body_of_no_bytes_is_a_day_without_events(encoding: str) -> None:
    verified = verify(b"", [], encoding)
    plain, packed = copies_of(b"", verified)
    assert verified.events == 0
    assert plain.strip() == b""
    assert gzip.decompress(packed).strip() == b""
    assert packed[:2] == b"\x1f\x8b"


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "gzip, br", "zstd"])
def test_other_content_encodings_are_refused_by_name(encoding: str) -> None:
    with pytest.raises(IncompleteExportError, match=f"got '{encoding}'"):
        Verifier("text/plain", encoding)


@pytest.mark.parametrize("encoding", ["gzip", ""])
@pytest.mark.parametrize("keep", [0, 1 << 20])
@pytest.mark.parametrize("cut", range(5))
def test_a_byte_order_mark_is_not_part_of_the_lines(encoding: str, keep: int, cut: int) -> None:
    body = MARK + LINES
    sent = gzip.compress(body[:cut]) + gzip.compress(body[cut:]) if encoding else body
    verified = verify(sent, [cut], encoding, keep=keep)
    assert verified.events == 2
    plain, packed = copies_of(sent, verified)
    assert plain == LINES
    assert gzip.decompress(packed) == LINES


def test_a_byte_order_mark_alone_is_an_empty_body() -> None:
    assert verify(MARK, [1], "").events == 0


@given(st.lists(st.sampled_from(["\n", "\r\n", " \r\n", "\t\n\n"]), min_size=1, max_size=9), st.booleans())
def test_lines_may_end_with_carriage_returns(ends: list[str], ends_open: bool) -> None:
    lines = [json.dumps({"event": f"E{n}", "properties": {}}) + end for n, end in enumerate(ends)]
    body = "".join(lines).encode()
    verified = verify(body.rstrip() if ends_open else body, [], "")
    assert verified.events == len(ends)


def test_a_line_that_never_ends_is_refused() -> None:
    bomb = gzip.compress(b'{"event":"A","properties":{"s":"' + b"x" * 40_000_000)
    verifier = Verifier("text/plain", "gzip", max_line=1 << 20)
    with pytest.raises(MalformedEventError, match=r"line 1 .*longer than max_line, 1,048,576 bytes"):
        verifier.feed(bomb)


@pytest.mark.parametrize("length", [1 << 20, (1 << 20) + 1])
def test_the_bound_of_a_line_is_exact(length: int) -> None:
    line = b'{"event":"A","properties":{"s":"%s"}}\n'
    line %= b"x" * (length + 1 - len(line % b""))
    body = LINES + line + LINES
    if length == 1 << 20:
        assert verify(body, [*range(0, len(body), 5000)], "", max_line=1 << 20).events == 5
    else:
        with pytest.raises(MalformedEventError, match="line 3 "):
            verify(body, [*range(0, len(body), 5000)], "", max_line=1 << 20)


def test_a_flood_of_empty_gzip_members_is_refused() -> None:
    few, many = (gzip.compress(b"", mtime=0) * count for count in (5_000, 11_000))
    line = gzip.compress(b'{"event": "A", "properties": {"time": 1}}\n')
    verifier = Verifier("", "gzip")
    verifier.feed(few + line + few + line + few)
    assert verifier.finish().events == 2
    with pytest.raises(IncompleteExportError, match=r"more than 10,000 members in a row"):
        Verifier("", "gzip").feed(many)

"""Whole lines: whether they are UTF-8."""

from __future__ import annotations

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from mixpanel_export.records.lines import check_utf8

NEAR_THE_END_OF_A_PIECE = st.integers(4090, 4096) | st.integers(8186, 8192)
PARTS = st.text(max_size=3).map(str.encode) | st.binary(max_size=3) | st.just("é€😀".encode())


@given(NEAR_THE_END_OF_A_PIECE, PARTS, st.integers(0, 9000), PARTS)
def test_bytes_are_checked_as_python_decodes_them(
    before: int, part: bytes, between: int, last: bytes
) -> None:
    block = b"a" * before + part + b"b" * between + last
    assert is_valid(block) == (block == block.decode(errors="replace").encode())


def is_valid(block: bytes) -> bool:
    with contextlib.suppress(UnicodeDecodeError):
        check_utf8(block)
        return True
    return False

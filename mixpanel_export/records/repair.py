"""Repair text that is not valid Unicode with U+FFFD, the replacement character."""

from __future__ import annotations

import re

__all__ = ["repaired"]

# Every escape, so that a backslash that is itself escaped begins none. The group is half of a surrogate pair.
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


def repaired(block: bytes) -> bytes:
    """Return lines of JSON in valid Unicode; the same object if they are valid already.

    Bytes that are not UTF-8 and escapes of lone surrogates are replaced; everything else stays byte for byte.
    """
    try:
        text, is_valid = str(block, "utf-8"), True
    except UnicodeDecodeError:
        text, is_valid = str(block, "utf-8", "replace"), False
    if b"\\ud" in block or b"\\uD" in block:
        whole = _ESCAPE.sub(_replace, text)
        is_valid &= whole == text
        text = whole
    return block if is_valid else text.encode()


def _replace(escape: re.Match[str]) -> str:
    return escape[0] if escape[1] is None else r"\ufffd"

"""The JSON text of the profiles on a page, as it was sent: a file keeps every digit, which Python's floats do not.

Pure. See `records.texts` for the texts within one profile.
"""

from __future__ import annotations

import json
import re

import msgspec

from mixpanel_export.records.texts import elements, members

__all__ = ["profile_texts"]


class _Page(msgspec.Struct, gc=False):
    results: list[msgspec.Raw]


_native = msgspec.json.Decoder(_Page)
# These are no JSON, and become null.
_CONSTANT = re.compile(r"NaN|Infinity")
# Breaks between lines are never within a string.
_BREAKS = str.maketrans("\r\n", "  ")


def profile_texts(body: bytes, profiles: int) -> list[str]:
    """Return the text of each profile on a page, on one line; empty where it cannot be told.

    Args:
        body: the page, which has been read as one.
        profiles: the number of profiles that were found.
    """
    try:
        texts = [str(text, "utf-8") for text in _native.decode(body).results]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        try:
            texts = _read_slowly(body)
        except (ValueError, RecursionError):
            texts = []
    if len(texts) != profiles:
        return [""] * profiles
    return [text.translate(_BREAKS) if text.startswith("{") else "" for text in texts]


def _read_slowly(body: bytes) -> list[str]:
    """Read a page with the escape of half a surrogate pair, with NaN, or in another encoding."""
    page = body.decode("utf-8-sig" if body[:1] == b"\xef" else json.detect_encoding(body)).lstrip()
    results = dict(members(page)).get("results", "") if page.startswith("{") else ""
    if not results.startswith("["):
        return []
    return ["" if _CONSTANT.search(text) else text for text in elements(results)]

"""Segments: the value of an `on` expression as text.

Numbers are written in decimal, booleans as `true` and `false`, objects as JSON. A missing value is the segment
`undefined`; JSON's null is another, `null`, because expressions tell the two apart. A list counts once for each
distinct item; an empty list is `undefined`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeGuard

import msgspec

from mixpanel_export.expressions import UNDEFINED
from mixpanel_export.expressions.numerals import plain_text

__all__ = ["UNDEFINED_SEGMENT", "segments_of", "values_of"]

UNDEFINED_SEGMENT: Final = "undefined"


def segments_of(value: Any) -> Sequence[str]:
    """Return the segments of an event with this value; at least one."""
    if _is_list(value):
        return _each(value) or (UNDEFINED_SEGMENT,)
    return (_text(value),)


def values_of(value: Any) -> Sequence[str]:
    """Return the segments of a value that is present; none for undefined, null or an empty list."""
    if value is UNDEFINED or value is None:
        return ()
    return _each(value) if _is_list(value) else (_text(value),)


def _is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


def _each(items: list[object]) -> Sequence[str]:
    return tuple(dict.fromkeys(_text(item) for item in items))


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is UNDEFINED:
        return UNDEFINED_SEGMENT
    if isinstance(value, int | float) and not isinstance(value, bool):
        return plain_text(value)
    return msgspec.json.encode(value).decode()

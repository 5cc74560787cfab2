"""The value of an `on` as the names of segments.

Everything is text in the end: numbers in decimal, booleans `true` and `false`, objects as JSON. What has no
value is the segment `undefined`, and JSON's null is another, `null`, as they are two types in expressions. A
list counts for each of its items, once for items that are alike; an empty one has no item to count for,
and is `undefined`.
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
    """The segments that an event with this value belongs to; always one at least."""
    if _is_list(value):
        return _each(value) or (UNDEFINED_SEGMENT,)
    return (_text(value),)


def values_of(value: Any) -> Sequence[str]:
    """The same, of values that are there: none for undefined, null, and an empty list."""
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

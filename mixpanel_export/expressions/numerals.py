"""Numbers as decimal text and back, for literals, `number(text)` and `string(number)`.

Integers are exact and floats are doubles, as Python reads JSON. Both stay within the range of a double, like
Mixpanel's numbers, so no text can request an integer of a million digits.
"""

from __future__ import annotations

import math
import re
import sys
from decimal import Decimal
from typing import TypeAlias

Number: TypeAlias = int | float

LARGEST_INTEGER = int(sys.float_info.max)
NUMBER_RANGE = "a number up to about 1.8e308"
_LARGEST_DIGITS = len(str(LARGEST_INTEGER))

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def in_range(value: Number) -> bool:
    """Return whether the number is finite and within the range of a double."""
    if isinstance(value, float):
        return math.isfinite(value)
    return -LARGEST_INTEGER <= value <= LARGEST_INTEGER


def has_minus(value: Number) -> bool:
    """Return whether the number is written with a "-"; true for -0.0, which is not below zero."""
    return value < 0 or (isinstance(value, float) and math.copysign(1, value) < 0)


def read_number(text: str) -> Number | None:
    """Return the number a decimal text stands for; None for other text, or if out of range."""
    if not _DECIMAL.fullmatch(text):
        return None
    digits = text.lstrip("+-")
    if not digits.isdigit():
        value = float(text)
        return value if math.isfinite(value) else None
    # Python refuses to convert thousands of digits, leading zeros included, so strip those first.
    digits = digits.lstrip("0") or "0"
    if len(digits) > _LARGEST_DIGITS:
        return None
    number = -int(digits) if text.startswith("-") else int(digits)
    return number if in_range(number) else None


def literal_text(value: Number) -> str:
    """Return a literal, without an exponent, that reads back as the same number of the same type."""
    if isinstance(value, int):
        return str(value)
    text = _positional(value)
    return text if "." in text else f"{text}.0"


def plain_text(value: Number) -> str:
    """Return the number as `string()` does: no exponent, and no fraction for a whole number."""
    if isinstance(value, float) and not value.is_integer():
        return _positional(value)
    return str(int(value))


def _positional(value: float) -> str:
    return format(Decimal(repr(value)), "f")

"""The operators and functions, applied to values.

Values are those of JSON as Python reads them, and UNDEFINED for missing ones. Objects, which the grammar cannot
write, can only be compared with each other; the same goes for NaN and infinities, which JSON does not have. A
result too large for a double is undefined.

The rules follow https://developer.mixpanel.com/reference/segmentation-expressions; where it leaves something open,
the function documents the choice.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias, TypeGuard
from typing import Literal as OneOf

from mixpanel_export.expressions.numerals import Number, in_range, plain_text, read_number

if TYPE_CHECKING:
    from mixpanel_export.expressions.tree import BinaryOperator, Function, UnaryOperator

Kind: TypeAlias = OneOf["string", "number", "boolean", "list", "object", "null", "undefined"]


class Undefined(Enum):
    """The type of UNDEFINED, its only value."""

    UNDEFINED = "undefined"

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "undefined"


UNDEFINED: Final = Undefined.UNDEFINED
"""The value of a missing property, and of an operation on values that it does not fit."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ](?:[01][0-9]|2[0-3]):[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})?)?"
)


def kind_of(value: object) -> Kind:
    """Return the type of a value in an expression."""
    if isinstance(value, str):
        return "string"
    if isinstance(value, bool):
        return "boolean"
    if is_number(value):
        return "number"
    if value is None:
        return "null"
    if value is UNDEFINED:
        return "undefined"
    return "list" if _is_list(value) else "object"


def is_number(value: object) -> TypeGuard[Number]:
    """Return whether the value is a JSON number; in Python, booleans and NaN are numbers too."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, list | tuple)


def _is_object(value: object) -> TypeGuard[Mapping[object, object]]:
    return isinstance(value, Mapping)


def equal(left: object, right: object) -> bool:
    """`==`: values of different types are unequal, and lists are compared item by item.

    Null and undefined are different types, so they are unequal; each equals itself.
    """
    if isinstance(left, str):
        return isinstance(right, str) and left == right
    # A loop, because properties can be nested more deeply than Python can recurse.
    pending = [(left, right)]
    while pending:
        one, other = pending.pop()
        kind = kind_of(one)
        if kind != kind_of(other):
            return False
        if _is_list(one) and _is_list(other):
            if len(one) != len(other):
                return False
            pending.extend(zip(one, other, strict=True))
        elif _is_object(one) and _is_object(other):
            if one.keys() != other.keys():
                return False
            pending.extend((one[key], other[key]) for key in one)
        elif kind == "object" or one != other:
            return False
    return True


def contains(left: object, right: object) -> object:
    """`left in right`: a text within a text, or an item of a list under the rules of `==`."""
    if _is_list(right):
        return any(equal(left, item) for item in right)
    if isinstance(left, str) and isinstance(right, str):
        return left in right
    return UNDEFINED


def add(left: object, right: object) -> object:
    """`+`: adds numbers, joins strings."""
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    return _add_numbers(left, right)


def _arithmetic(
    calculate: Callable[[Number, Number], Number],
) -> Callable[[object, object], object]:
    def apply(left: object, right: object) -> object:
        if not is_number(left) or not is_number(right):
            return UNDEFINED
        try:
            result = calculate(left, right)
        except (ZeroDivisionError, OverflowError):
            return UNDEFINED
        return result if in_range(result) else UNDEFINED

    return apply


def _divide(left: Number, right: Number) -> Number:
    """Divide exactly where possible: doubles would round the quotient of large integers."""
    if isinstance(left, int) and isinstance(right, int) and left % right == 0:
        return left // right
    return left / right


def _remainder(left: Number, right: Number) -> Number:
    """Return the remainder with the sign of the dividend; Python's own has the divisor's.

    Division by zero is undefined, as for the quotient.
    """
    if right == 0:
        raise ZeroDivisionError
    if isinstance(left, int) and isinstance(right, int):
        remainder = abs(left) % abs(right)
        return -remainder if left < 0 else remainder
    return math.fmod(left, right)


def _comparison(compare: Callable[[Number, Number], bool]) -> Callable[[object, object], object]:
    def apply(left: object, right: object) -> object:
        if is_number(left) and is_number(right):
            return compare(left, right)
        return UNDEFINED

    return apply


def negate(value: object) -> object:
    """Unary `-`."""
    return -value if is_number(value) else UNDEFINED


def logical_not(value: object) -> object:
    """`not`: the opposite of a boolean, true for undefined, and undefined for anything else (null too)."""
    if value is UNDEFINED:
        return True
    return not value if isinstance(value, bool) else UNDEFINED


def _rounding(to_whole: Callable[[Number], int]) -> Callable[[object], object]:
    def apply(value: object) -> object:
        return to_whole(value) if is_number(value) else UNDEFINED

    return apply


def _half_away_from_zero(value: Number) -> int:
    """Round half away from zero, 2.5 → 3 and -2.5 → -3; Python's own `round` goes to the even number."""
    if isinstance(value, int):
        return value
    whole = math.floor(abs(value))
    # Subtraction is exact; adding one half is not, and turns 0.49999999999999994 into 1.
    whole += abs(value) - whole >= 0.5
    return -whole if value < 0 else whole


def to_string(value: object) -> object:
    """`string(x)`: a whole number has no fraction (3.0 gives "3"); a list gives undefined."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain_text(value) if is_number(value) and in_range(value) else UNDEFINED


def to_number(value: object) -> object:
    """`number(x)`: the text may have a sign, a fraction and an exponent, but no surrounding blanks."""
    if isinstance(value, bool):
        return int(value)
    if is_number(value):
        return value
    number = read_number(value) if isinstance(value, str) else None
    return UNDEFINED if number is None else number


def to_boolean(value: object) -> object:
    """`boolean(x)`: exactly the texts "true" and "false"; any other text gives undefined."""
    if isinstance(value, bool):
        return value
    if is_number(value):
        return value != 0
    return {"true": True, "false": False}.get(value, UNDEFINED) if isinstance(value, str) else UNDEFINED


def is_defined(value: object) -> bool:
    """`defined(x)`: true if there is a value other than null."""
    return value is not UNDEFINED and value is not None


def to_unix_seconds(value: object) -> object:
    """`datetime(x)`: the moment in unix seconds, comparable with `time` properties.

    A number is taken as unix seconds. A text is an ISO date, or a date and time separated by "T" or a blank;
    without an offset it is UTC. Any other text gives undefined.
    """
    if is_number(value):
        return value
    if not isinstance(value, str) or not _ISO.fullmatch(value):
        return UNDEFINED
    try:
        return unix_seconds(datetime.fromisoformat(value))
    except (ValueError, OverflowError):
        return UNDEFINED


def unix_seconds(moment: datetime) -> Number:
    """Return the moment in unix seconds, as an integer where possible; naive moments are UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    elapsed = moment - _EPOCH
    seconds, rest = divmod(elapsed, timedelta(seconds=1))
    return elapsed.total_seconds() if rest else seconds


_add_numbers = _arithmetic(operator.add)

UNARY: Final[dict[UnaryOperator, Callable[[object], object]]] = {
    "-": negate,
    "not": logical_not,
}
# `and` and `or` are missing because they can skip their right side, so they are not plain functions.
BINARY: Final[dict[BinaryOperator, Callable[[object, object], object]]] = {
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    ">": _comparison(operator.gt),
    ">=": _comparison(operator.ge),
    "<": _comparison(operator.lt),
    "<=": _comparison(operator.le),
    "in": contains,
    "+": add,
    "-": _arithmetic(operator.sub),
    "*": _arithmetic(operator.mul),
    "/": _arithmetic(_divide),
    "%": _arithmetic(_remainder),
}
FUNCTIONS: Final[dict[Function, Callable[[object], object]]] = {
    "boolean": to_boolean,
    "ceil": _rounding(math.ceil),
    "datetime": to_unix_seconds,
    "defined": is_defined,
    "floor": _rounding(math.floor),
    "number": to_number,
    "round": _rounding(_half_away_from_zero),
    "string": to_string,
}

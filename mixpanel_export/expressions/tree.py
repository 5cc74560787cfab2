"""The syntax tree: an expression independent of how it was written.

Nodes are immutable, compare by value and validate themselves, so every tree can be printed and parsed back.

A chain such as `a or b or c …` grows to the left, possibly by thousands of operators, and is always walked with a
loop. All other nesting is bounded by MAX_DEPTH, so no expression can exhaust Python's stack.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Final, TypeAlias, get_args
from typing import Literal as OneOf

import attrs

from mixpanel_export._text import is_unicode
from mixpanel_export.errors import ExpressionError
from mixpanel_export.expressions.numerals import NUMBER_RANGE, has_minus, in_range

Scope: TypeAlias = OneOf["properties", "user", "event", "behaviors"]
UnaryOperator: TypeAlias = OneOf["-", "not"]
BinaryOperator: TypeAlias = OneOf[
    "or", "and", "==", "!=", ">", ">=", "<", "<=", "in", "+", "-", "*", "/", "%"
]
Function: TypeAlias = OneOf["boolean", "ceil", "datetime", "defined", "floor", "number", "round", "string"]

SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
FUNCTIONS: Final[tuple[Function, ...]] = get_args(Function)
UNARY_PRECEDENCE: Final[dict[UnaryOperator, int]] = {"not": 3, "-": 7}
BINARY_PRECEDENCE: Final[dict[BinaryOperator, int]] = {
    "or": 1,
    "and": 2,
    **dict.fromkeys(("==", "!=", ">", ">=", "<", "<=", "in"), 4),
    **dict.fromkeys(("+", "-"), 5),
    **dict.fromkeys(("*", "/", "%"), 6),
}
PRIMARY_PRECEDENCE: Final = 8

MAX_DEPTH: Final = 100
TOO_DEEP: Final = f"the expression is nested too deeply: {MAX_DEPTH} levels are allowed"


def _set_depth(node: ListLiteral | Unary | Call | Binary, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ExpressionError(TOO_DEEP)
    object.__setattr__(node, "depth", depth)


def _check_text(node: object, attribute: attrs.Attribute[Any], text: object) -> None:
    """Refuse lone surrogates, which cannot be encoded and so neither sent nor written to a file."""
    if not isinstance(text, str):
        raise ExpressionError(f"{reprlib.repr(text)} is not a name", expected="a string")
    if not is_unicode(text):
        raise ExpressionError(f"{reprlib.repr(text)} holds half a surrogate pair")


def _check_literal(node: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    if type(value) is str:
        _check_text(node, attribute, value)
    elif type(value) is int or type(value) is float:
        if not in_range(value):
            # Don't show the digits of a huge integer: Python refuses to print thousands.
            shown = str(value) if isinstance(value, float) else "an integer this large"
            raise ExpressionError(f"{shown} is not a finite number", expected=NUMBER_RANGE)
        if has_minus(value):
            raise ExpressionError(f'{value} is written with the unary "-", not as a literal')
    elif type(value) is not bool:
        raise ExpressionError(f"a literal cannot hold a {type(value).__name__}")


def _one_of(allowed: Iterable[str]) -> Callable[[object, attrs.Attribute[Any], Any], None]:
    def check(node: object, attribute: attrs.Attribute[Any], value: Any) -> None:
        if value not in allowed:
            raise ExpressionError(
                f"{value!r} is not a known {attribute.name}",
                expected=f"one of {', '.join(allowed)}",
            )

    return check


def _as_tuple(items: Iterable[Expression]) -> tuple[Expression, ...]:
    return tuple(items)


def _with_type(value: object) -> tuple[type, object]:
    """Return a comparison key for literals: Python alone considers 1, 1.0 and True equal."""
    return type(value), value


@attrs.frozen
class Literal:
    """A string, `true`, `false`, or a non-negative number."""

    depth: ClassVar[int] = 1
    value: str | int | float | bool = attrs.field(validator=_check_literal, eq=_with_type)


@attrs.frozen
class Property:
    """`properties["NAME"]`, or the same in another scope."""

    depth: ClassVar[int] = 1
    scope: Scope = attrs.field(validator=_one_of(SCOPES))
    name: str = attrs.field(validator=_check_text)


@attrs.frozen
class ListLiteral:
    """A list, such as `[1, 2]`."""

    items: tuple[Expression, ...] = attrs.field(converter=_as_tuple)
    depth: int = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        _set_depth(self, 1 + max((item.depth for item in self.items), default=0))


@attrs.frozen
class Unary:
    """An operator and its operand: `-x` or `not x`."""

    operator: UnaryOperator = attrs.field(validator=_one_of(UNARY_PRECEDENCE))
    operand: Expression
    depth: int = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        _set_depth(self, 1 + self.operand.depth)


@attrs.frozen
class Call:
    """A function of one argument, such as `defined(x)`."""

    function: Function = attrs.field(validator=_one_of(FUNCTIONS))
    argument: Expression
    depth: int = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        _set_depth(self, 1 + self.argument.depth)


@attrs.frozen
class Binary:
    """An operator and its two operands, such as `left > right`."""

    operator: BinaryOperator = attrs.field(validator=_one_of(BINARY_PRECEDENCE))
    left: Expression
    right: Expression
    depth: int = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        left = self.left.depth if isinstance(self.left, Binary) else 1 + self.left.depth
        _set_depth(self, max(left, 1 + self.right.depth))

    def chain(self) -> list[Binary]:
        """Return this node and the binary nodes down its left side, innermost first."""
        node: Expression = self
        nodes: list[Binary] = []
        while isinstance(node, Binary):
            nodes.append(node)
            node = node.left
        nodes.reverse()
        return nodes

    def _flat(self) -> tuple[object, ...]:
        nodes = self.chain()
        return nodes[0].left, *((node.operator, node.right) for node in nodes)

    # attrs' generated methods would recurse into `left`, which is as deep as a chain is long.
    def __eq__(self, other: object) -> bool:
        return self._flat() == other._flat() if isinstance(other, Binary) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._flat())

    def __repr__(self) -> str:
        nodes = self.chain()
        opened = "".join(f"Binary({node.operator!r}, " for node in reversed(nodes))
        closed = "".join(f", {node.right!r})" for node in nodes)
        return f"{opened}{nodes[0].left!r}{closed}"


Expression: TypeAlias = Literal | ListLiteral | Property | Unary | Binary | Call
"""A parsed expression: the root of its tree."""

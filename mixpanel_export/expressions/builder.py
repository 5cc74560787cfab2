"""Building expressions in Python: `prop("price") - prop("overhead") > 10`.

A thin wrapper around the tree whose operators build larger trees. The printer quotes all values, so no value can
break out of its literal. See `tree` for the checks and `printer` for the text.
"""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import ClassVar, NoReturn, TypeAlias, TypeGuard

import attrs

from mixpanel_export.errors import ExpressionError
from mixpanel_export.expressions.numerals import has_minus
from mixpanel_export.expressions.printer import to_text
from mixpanel_export.expressions.tree import (
    Binary,
    BinaryOperator,
    Call,
    Expression,
    Function,
    ListLiteral,
    Literal,
    Property,
    Scope,
    Unary,
)
from mixpanel_export.expressions.values import unix_seconds

Operand: TypeAlias = "Expr | Expression | str | int | float | bool | date | Sequence[Operand]"
"""Anything that can stand beside an operator of an `Expr`."""


@attrs.frozen(eq=False, repr=False)
class Expr:
    """An expression under construction; `str(expr)` is its text.

    Operands can be expressions, strings, numbers, booleans, dates and lists of them. A date or naive datetime is
    compared as written, an aware datetime as its moment; both become `datetime(…)`, which is unix seconds.

    Comparisons return an expression rather than a bool: combine them with `&`, `|` and `~`, each side in
    parentheses.
    """

    tree: Expression

    def __str__(self) -> str:
        return to_text(self.tree)

    def __repr__(self) -> str:
        return f"Expr({self})"

    def to_expression(self) -> str:
        """Return the text, ready for a `where` or `on` argument."""
        return to_text(self.tree)

    def __bool__(self) -> NoReturn:
        raise TypeError(
            f"{self} is an expression and has no truth value; combine expressions with "
            "& | ~ instead of `and` `or` `not`, and write a < x < b as (a < x) & (x < b)"
        )

    def __contains__(self, item: object) -> NoReturn:
        raise TypeError(f"`in` cannot build an expression; use .contains(…) on {self}")

    # == builds an expression, which `object` does not allow for, so there is no matching hash.
    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # pyright: ignore

    def __eq__(  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        self, other: object
    ) -> Expr:
        return self._with("==", other)

    def __ne__(  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        self, other: object
    ) -> Expr:
        return self._with("!=", other)

    def __lt__(self, other: Operand) -> Expr:
        return self._with("<", other)

    def __le__(self, other: Operand) -> Expr:
        return self._with("<=", other)

    def __gt__(self, other: Operand) -> Expr:
        return self._with(">", other)

    def __ge__(self, other: Operand) -> Expr:
        return self._with(">=", other)

    def __add__(self, other: Operand) -> Expr:
        return self._with("+", other)

    def __radd__(self, other: Operand) -> Expr:
        return self._after("+", other)

    def __sub__(self, other: Operand) -> Expr:
        return self._with("-", other)

    def __rsub__(self, other: Operand) -> Expr:
        return self._after("-", other)

    def __mul__(self, other: Operand) -> Expr:
        return self._with("*", other)

    def __rmul__(self, other: Operand) -> Expr:
        return self._after("*", other)

    def __truediv__(self, other: Operand) -> Expr:
        return self._with("/", other)

    def __rtruediv__(self, other: Operand) -> Expr:
        return self._after("/", other)

    def __mod__(self, other: Operand) -> Expr:
        return self._with("%", other)

    def __rmod__(self, other: Operand) -> Expr:
        return self._after("%", other)

    def __and__(self, other: Operand) -> Expr:
        return self._with("and", other)

    def __rand__(self, other: Operand) -> Expr:
        return self._after("and", other)

    def __or__(self, other: Operand) -> Expr:
        return self._with("or", other)

    def __ror__(self, other: Operand) -> Expr:
        return self._after("or", other)

    def __invert__(self) -> Expr:
        return Expr(Unary("not", self.tree))

    def __neg__(self) -> Expr:
        return Expr(Unary("-", self.tree))

    def in_(self, values: Operand | Iterable[Operand]) -> Expr:
        """Build `self in values`: an item of a list, or part of a text."""
        is_text = isinstance(values, str | bytes)
        return self._with("in", _items(values) if isinstance(values, Iterable) and not is_text else values)

    def contains(self, value: Operand) -> Expr:
        """Build `value in self`: part of this text, or an item of this list."""
        return self._after("in", value)

    def is_defined(self) -> Expr:
        """Build `defined(self)`: true if the property has a value."""
        return self._call("defined")

    def as_boolean(self) -> Expr:
        """Build `boolean(self)`."""
        return self._call("boolean")

    def as_number(self) -> Expr:
        """Build `number(self)`."""
        return self._call("number")

    def as_string(self) -> Expr:
        """Build `string(self)`."""
        return self._call("string")

    def as_datetime(self) -> Expr:
        """Build `datetime(self)`: an ISO text, or unix seconds, as a moment to compare."""
        return self._call("datetime")

    def floor(self) -> Expr:
        """Build `floor(self)`."""
        return self._call("floor")

    def round(self) -> Expr:
        """Build `round(self)`."""
        return self._call("round")

    def ceil(self) -> Expr:
        """Build `ceil(self)`."""
        return self._call("ceil")

    def _call(self, function: Function) -> Expr:
        return Expr(Call(function, self.tree))

    def _with(self, operator: BinaryOperator, right: object) -> Expr:
        return Expr(Binary(operator, self.tree, _operand(right)))

    def _after(self, operator: BinaryOperator, left: object) -> Expr:
        return Expr(Binary(operator, _operand(left), self.tree))


def prop(name: str, scope: Scope = "properties") -> Expr:
    """Return a property of the event or, in another scope, of the user, the record or the behaviors.

    Raises:
        ExpressionError: the name is not text, or the scope is not one of the four.
    """
    return Expr(Property(scope, name))


def user(name: str) -> Expr:
    """Return a property of the profile: `user["NAME"]`."""
    return prop(name, "user")


def event_field(name: str) -> Expr:
    """Return a field of the event's record: `event["NAME"]`; the event's name is `event["event"]`."""
    return prop(name, "event")


def _operand(value: object) -> Expression:
    if isinstance(value, Expr):
        return value.tree
    if isinstance(value, Expression):
        return value
    if isinstance(value, bool):
        return Literal(value)
    if isinstance(value, str):
        # A subclass, such as a member of a StrEnum, might print differently.
        return Literal("".join(value))
    if isinstance(value, int | float):
        return _number(int(value) if isinstance(value, int) else float(value))
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return Call("datetime", Literal(f"{value.isoformat()}T00:00:00"))
    if _is_sequence(value):
        return _items(value)
    raise ExpressionError(
        f"{reprlib.repr(value)} cannot be written in an expression",
        expected=".is_defined() to find missing values"
        if value is None
        else "a string, number, boolean or date, or a list of them",
    )


def _is_sequence(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, bytes | bytearray)


def _number(value: int | float) -> Expression:
    """Write a negative number as unary minus, since literals have no sign."""
    if has_minus(value):
        return Unary("-", Literal(abs(value)))
    return Literal(value)


def _moment(value: datetime) -> Expression:
    if value.tzinfo is None:
        return Call("datetime", Literal(value.isoformat()))
    return Call("datetime", _number(unix_seconds(value)))


def _items(values: Iterable[object]) -> Expression:
    items = [_operand(value) for value in values]
    if isinstance(values, set | frozenset):
        # Sets are unordered, and equal expressions should have equal text.
        items.sort(key=to_text)
    return ListLiteral(tuple(items))

"""Evaluating an expression on local events.

The tree is compiled once into nested functions, which makes filtering a whole export fast. See `values` for what
the operators do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias, TypeGuard, assert_never

import attrs

from mixpanel_export.errors import EvaluationError
from mixpanel_export.expressions.builder import Expr
from mixpanel_export.expressions.parser import parse
from mixpanel_export.expressions.printer import to_text
from mixpanel_export.expressions.tree import (
    SCOPES,
    Binary,
    Call,
    Expression,
    ListLiteral,
    Literal,
    Property,
    Unary,
)
from mixpanel_export.expressions.values import BINARY, FUNCTIONS, UNARY, UNDEFINED, kind_of

# One mapping for each of SCOPES, in the same order.
_Scopes: TypeAlias = tuple[Mapping[str, object], ...]
_Run: TypeAlias = Callable[[_Scopes], object]
_Step: TypeAlias = Callable[[object, _Scopes], object]

_NOTHING: Mapping[str, object] = {}


@attrs.frozen(repr=False)
class CompiledExpression:
    """A compiled expression; call it with an event to get the value."""

    tree: Expression
    _run: _Run = attrs.field(eq=False)

    def __call__(
        self,
        event: Mapping[str, Any],
        *,
        user: Mapping[str, Any] | None = None,
        behaviors: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the value for this event; see `evaluate`."""
        properties: object = event.get("properties")
        return self._run(
            (
                properties if _is_record(properties) else _NOTHING,
                _NOTHING if user is None else user,
                event,
                _NOTHING if behaviors is None else behaviors,
            )
        )

    def matches(
        self,
        event: Mapping[str, Any],
        *,
        user: Mapping[str, Any] | None = None,
        behaviors: Mapping[str, Any] | None = None,
    ) -> bool:
        """Return whether a `where` keeps this event; see `matches`."""
        return _condition(self(event, user=user, behaviors=behaviors), self.tree, '"where"')

    def __repr__(self) -> str:
        return f"<compiled expression {to_text(self.tree)}>"


def compile(expression: str | Expression | Expr) -> CompiledExpression:
    """Compile an expression for use on many events.

    Raises:
        ExpressionError: the text is not a valid expression.
    """
    if isinstance(expression, str):
        return _compile_text(expression)
    return _compile_tree(expression.tree if isinstance(expression, Expr) else expression)


def evaluate(
    expression: str | Expression | Expr,
    event: Mapping[str, Any],
    *,
    user: Mapping[str, Any] | None = None,
    behaviors: Mapping[str, Any] | None = None,
) -> Any:
    """Return the value of an expression for one event.

    Args:
        expression: text, a tree, or an expression built with `prop`.
        event: a record of the raw export, `{"event": NAME, "properties": {…}}`. `properties["x"]` reads its
            properties and `event["x"]` the record itself, so `event["event"]` is the event's name.
        user: the profile's properties, read by `user["x"]`.
        behaviors: the values read by `behaviors["x"]`.

    Returns:
        A string, number, boolean or list, or an object held by a property; None for null, and UNDEFINED if there
        is no value.

    Raises:
        ExpressionError: the text is not a valid expression.
        EvaluationError: an operand of `and` or `or` is a string, a number or a list. Operands are evaluated from
            left to right until the result is certain, so later ones may be skipped; null counts as false there,
            like undefined.
    """
    return compile(expression)(event, user=user, behaviors=behaviors)


def matches(
    expression: str | Expression | Expr,
    event: Mapping[str, Any],
    *,
    user: Mapping[str, Any] | None = None,
    behaviors: Mapping[str, Any] | None = None,
) -> bool:
    """Return whether a `where` with this expression keeps the event; the arguments are those of `evaluate`.

    True keeps it; false, undefined and null do not.

    Raises:
        ExpressionError: the text is not a valid expression.
        EvaluationError: the value has another type. A filter that yields a text or a number is a mistake, and
            silently dropping every event would hide it.
    """
    return compile(expression).matches(event, user=user, behaviors=behaviors)


@lru_cache(maxsize=128)
def _compile_text(text: str) -> CompiledExpression:
    return _compile_tree(parse(text))


def _compile_tree(tree: Expression) -> CompiledExpression:
    return CompiledExpression(tree, _closure(tree))


def _closure(tree: Expression) -> _Run:
    match tree:
        case Literal(value):
            return lambda scopes: value
        case Property(scope, name):
            index = SCOPES.index(scope)
            return lambda scopes: scopes[index].get(name, UNDEFINED)
        case ListLiteral(items):
            runs = [_closure(item) for item in items]
            return lambda scopes: [run(scopes) for run in runs]
        case Unary(operator, operand):
            return _applied(UNARY[operator], _closure(operand))
        case Call(function, argument):
            return _applied(FUNCTIONS[function], _closure(argument))
        case Binary():
            return _chain(tree)
        case _:
            assert_never(tree)


def _applied(apply: Callable[[object], object], run: _Run) -> _Run:
    return lambda scopes: apply(run(scopes))


def _chain(tree: Binary) -> _Run:
    nodes = tree.chain()
    first = _closure(nodes[0].left)
    steps = [_step(node) for node in nodes]
    if len(steps) == 1:
        step = steps[0]
        return lambda scopes: step(first(scopes), scopes)

    def run(scopes: _Scopes) -> object:
        value = first(scopes)
        for step in steps:
            value = step(value, scopes)
        return value

    return run


def _step(node: Binary) -> _Step:
    """Return a function that applies a binary node to the value of its left side."""
    if node.operator == "and":
        return _and(node, _closure(node.right))
    if node.operator == "or":
        return _or(node, _closure(node.right))
    if node.operator == "in" and isinstance(node.right, ListLiteral):
        members = _constants(node.right)
        if members is not None:
            return lambda left, scopes: _key(left) in members
    apply, right = BINARY[node.operator], _closure(node.right)
    return lambda left, scopes: apply(left, right(scopes))


def _and(node: Binary, right: _Run) -> _Step:
    def step(left: object, scopes: _Scopes) -> bool:
        return _condition(left, node.left, '"and"') and _condition(right(scopes), node.right, '"and"')

    return step


def _or(node: Binary, right: _Run) -> _Step:
    def step(left: object, scopes: _Scopes) -> bool:
        return _condition(left, node.left, '"or"') or _condition(right(scopes), node.right, '"or"')

    return step


def _is_record(value: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(value, Mapping)


def _condition(value: object, tree: Expression, asker: str) -> bool:
    if isinstance(value, bool):
        return value
    if value is UNDEFINED or value is None:
        return False
    text = to_text(tree)
    shown = text if len(text) <= 70 else f"{text[:69]}…"
    raise EvaluationError(f"{asker} takes true or false; {shown} has type {kind_of(value)}", text)


def _constants(tree: ListLiteral) -> frozenset[object] | None:
    """Index a list of plain values, so that lookups are fast however many ids a filter names."""
    keys: list[object] = []
    for item in tree.items:
        # A negative number is unary minus applied to a literal.
        if not isinstance(item.operand if isinstance(item, Unary) else item, Literal):
            return None
        keys.append(_key(_closure(item)(())))
    return None if None in keys else frozenset(keys)


def _key(value: object) -> object:
    """Return a key that is equal for equal scalars; None for all other values."""
    kind = kind_of(value)
    return (kind, value) if kind in ("string", "number", "boolean") else None

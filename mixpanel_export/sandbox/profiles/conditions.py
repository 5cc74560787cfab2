"""Conditions on profiles: the `where` of the engage query, over a profile's properties and its behaviors.

Expressions over events are the business of `reports.evaluation`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from mixpanel_export import expressions
from mixpanel_export.expressions import (
    Binary,
    Call,
    CompiledExpression,
    Expression,
    ListLiteral,
    Literal,
    Property,
    Unary,
)
from mixpanel_export.sandbox.http.refusal import BadRequest

__all__ = ["ProfileCondition"]


@frozen
class ProfileCondition:
    """An expression that is true of a profile or not."""

    expression: CompiledExpression

    @classmethod
    def read(cls, text: str) -> ProfileCondition:
        """The condition that a `where` describes.

        Raises:
            BadRequest: if it is no expression.
        """
        try:
            return cls(expressions.compile(text))
        except expressions.ExpressionError as error:
            raise BadRequest(f"where is not a valid expression: {error.problem}") from None

    def holds(self, properties: Mapping[str, Any], behaviors: Mapping[str, int]) -> bool:
        """Whether a profile satisfies it, whose properties `properties["…"]` and `user["…"]` both read.

        Args:
            behaviors: what `behaviors["…"]` reads.

        Raises:
            BadRequest: if it cannot be applied to the profile, such as `and` between numbers.
        """
        try:
            return self.expression.matches({"properties": properties}, user=properties, behaviors=behaviors)
        except expressions.EvaluationError as error:
            raise BadRequest(f"where cannot be evaluated: {error.problem}") from None

    def behaviors(self) -> set[str]:
        """The names that it reads as `behaviors["…"]`."""
        return {each.name for each in _properties(self.expression.tree) if each.scope == "behaviors"}


def _properties(tree: Expression) -> Iterator[Property]:
    match tree:
        case Property():
            yield tree
        case Literal():
            return
        case ListLiteral(items):
            for item in items:
                yield from _properties(item)
        case Unary(_, operand):
            yield from _properties(operand)
        case Call(_, argument):
            yield from _properties(argument)
        case Binary():
            nodes = tree.chain()
            yield from _properties(nodes[0].left)
            for node in nodes:
                yield from _properties(node.right)

"""Conditions on profiles: the `where` of the engage query, over properties and behaviors.

See `reports.evaluation` for expressions over events.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import field, frozen

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

__all__ = ["ProfileCondition", "ProfileValue"]


@frozen
class ProfileCondition:
    """A compiled expression that matches profiles."""

    expression: CompiledExpression

    @classmethod
    def read(cls, text: str) -> ProfileCondition:
        """Compile a `where`.

        Raises:
            BadRequest: the text is not a valid expression.
        """
        try:
            return cls(expressions.compile(text))
        except expressions.ExpressionError as error:
            raise BadRequest(f"where is not a valid expression: {error.problem}") from None

    def holds(self, properties: Mapping[str, Any], behaviors: Mapping[str, int]) -> bool:
        """Return whether a profile matches; `properties["…"]` and `user["…"]` both read its properties.

        Args:
            behaviors: the values `behaviors["…"]` reads.

        Raises:
            BadRequest: the expression cannot be applied to the profile, such as `and` between numbers.
        """
        try:
            return self.expression.matches({"properties": properties}, user=properties, behaviors=behaviors)
        except expressions.EvaluationError as error:
            raise BadRequest(f"where cannot be evaluated: {error.problem}") from None

    def behaviors(self) -> set[str]:
        """Return the names the expression reads as `behaviors["…"]`."""
        return {node.name for node in _properties(self.expression.tree) if node.scope == "behaviors"}


@frozen
class ProfileValue:
    """A compiled expression over a profile's properties; equal if the text is."""

    text: str
    _value: CompiledExpression = field(eq=False)

    @classmethod
    def read(cls, parameter: str, text: str) -> ProfileValue:
        """Compile the expression of a parameter.

        Raises:
            BadRequest: the text is not a valid expression.
        """
        try:
            return cls(text, expressions.compile(text))
        except expressions.ExpressionError as error:
            raise BadRequest(f"{parameter} is not a valid expression: {error.problem}") from None

    def of(self, properties: Mapping[str, Any]) -> Any:
        """Return the value for a profile; None if it has none."""
        try:
            return self._value({"properties": properties}, user=properties)
        except expressions.EvaluationError as error:
            raise BadRequest(f"{self.text} cannot be evaluated: {error.problem}") from None


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

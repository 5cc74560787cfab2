"""Segmentation expressions, the language of `where` and `on`: build, parse, print and evaluate them.

`prop("country") == "US"` builds one and `str()` gives its text. `parse` turns text into a tree and `to_text` does
the reverse; `evaluate`, `matches` and `compile` apply an expression to exported events. No I/O.
"""

from mixpanel_export.errors import EvaluationError, ExpressionError
from mixpanel_export.expressions.builder import Expr, Operand, event_field, prop, user
from mixpanel_export.expressions.evaluator import CompiledExpression, compile, evaluate, matches  # noqa: A004
from mixpanel_export.expressions.parser import parse
from mixpanel_export.expressions.printer import to_text
from mixpanel_export.expressions.tree import (
    Binary,
    Call,
    Expression,
    ListLiteral,
    Literal,
    Property,
    Scope,
    Unary,
)
from mixpanel_export.expressions.values import UNDEFINED, Undefined

__all__ = [
    "UNDEFINED",
    "Binary",
    "Call",
    "CompiledExpression",
    "EvaluationError",
    "Expr",
    "Expression",
    "ExpressionError",
    "ListLiteral",
    "Literal",
    "Operand",
    "Property",
    "Scope",
    "Unary",
    "Undefined",
    "compile",
    "evaluate",
    "event_field",
    "matches",
    "parse",
    "prop",
    "to_text",
    "user",
]

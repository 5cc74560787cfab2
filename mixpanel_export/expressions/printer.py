"""Tree → text: the canonical spelling, which parses back to the same tree.

Parentheses appear only where the tree needs them.
"""

from __future__ import annotations

import json
from typing import assert_never

from mixpanel_export.expressions.numerals import literal_text
from mixpanel_export.expressions.tree import (
    BINARY_PRECEDENCE,
    PRIMARY_PRECEDENCE,
    UNARY_PRECEDENCE,
    Binary,
    Call,
    Expression,
    ListLiteral,
    Literal,
    Property,
    Unary,
)


def to_text(tree: Expression) -> str:
    """Return the text sent to Mixpanel; `parse(to_text(tree)) == tree` for every tree."""
    match tree:
        case Literal(value):
            return _literal(value)
        case Property(scope, name):
            return f"{scope}[{quoted(name)}]"
        case ListLiteral(items):
            return f"[{', '.join(map(to_text, items))}]"
        case Call(function, argument):
            return f"{function}({to_text(argument)})"
        case Unary(operator, operand):
            space = " " if operator == "not" else ""
            return f"{operator}{space}{_within(operand, UNARY_PRECEDENCE[operator])}"
        case Binary():
            return _chain(tree)
        case _:
            assert_never(tree)


def quoted(text: str) -> str:
    """Return a string literal with JSON's escapes; other characters stay as they are."""
    return json.dumps(text, ensure_ascii=False)


def _literal(value: str | int | float | bool) -> str:
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return literal_text(value)


def _precedence(tree: Expression) -> int:
    match tree:
        case Binary(operator):
            return BINARY_PRECEDENCE[operator]
        case Unary(operator):
            return UNARY_PRECEDENCE[operator]
        case _:
            return PRIMARY_PRECEDENCE


def _within(tree: Expression, minimum: int) -> str:
    text = to_text(tree)
    return text if _precedence(tree) >= minimum else f"({text})"


def _chain(tree: Binary) -> str:
    nodes = tree.chain()
    precedence = BINARY_PRECEDENCE[nodes[0].operator]
    opened = 0
    parts = [_within(nodes[0].left, precedence)]
    for node in nodes:
        looser, precedence = precedence, BINARY_PRECEDENCE[node.operator]
        if looser < precedence:
            # The chain so far is the left operand, so its parenthesis opens at the start.
            opened += 1
            parts.append(")")
        parts.append(f" {node.operator} {_within(node.right, precedence + 1)}")
    return "(" * opened + "".join(parts)

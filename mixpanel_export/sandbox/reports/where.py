"""Compiling the text of a `where` into a predicate over decoded events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mixpanel_export import expressions
from mixpanel_export.sandbox.http.refusal import BadRequest

__all__ = ["Predicate", "where_predicate"]

Predicate = Callable[[Mapping[str, Any]], bool]


def where_predicate(text: str) -> Predicate:
    """Return the predicate for `text`.

    Raises:
        BadRequest: the text is not a valid expression. The predicate raises it too, for an event the
            expression cannot be applied to, such as `and` between numbers.
    """
    try:
        compiled = expressions.compile(text)
    except expressions.ExpressionError as error:
        raise BadRequest(f"where is not a valid expression: {error.problem}") from None

    def predicate(event: Mapping[str, Any]) -> bool:
        try:
            return compiled.matches(event)
        except expressions.EvaluationError as error:
            raise BadRequest(f"where cannot be evaluated: {error.problem}") from None

    return predicate

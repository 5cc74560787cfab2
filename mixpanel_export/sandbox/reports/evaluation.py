"""Compiling the expressions of a request: `where` to a predicate, `on` to a value, over decoded events.

`user["…"]` reads the profile of the event's user. Errors become refusals that name the parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mixpanel_export import expressions
from mixpanel_export.sandbox.http.refusal import BadRequest
from mixpanel_export.sandbox.reports.identity import user_of
from mixpanel_export.sandbox.reports.where import Predicate

__all__ = ["Evaluate", "evaluation", "predicate"]

Evaluate = Callable[[Mapping[str, Any]], Any]
_Profiles = Iterable[Mapping[str, Any]]


def evaluation(parameter: str, text: str, profiles: _Profiles = ()) -> Evaluate:
    """Return a function that computes the value of `text` for an event.

    Args:
        parameter: the name of the parameter, for error messages.
        profiles: the profiles `user["…"]` reads.

    Raises:
        BadRequest: the text is not a valid expression. The returned function raises it too, for an event the
            expression cannot be applied to.
    """
    compiled = _compiled(parameter, text)
    profile_of = _lookup(text, profiles)

    def evaluate(event: Mapping[str, Any]) -> Any:
        try:
            return compiled(event, user=profile_of(event))
        except expressions.EvaluationError as error:
            raise BadRequest(f"{parameter} cannot be evaluated: {error.problem}") from None

    return evaluate


def predicate(parameter: str, text: str, profiles: _Profiles = ()) -> Predicate:
    """Return a function that tells whether an event matches `text`; otherwise like `evaluation`."""
    compiled = _compiled(parameter, text)
    profile_of = _lookup(text, profiles)

    def keeps(event: Mapping[str, Any]) -> bool:
        try:
            return compiled.matches(event, user=profile_of(event))
        except expressions.EvaluationError as error:
            raise BadRequest(f"{parameter} cannot be evaluated: {error.problem}") from None

    return keeps


def _compiled(parameter: str, text: str) -> expressions.CompiledExpression:
    try:
        return expressions.compile(text)
    except expressions.ExpressionError as error:
        raise BadRequest(f"{parameter} is not a valid expression: {error.problem}") from None


def _lookup(text: str, profiles: _Profiles) -> Callable[[Mapping[str, Any]], Mapping[str, Any] | None]:
    # Skip indexing the profiles unless needed: a project can have far more of them than events to read.
    if "user" not in text:
        return lambda event: None
    by_id = {str(profile["$distinct_id"]): profile["$properties"] for profile in profiles}
    return lambda event: by_id.get(user_of(event) or "")

"""The expressions of a request made ready for decoded events: `where` as a test, `on` as a value.

`user["…"]` reads the profile of whoever did the event. What an expression may be is the business of
`mixpanel_export.expressions`; here its errors become refusals that name the parameter.
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
    """The function of an event that `text` describes.

    Args:
        parameter: whose value the text is, for the message of a refusal.
        profiles: where `user["…"]` is looked up.

    Raises:
        BadRequest: if it is no expression. The function itself raises it too, for an event that the
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
    """The same for a condition: whether it keeps an event."""
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
    # A project may have many more profiles than a question about events has to look at.
    if "user" not in text:
        return lambda event: None
    by_id = {str(profile["$distinct_id"]): profile["$properties"] for profile in profiles}
    return lambda event: by_id.get(user_of(event) or "")

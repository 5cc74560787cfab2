"""Expressions applied to events: scopes, filters and large inputs."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from mixpanel_export.expressions import (
    UNDEFINED,
    EvaluationError,
    ExpressionError,
    compile,  # noqa: A004
    evaluate,
    matches,
    parse,
    prop,
)

EVENT = {
    "event": "Signup",
    "properties": {
        "text": "guidebook",
        "number": 7,
        "yes": True,
        "no": False,
        "list": [1],
        "object": {"a": 1},
        "null": None,
    },
}


def test_an_on_expression_gives_the_value_to_segment_by() -> None:
    event = {"properties": {"price": 10, "overhead": 4.5}}
    assert evaluate('properties["price"] - properties["overhead"]', event) == 5.5
    assert evaluate('properties["price"]', event) == 10
    assert evaluate('properties["city"]', event) is UNDEFINED


def test_scopes_read_their_own_values() -> None:
    event = {"event": "Signup", "properties": {"a": 1}}
    user, behaviors = {"a": 2}, {"a": 3}
    for text, expected in [
        ('properties["a"]', 1),
        ('user["a"]', 2),
        ('behaviors["a"]', 3),
        ('event["event"]', "Signup"),
        ('event["properties"]', {"a": 1}),
        ('event["a"]', UNDEFINED),
    ]:
        assert evaluate(text, event, user=user, behaviors=behaviors) == expected
    assert evaluate('user["a"]', event) is UNDEFINED
    assert evaluate('behaviors["a"]', event) is UNDEFINED
    assert matches('user["a"] == 2', event, user=user)


@pytest.mark.parametrize("event", [{}, {"properties": None}, {"properties": [1]}])
def test_a_record_without_properties_has_them_all_undefined(event: dict[str, Any]) -> None:
    assert evaluate('properties["a"]', event) is UNDEFINED


def test_where_keeps_true_and_drops_false_undefined_and_null() -> None:
    assert matches('properties["yes"]', EVENT) is True
    for name in ("no", "missing", "null"):
        assert matches(prop(name), EVENT) is False


@pytest.mark.parametrize("name", ["text", "number", "list", "object"])
def test_a_where_of_another_type_is_an_error(name: str) -> None:
    with pytest.raises(EvaluationError, match='"where" takes true or false'):
        matches(prop(name), EVENT)


def test_text_trees_and_built_expressions_are_all_accepted() -> None:
    built = prop("number") + 1
    for expression in (str(built), built.tree, built):
        assert evaluate(expression, EVENT) == 8
        assert compile(expression)(EVENT) == 8
        assert compile(expression).tree == built.tree


def test_a_compiled_expression_serves_many_events() -> None:
    wanted = compile('properties["n"] % 2 == 0 and properties["n"] > 4')
    events = [{"properties": {"n": n}} for n in range(10)]
    assert [e["properties"]["n"] for e in events if wanted.matches(e)] == [6, 8]
    assert wanted(events[6]) is True
    assert wanted.tree == parse('properties["n"] % 2 == 0 and properties["n"] > 4')
    assert "% 2 == 0" in repr(wanted)


@pytest.mark.slow
def test_a_long_chain_is_evaluated() -> None:
    text = " or ".join(f'properties["n"] == {number}' for number in range(5_000))
    assert matches(text, {"properties": {"n": 4_999}})
    assert not matches(text, {"properties": {"n": -1}})
    assert evaluate(" + ".join(["1"] * 5_000), {}) == 5_000


def test_a_text_that_is_no_expression_is_refused() -> None:
    for use in (evaluate, matches):
        with pytest.raises(ExpressionError):
            use("1 +", EVENT)


def test_undefined_is_one_falsy_value() -> None:
    assert not UNDEFINED
    assert repr(UNDEFINED) == "undefined"
    assert copy.deepcopy(UNDEFINED) is UNDEFINED
    assert pickle.loads(pickle.dumps(UNDEFINED)) is UNDEFINED
    assert UNDEFINED != None  # noqa: E711


@pytest.mark.parametrize(
    ("opener", "closer", "expected"),
    [("-", "", -3), ("floor(", ")", 3), ("1 - (", ")", -2), ("not ", "", False)],
)
def test_the_deepest_expression_is_evaluated(opener: str, closer: str, expected: object) -> None:
    text = opener * 99 + 'properties["x"]' + closer * 99
    assert evaluate(text, {"properties": {"x": 3}}) == expected

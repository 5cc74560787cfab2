"""Expressions written in Python produce the expected text, or are refused at once."""

# ruff: noqa: SIM300 (reflected operators need a value on the left)

from __future__ import annotations

import enum
import functools
import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixpanel_export.expressions import (
    Expr,
    ExpressionError,
    Literal,
    evaluate,
    event_field,
    parse,
    prop,
    user,
)

A, B = prop("a"), prop("b")


class Plan(enum.StrEnum):
    FREE = "free"


class Level(enum.IntEnum):
    HIGH = 3


class Kind(str, enum.Enum):  # noqa: UP042
    BOT = "bot"


@pytest.mark.parametrize(
    ("built", "text"),
    [
        (prop("country") == "US", 'properties["country"] == "US"'),
        ("US" == prop("country"), 'properties["country"] == "US"'),
        (prop("price") - prop("overhead"), 'properties["price"] - properties["overhead"]'),
        (prop("city").is_defined(), 'defined(properties["city"])'),
        (prop("plan").in_(["a", "b"]), 'properties["plan"] in ["a", "b"]'),
        (prop("keyword").contains("guide"), '"guide" in properties["keyword"]'),
        (prop("$city", scope="user"), 'user["$city"]'),
        (user("$city"), 'user["$city"]'),
        (event_field("event"), 'event["event"]'),
        (prop("b1", "behaviors") > 2, 'behaviors["b1"] > 2'),
        ((A == 1) & (B == 2) | ~A.is_defined(), None),
        ((A == 1) & (B == 2), 'properties["a"] == 1 and properties["b"] == 2'),
        ((A == 1) & ((B == 2) | (B == 3)), None),
        (~(A == 1), 'not properties["a"] == 1'),
        (A != 1, 'properties["a"] != 1'),
        (A < 1, 'properties["a"] < 1'),
        (A <= 1, 'properties["a"] <= 1'),
        (A > 1, 'properties["a"] > 1'),
        (A >= 1, 'properties["a"] >= 1'),
        (1 < A, 'properties["a"] > 1'),
        (1 >= A, 'properties["a"] <= 1'),
        (A + 1, 'properties["a"] + 1'),
        (1 + A, '1 + properties["a"]'),
        ("x" + A, '"x" + properties["a"]'),
        (1 - A, '1 - properties["a"]'),
        (A * 2, 'properties["a"] * 2'),
        (2 * A, '2 * properties["a"]'),
        (A / 2, 'properties["a"] / 2'),
        (2 / A, '2 / properties["a"]'),
        (A % 2, 'properties["a"] % 2'),
        (2 % A, '2 % properties["a"]'),
        (True & A, 'true and properties["a"]'),
        (False | A, 'false or properties["a"]'),
        (-A, '-properties["a"]'),
        ((A + B) * 2, '(properties["a"] + properties["b"]) * 2'),
        (A.as_number(), 'number(properties["a"])'),
        (A.as_string(), 'string(properties["a"])'),
        (A.as_boolean(), 'boolean(properties["a"])'),
        (A.as_datetime(), 'datetime(properties["a"])'),
        (A.floor(), 'floor(properties["a"])'),
        (A.round(), 'round(properties["a"])'),
        (A.ceil(), 'ceil(properties["a"])'),
        (A.in_("some text"), 'properties["a"] in "some text"'),
        (A.in_(B), 'properties["a"] in properties["b"]'),
        (A.in_(()), 'properties["a"] in []'),
        (A.in_(n * n for n in range(3)), 'properties["a"] in [0, 1, 4]'),
        (A.in_(set("cbeda")), 'properties["a"] in ["a", "b", "c", "d", "e"]'),
        (A.in_([-1, 2.5, True, [1]]), 'properties["a"] in [-1, 2.5, true, [1]]'),
        (A.contains(B), 'properties["b"] in properties["a"]'),
        (A == ["x", 1], 'properties["a"] == ["x", 1]'),
        (A == -1, 'properties["a"] == -1'),
        (A == -0.0, 'properties["a"] == -0.0'),
        (A - -1.5, 'properties["a"] - -1.5'),
        (A == True, 'properties["a"] == true'),  # noqa: E712
        (A == Plan.FREE, 'properties["a"] == "free"'),
        (A == Kind.BOT, 'properties["a"] == "bot"'),
        (A == Level.HIGH, 'properties["a"] == 3'),
        (A == Literal("x"), 'properties["a"] == "x"'),
        (A == 10**30, f'properties["a"] == {10**30}'),
    ],
)
def test_built_expressions_have_the_expected_text(built: Expr, text: str | None) -> None:
    if text is not None:
        assert str(built) == text
    assert parse(str(built)) == built.tree


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (date(2024, 1, 1), 'datetime("2024-01-01T00:00:00")'),
        (datetime(2024, 1, 1), 'datetime("2024-01-01T00:00:00")'),  # noqa: DTZ001
        (
            datetime(2024, 1, 1, 2, 3, 4, 500000),  # noqa: DTZ001
            'datetime("2024-01-01T02:03:04.500000")',
        ),
        (datetime(2024, 1, 1, tzinfo=UTC), "datetime(1704067200)"),
        (datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=2))), "datetime(1704060000)"),
        (datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), "datetime(-1)"),
    ],
)
def test_dates_become_datetime_calls(moment: date, text: str) -> None:
    assert str(prop("time") >= moment) == f'properties["time"] >= {text}'


@given(st.text(), st.text())
def test_names_and_values_of_any_text_are_kept(name: str, value: str) -> None:
    event = {"properties": {name: value}}
    assert evaluate(str(prop(name) == value), event) is True
    assert evaluate(str(prop(name)), event) == value


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans())
def test_numbers_and_booleans_arrive_as_they_are(value: float) -> None:
    assert evaluate(str(A == value), {"properties": {"a": value}}) is True


@pytest.mark.parametrize(
    ("misuse", "advice"),
    [
        (lambda: bool(A), "& | ~"),
        (lambda: A == 1 and B == 2, "& | ~"),
        (lambda: A == 1 or B == 2, "& | ~"),
        (lambda: not A, "& | ~"),
        (lambda: 1 < A < 3, r"\(a < x\) & \(x < b\)"),
        (lambda: "guide" in A, r"\.contains\("),
        (lambda: A in [B], "& | ~"),
        (lambda: {A}, "unhashable"),
    ],
)
def test_python_syntax_that_builds_no_expression_is_refused(misuse: Callable[[], Any], advice: str) -> None:
    with pytest.raises(TypeError, match=advice):
        misuse()


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (float("-inf"), "inf"),
        pytest.param(10**5000, "integer this large", id="5001 digits"),
        pytest.param(-(10**309), "integer this large", id="310 digits"),
        (None, "None"),
        (object, "class 'object'"),
        (b"bytes", "b'bytes'"),
        (Decimal("1.5"), "Decimal"),
        ({"a": 1}, "{'a': 1}"),
        (timedelta(1), "timedelta"),
        ([1, None], "None"),
        ("\ud800", "ud800"),
    ],
)
def test_a_value_without_a_literal_is_refused_and_named(value: Any, named: str) -> None:
    with pytest.raises(ExpressionError) as alone:
        A == value  # noqa: B015
    with pytest.raises(ExpressionError) as listed:
        A.in_([value])
    assert named in str(alone.value)
    assert named in str(listed.value)
    assert isinstance(alone.value, ValueError)


def test_comparing_with_none_is_answered_with_is_defined() -> None:
    with pytest.raises(ExpressionError, match=r"\.is_defined\(\)"):
        A == None  # noqa: B015, E711


def test_bytes_are_no_list_of_numbers() -> None:
    with pytest.raises(ExpressionError, match="b'ab'"):
        A.in_(b"ab")


@pytest.mark.parametrize("name", ["\ud800", None, 1, b"a"])
def test_a_property_name_is_text(name: Any) -> None:
    with pytest.raises(ExpressionError):
        prop(name)


def test_an_unknown_scope_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ExpressionError, match="properties, user, event, behaviors"):
        prop("a", "users")  # type: ignore[arg-type]


def test_building_too_deep_is_an_expression_error() -> None:
    with pytest.raises(ExpressionError, match="nested too deeply"):
        functools.reduce(lambda inner, _: B - inner, range(10_000), A)


def test_an_expression_shows_its_text_and_can_be_copied() -> None:
    assert repr(A > 1) == 'Expr(properties["a"] > 1)'
    assert f"{A > 1}" == 'properties["a"] > 1'
    assert pickle.loads(pickle.dumps(A > 1)).tree == (A > 1).tree

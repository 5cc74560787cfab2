"""The meaning of expressions: a group of cases for each row of the language's reference."""

from __future__ import annotations

import json
import math
import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixpanel_export.expressions import UNDEFINED, EvaluationError, ExpressionError, evaluate, matches, prop

# A value of each type; the property "missing" is absent.
PROPERTIES: dict[str, Any] = {
    "text": "guidebook",
    "empty": "",
    "number": 7,
    "fraction": 2.5,
    "yes": True,
    "no": False,
    "list": [1, "x", True, None, [2]],
    "object": {"a": [1]},
    "null": None,
}
BY_TYPE = {
    "string": "text",
    "number": "number",
    "boolean": "yes",
    "list": "list",
    "object": "object",
    "null": "null",
    "undefined": "missing",
}
NOT_NUMBERS = [type_ for type_ in BY_TYPE if type_ != "number"]
EVENT = {"event": "Signup", "properties": PROPERTIES}

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
)  # fmt: skip
json_values = st.recursive(
    scalars,
    lambda smaller: st.lists(smaller, max_size=3) | st.dictionaries(st.text(max_size=2), smaller, max_size=2),
    max_leaves=5,
)


def value_of(text: str) -> Any:
    """Evaluate the text, in which $name stands for a property."""
    return evaluate(re.sub(r"\$(\w+)", r'properties["\1"]', text), EVENT)


def same(left: Any, right: Any) -> bool:
    """Return whether two values are equal and of one type; Python alone takes True for 1."""
    return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)


def check(text: str, expected: Any) -> None:
    assert same(value_of(text), expected), text


U = UNDEFINED


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2", 3),
        ("$number + 0.5", 7.5),
        ("-$number", -7),
        ("--$number", 7),
        ('"a" + "b"', "ab"),
        ("$text + $empty", "guidebook"),
        ("5 - 7", -2),
        ("6 * 7", 42),
        ("7 / 2", 3.5),
        ("6 / 3", 2),
        ("7 / 0", U),
        ("7 / 0.0", U),
        ("0 / 0", U),
        ("7 % 3", 1),
        ("-7 % 3", -1),
        ("7 % -3", 1),
        ("-7 % -3", -1),
        ("-7.5 % 2", -1.5),
        ("7.5 % -2", 1.5),
        ("7 % 0", U),
        ("7 % 0.0", U),
        (f"{10**30 + 1} - {10**30}", 1),
        (f"{10**30 + 1} % 10", 1),
        (f"-{10**30 + 1} % 10", -1),
        (f"{10**30} / 10", 10**29),
        (f"{'9' * 300} * {'9' * 300}", U),
        (f"{'9' * 300}.0 * {'9' * 300}.0", U),
        (f"{'9' * 300} / 1e-300", U),
        (f"{'9' * 300} + 0.5", 1e300),
        ("1e308 + 1e308", U),
        ("1 - 2 - 3", -4),
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
    ],
)
def test_arithmetic(text: str, expected: Any) -> None:
    check(text, expected)


@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "%"])
@pytest.mark.parametrize("other", NOT_NUMBERS)
def test_arithmetic_on_anything_but_two_numbers_is_undefined(operator: str, other: str) -> None:
    check(f"$number {operator} ${BY_TYPE[other]}", U)
    check(f"${BY_TYPE[other]} {operator} $number", U)
    check(f"${BY_TYPE[other]} {operator} $list", U)


@pytest.mark.parametrize("other", [kind for kind in BY_TYPE if kind != "string"])
def test_a_string_is_joined_to_nothing_but_a_string(other: str) -> None:
    check(f'"a" + ${BY_TYPE[other]}', U)
    check(f'${BY_TYPE[other]} + "a"', U)


@given(st.integers(), st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_the_remainder_is_exact_and_has_the_sign_of_the_dividend(left: int, right: float) -> None:
    result = evaluate((prop("l") % prop("r")), {"properties": {"l": left, "r": right}})
    if right == 0:
        assert result is UNDEFINED
        return
    dividend = left if isinstance(right, int) else float(left)
    whole = math.trunc(Fraction(dividend) / Fraction(right))
    assert result == Fraction(dividend) - whole * Fraction(right)


@pytest.mark.parametrize("left", BY_TYPE)
@pytest.mark.parametrize("right", BY_TYPE)
def test_values_equal_themselves_and_no_other_type(left: str, right: str) -> None:
    check(f"${BY_TYPE[left]} == ${BY_TYPE[right]}", left == right)
    check(f"${BY_TYPE[left]} != ${BY_TYPE[right]}", left != right)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 == 1.0", True),
        ("1 == true", False),
        ("0 == false", False),
        ('1 == "1"', False),
        ('"true" == true', False),
        ("true == true", True),
        ('"a" == "A"', False),
        ("[1, 2] == [1.0, 2]", True),
        ("[1, 2] == [2, 1]", False),
        ("[1] == [1, 1]", False),
        ("[1] == [true]", False),
        ("[[1]] == [[1.0]]", True),
        ("[] == []", True),
        ("$null == $missing", False),
        ("$null == $null", True),
        ("$missing == $absent", True),
        (f"{2**53 + 1} == {2**53}.0", False),
    ],
)
def test_equality(text: str, expected: bool) -> None:
    check(text, expected)
    check(text.replace("==", "!="), not expected)


@given(json_values, json_values)
def test_equality_is_boolean_symmetric_and_opposes_inequality(left: Any, right: Any) -> None:
    event = {"properties": {"l": left, "r": right}}
    result = evaluate(prop("l") == prop("r"), event)
    assert type(result) is bool
    assert result is evaluate(prop("r") == prop("l"), event)
    assert result is not evaluate(prop("l") != prop("r"), event)


@given(json_values)
def test_a_value_of_json_equals_its_copy(value: Any) -> None:
    text = json.dumps(value)
    if "NaN" in text or "Infinity" in text:
        return
    event = {"properties": {"l": value, "r": json.loads(text)}}
    assert evaluate(prop("l") == prop("r"), event) is True


@pytest.mark.parametrize(
    ("operator", "results"),
    [
        (">", (False, False, True)),
        (">=", (False, True, True)),
        ("<", (True, False, False)),
        ("<=", (True, True, False)),
    ],
)
def test_numbers_are_ordered(operator: str, results: tuple[bool, bool, bool]) -> None:
    for text, expected in zip(("6.5 {} 7", "7 {} 7.0", "7 {} 6.5"), results, strict=True):
        check(text.format(operator), expected)


@pytest.mark.parametrize("operator", [">", ">=", "<", "<="])
@pytest.mark.parametrize("other", NOT_NUMBERS)
def test_ordering_anything_but_two_numbers_is_undefined(operator: str, other: str) -> None:
    check(f"$number {operator} ${BY_TYPE[other]}", U)
    check(f"${BY_TYPE[other]} {operator} $number", U)
    check(f"${BY_TYPE[other]} {operator} ${BY_TYPE[other]}", U)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"guide" in $text', True),
        ('"" in $text', True),
        ('"Guide" in $text', False),
        ("$text in $text", True),
        ('"x" in $list', True),
        ("1 in $list", True),
        ("1.0 in $list", True),
        ("2 in $list", False),
        ("$null in $list", True),
        ("$missing in $list", False),
        ("[2] in $list", True),
        ("[2.0] in $list", True),
        ("[3] in $list", False),
        ("$object in [1]", False),
        ("$list in [1]", False),
        ("$number in [1, 7]", True),
        ("$number in [1, -7]", False),
        ("-$number in [1, -7]", True),
        ("$number in [7.0]", True),
        ('$number in ["7"]', False),
        ("$yes in [1]", False),
        ("1 in [true]", False),
        ("$yes in [true]", True),
        ("$null in [1]", False),
        ("$missing in [1]", False),
        ("$missing in [-true]", True),
        ("$null in [-true]", False),
        ("$missing in [$absent]", True),
        ("$missing in []", False),
        ('1 in "1"', U),
        ('$missing in "abc"', U),
        ('$null in "abc"', U),
        ('"a" in 1', U),
        ('"a" in true', U),
        ('"a" in $object', U),
        ('"a" in $null', U),
        ('"a" in $missing', U),
        ("$list in $text", U),
    ],
)
def test_membership(text: str, expected: Any) -> None:
    check(text, expected)


@given(json_values, st.lists(scalars.filter(lambda value: value is not None), max_size=4))
def test_literal_and_property_lists_have_the_same_members(value: Any, members: list[Any]) -> None:
    finite = [m for m in members if not isinstance(m, float) or math.isfinite(m)]
    event = {"properties": {"value": value, "members": finite}}
    written = prop("value").in_(finite)
    assert evaluate(written, event) is evaluate(prop("value").in_(prop("members")), event)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true and true", True),
        ("true and false", False),
        ("false or true", True),
        ("false or false", False),
        ("true and $missing", False),
        ("$missing and true", False),
        ("$missing or true", True),
        ("$missing or $missing", False),
        ("$missing and $missing", False),
        ("true and $null", False),
        ("$null or true", True),
        ("true or false and false", True),
        ("not false and false", False),
        ("true and true and $missing or $yes", True),
    ],
)
def test_and_and_or_map_booleans_and_undefined_to_booleans(text: str, expected: bool) -> None:
    check(text, expected)


@pytest.mark.parametrize("other", ["string", "number", "list", "object"])
def test_and_and_or_of_another_type_are_an_error(other: str) -> None:
    name = BY_TYPE[other]
    for text in (f"${name} and true", f"true and ${name}", f"${name} or true", f"false or ${name}"):
        with pytest.raises(EvaluationError, match=f"has type {other}") as caught:
            value_of(text)
        assert caught.value.expression == f'properties["{name}"]'
        assert isinstance(caught.value, ExpressionError)


def test_and_and_or_stop_once_the_result_is_certain() -> None:
    check("false and 1", False)
    check('true or "text"', True)
    check("$missing and 1 and 2", False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("not true", False),
        ("not false", True),
        ("not $missing", True),
        ("not $null", U),
        ("not 0", U),
        ('not ""', U),
        ("not $list", U),
        ("not $object", U),
    ],
)
def test_not(text: str, expected: Any) -> None:
    check(text, expected)


@pytest.mark.parametrize("function", ["-", "floor", "round", "ceil"])
@pytest.mark.parametrize("other", NOT_NUMBERS)
def test_functions_of_numbers_are_undefined_for_other_types(function: str, other: str) -> None:
    check(f"{function}(${BY_TYPE[other]})", U)


@pytest.mark.parametrize(
    ("text", "floor", "rounded", "ceil"),
    [
        ("2", 2, 2, 2),
        ("2.4", 2, 2, 3),
        ("2.5", 2, 3, 3),
        ("3.5", 3, 4, 4),
        ("-2.4", -3, -2, -2),
        ("-2.5", -3, -3, -2),
        ("0.49999999999999994", 0, 0, 1),
        (f"{2**53 - 1}.0", 2**53 - 1, 2**53 - 1, 2**53 - 1),
        (f"{10**30 + 1}", 10**30 + 1, 10**30 + 1, 10**30 + 1),
        ("1.7e308", int(1.7e308), int(1.7e308), int(1.7e308)),
    ],
)
def test_rounding(text: str, floor: int, rounded: int, ceil: int) -> None:
    check(f"floor({text})", floor)
    check(f"round({text})", rounded)
    check(f"ceil({text})", ceil)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('string("a")', "a"),
        ("string(7)", "7"),
        ("string(-7)", "-7"),
        ("string(3.0)", "3"),
        ("string(-0.0)", "0"),
        ("string(2.5)", "2.5"),
        ("string(0.1 + 0.2)", "0.30000000000000004"),
        ("string(1e21)", "1" + "0" * 21),
        ("string(1.5e-7)", "0.00000015"),
        (f"string({10**30})", str(10**30)),
        ("string(true)", "true"),
        ("string(false)", "false"),
        ("string($null)", None),
        ("string($missing)", U),
        ("string($list)", U),
        ("string($object)", U),
        ("number(7)", 7),
        ('number("7")', 7),
        ('number("-7.50")', -7.5),
        ('number("+7")', 7),
        ('number("007")', 7),
        ('number("1.5e3")', 1500.0),
        ('number(".5")', 0.5),
        ('number("5.")', 5.0),
        (f'number("{10**30}")', 10**30),
        ('number("")', U),
        ('number(" 7")', U),
        ('number("7\\n")', U),
        ('number("1,000")', U),
        ('number("1_000")', U),
        ('number("0x10")', U),
        ('number("nan")', U),
        ('number("inf")', U),
        ('number("1e999")', U),
        ('number("٣")', U),
        ('number("-")', U),
        (f'number("{"9" * 5000}")', U),
        (f'number("{"0" * 5000}7")', 7),
        ("number(true)", 1),
        ("number(false)", 0),
        ("number($null)", U),
        ("number($missing)", U),
        ("number($list)", U),
        ("boolean(true)", True),
        ("boolean(false)", False),
        ('boolean("true")', True),
        ('boolean("false")', False),
        ('boolean("True")', U),
        ('boolean("")', U),
        ("boolean(0)", False),
        ("boolean(0.0)", False),
        ("boolean(-0.5)", True),
        ("boolean(7)", True),
        ("boolean($null)", U),
        ("boolean($missing)", U),
        ("boolean($list)", U),
    ],
)
def test_typecasts(text: str, expected: Any) -> None:
    check(text, expected)
    if expected == 7 and "number" in text:
        assert type(value_of(text)) is int


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("text", True),
        ("empty", True),
        ("number", True),
        ("no", True),
        ("list", True),
        ("object", True),
        ("null", False),
        ("missing", False),
    ],
)
def test_defined(name: str, expected: bool) -> None:
    check(f"defined(${name})", expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('datetime("1970-01-01")', 0),
        ('datetime("2024-01-01")', 1704067200),
        ('datetime("2024-01-01T00:00:01")', 1704067201),
        ('datetime("2024-01-01T00:01")', 1704067260),
        ('datetime("2024-01-01 00:01:00")', 1704067260),
        ('datetime("2024-01-01T00:00:00.5")', 1704067200.5),
        ('datetime("2024-01-01T00:00:00Z")', 1704067200),
        ('datetime("2024-01-01T02:00:00+02:00")', 1704067200),
        ('datetime("0001-01-01T00:00:00+10:00")', -62135596800 - 36000),
        ("datetime(1704067200)", 1704067200),
        ("datetime(0.5)", 0.5),
        ('datetime("2024-02-30")', U),
        ('datetime("0000-01-01")', U),
        ('datetime("2024-01-01T24:00:00")', U),
        ('datetime("2024-01-01T12:60:00")', U),
        ('datetime("20240101")', U),
        ('datetime("2024-W01-1")', U),
        ('datetime("01/02/2024")', U),
        ('datetime("1704067200")', U),
        ('datetime("")', U),
        ("datetime(true)", U),
        ("datetime($null)", U),
        ("datetime($missing)", U),
        ("datetime($list)", U),
        ('datetime("2024-01-02") > datetime("2024-01-01T23:59:59")', True),
        ("1704067200 >= datetime(1704067200)", True),
    ],
)
def test_datetime_gives_unix_seconds(text: str, expected: Any) -> None:
    check(text, expected)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('properties["account_id"] in [1,2,3,4]', [0, 2]),
        (
            '"guidebook" in properties["mp_keyword"] and ("CA" == properties["mp_country_code"] or '
            '"US" == properties["mp_country_code"])',
            [0, 1],
        ),
        ('number(properties["time"]) >= 2000', [1, 2]),
        ('not defined(properties["city"])', [1, 2]),
        ('(properties["price"] - properties["overhead"]) > 5', [0]),
    ],
)
def test_the_examples_of_the_reference(text: str, kept: list[int]) -> None:
    events = [
        {
            "account_id": 1,
            "mp_keyword": "a guidebook",
            "mp_country_code": "CA",
            "time": "1999.5",
            "city": "Ottawa",
            "price": 10,
            "overhead": 4.5,
        },
        {"account_id": "1", "mp_keyword": "guidebooks", "mp_country_code": "US", "time": "2000"},
        {"account_id": 4.0, "mp_keyword": "guide", "mp_country_code": "US", "time": 2e3, "city": None},
    ]  # fmt: skip
    found = [n for n, event in enumerate(events) if matches(text, {"properties": event})]
    assert found == kept


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_that_json_does_not_have_belong_to_no_type(number: float) -> None:
    event = {"properties": {"x": number}}
    for text in ("-$", "floor($)", "round($)", "$ + 1", "$ > 1", "string($)", "boolean($)"):
        assert evaluate(text.replace("$", 'properties["x"]'), event) is UNDEFINED
    assert evaluate('properties["x"] == properties["x"]', event) is False
    assert evaluate('properties["x"] in [1]', event) is False


def test_huge_integers_in_an_event_are_no_trouble() -> None:
    event = {"properties": {"x": 10**5000}}
    assert evaluate('properties["x"] > 1', event) is True
    assert evaluate('properties["x"] == properties["x"]', event) is True
    for text in ('string(properties["x"])', 'properties["x"] * 1.5', 'properties["x"] + 1'):
        assert evaluate(text, event) is UNDEFINED


def test_values_nested_beyond_the_recursion_limit_compare() -> None:
    def nested(innermost: Any) -> Any:
        for depth in range(20_000):
            innermost = [innermost] if depth % 2 else {"a": innermost}
        return innermost

    event = {"properties": {"a": nested(1), "b": nested(1.0), "c": nested(2)}}
    assert evaluate(prop("a") == prop("b"), event) is True
    assert evaluate(prop("a") == prop("c"), event) is False

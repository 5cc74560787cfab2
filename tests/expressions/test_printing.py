"""Printing: every tree parses back as itself, without superfluous parentheses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixpanel_export.expressions import (
    Binary,
    Call,
    Expr,
    Expression,
    ExpressionError,
    ListLiteral,
    Literal,
    Property,
    Scope,
    Unary,
    compile,  # noqa: A004
    parse,
    prop,
    to_text,
)
from mixpanel_export.expressions.lexer import Lexer
from mixpanel_export.expressions.numerals import has_minus
from mixpanel_export.expressions.tree import BINARY_PRECEDENCE, FUNCTIONS, MAX_DEPTH, SCOPES, UNARY_PRECEDENCE

awkward_text = st.text() | st.text(alphabet='"\\]()[ \n\t\x00\x7f\u2028u0aé😀', max_size=8)
numbers = st.integers(min_value=0) | st.floats(min_value=0, allow_nan=False, allow_infinity=False)
leaves = (
    st.builds(Literal, awkward_text | st.booleans() | numbers.filter(lambda number: not has_minus(number)))
    | st.builds(Property, st.sampled_from(SCOPES), awkward_text)
)  # fmt: skip


def larger(trees: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return (
        st.builds(Binary, st.sampled_from(list(BINARY_PRECEDENCE)), trees, trees)
        | st.builds(Unary, st.sampled_from(list(UNARY_PRECEDENCE)), trees)
        | st.builds(Call, st.sampled_from(FUNCTIONS), trees)
        | st.builds(ListLiteral, st.lists(trees, max_size=3))
    )


trees = st.recursive(leaves, larger, max_leaves=25)

moments = st.datetimes() | st.datetimes(timezones=st.just(UTC)) | st.dates()
signed = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
plain_values = st.text() | st.booleans() | signed | moments
operands = st.recursive(plain_values, lambda values: st.lists(values, max_size=3), max_leaves=5)

BUILD: dict[str, Callable[[Any, Any], Expr]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "%": lambda a, b: a % b,
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
    "reflected +": lambda a, b: b + a if not isinstance(b, list) else a.contains(b),
    "reflected -": lambda a, b: b - a,
    "reflected /": lambda a, b: b / a,
    "in_": lambda a, b: a.in_(b),
    "contains": lambda a, b: a.contains(b),
    "~": lambda a, b: ~a,
    "unary -": lambda a, b: -a,
    "is_defined": lambda a, b: a.is_defined(),
    "as_number": lambda a, b: a.as_number(),
    "round": lambda a, b: a.round(),
}
built = st.recursive(
    st.builds(prop, st.text(), st.sampled_from(get_args(Scope))),
    lambda smaller: st.builds(
        lambda name, left, right: BUILD[name](left, right),
        st.sampled_from(sorted(BUILD)),
        smaller,
        smaller | operands,
    ),
    max_leaves=12,
)


@given(trees)
def test_every_tree_reads_back_as_itself(tree: Expression) -> None:
    text = to_text(tree)
    assert parse(text) == tree
    assert to_text(parse(text)) == text


@given(built)
def test_built_expressions_parse_back_as_themselves(expression: Expr) -> None:
    assert parse(str(expression)) == expression.tree


@given(trees)
def test_printed_expressions_can_be_sent(tree: Expression) -> None:
    to_text(tree).encode("utf-8")


@given(trees)
def test_no_parenthesis_is_more_than_the_tree_needs(tree: Expression) -> None:
    text = to_text(tree)
    for opened, closed in grouping_parentheses(text):
        # A blank keeps the words beside the parenthesis apart.
        without = f"{text[:opened]} {text[opened + 1 : closed]} {text[closed + 1 :]}"
        assert tree_or_none(without) != tree


def grouping_parentheses(text: str) -> list[tuple[int, int]]:
    """Return the positions of all parentheses except those of calls."""
    lexer = Lexer(text)
    open_ones: list[tuple[int, bool]] = []
    pairs: list[tuple[int, int]] = []
    previous = ""
    while (token := lexer.next()).kind != "end":
        if token.text == "(":
            open_ones.append((token.position, previous in FUNCTIONS))
        elif token.text == ")":
            opened, is_call = open_ones.pop()
            if not is_call:
                pairs.append((opened, token.position))
        previous = token.text
    return pairs


def tree_or_none(text: str) -> Expression | None:
    try:
        return parse(text)
    except ExpressionError:
        return None


@pytest.mark.parametrize(
    "text",
    [
        'properties["account_id"] in [1, 2, 3, 4]',
        '"guidebook" in properties["mp_keyword"] and ("CA" == properties["mp_country_code"]'
        ' or "US" == properties["mp_country_code"])',
        'number(properties["time"]) >= 2000',
        'not defined(properties["city"])',
        'properties["price"] - properties["overhead"]',
        "(1 + 2) * 3 - 4",
        "1 - (2 - 3) - 4",
        "(not true) == false",
        "-(1 + 2) * -3",
        "--1",
        'user["日本 😀"] == "\\n\\u0000"',
        "not not true",
        "not 1 == 2",
        "((true or false) and true) == (1 < 2)",
    ],
)
def test_canonical_text_is_printed_as_it_was_written(text: str) -> None:
    assert to_text(parse(text)) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (10**300, "1" + "0" * 300),
        (1.0, "1.0"),
        (0.1, "0.1"),
        (1e22, "10000000000000000000000.0"),
        (1.5e-7, "0.00000015"),
        (5e-324, f"0.{'0' * 323}5"),
    ],
)
def test_numbers_print_without_an_exponent_and_keep_their_type(number: float, text: str) -> None:
    assert to_text(Literal(number)) == text
    assert parse(text) == Literal(number)


def test_text_that_tries_to_end_its_string_stays_inside() -> None:
    name = '"] or true or properties["'
    assert parse(to_text(Property("properties", name))) == Property("properties", name)


@pytest.mark.parametrize(
    "grow",
    [
        lambda tree: Unary("-", tree),
        lambda tree: Unary("not", tree),
        lambda tree: Call("floor", tree),
        lambda tree: ListLiteral((tree,)),
        lambda tree: Binary("-", Literal(1), tree),
        lambda tree: Binary("==", Unary("not", tree), Literal(1)),
        lambda tree: Binary("*", Unary("not", Binary("or", tree, tree)), Literal(1)),
    ],
)
@pytest.mark.sampled(2)
def test_the_deepest_trees_print_compare_compile_and_read_back(
    grow: Callable[[Expression], Expression],
) -> None:
    tree: Expression = Literal(1)
    while (larger := grow_if_allowed(grow, tree)) is not None and len(to_text(larger)) < 100_000:
        tree = larger
    assert parse(to_text(tree)) == tree
    assert hash(parse(to_text(tree))) == hash(tree)
    assert repr(tree)
    assert compile(tree)


def grow_if_allowed(grow: Callable[[Expression], Expression], tree: Expression) -> Expression | None:
    try:
        return grow(tree)
    except ExpressionError:
        assert tree.depth > MAX_DEPTH - 4
        return None


def test_dates_print_as_datetime_calls() -> None:
    assert str(prop("t") >= date(2024, 1, 1)) == ('properties["t"] >= datetime("2024-01-01T00:00:00")')

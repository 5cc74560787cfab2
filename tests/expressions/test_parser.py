"""The parser: valid texts, grouping of operators, and error messages."""

from __future__ import annotations

import pickle
import re

import pytest

from mixpanel_export.expressions import (
    Binary,
    Call,
    Expression,
    ExpressionError,
    ListLiteral,
    Literal,
    Property,
    Unary,
    parse,
    to_text,
)
from mixpanel_export.expressions.tree import BINARY_PRECEDENCE, MAX_DEPTH

A, B, C = (Property("properties", name) for name in "abc")
TEXTS = {"A": 'properties["a"]', "B": 'properties["b"]', "C": 'properties["c"]'}


def with_properties(text: str) -> str:
    """Let the cases below write A, B and C for three properties."""
    return re.sub(r"\b[ABC]\b", lambda letter: TEXTS[letter[0]], text)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("1", Literal(1)),
        ("0012", Literal(12)),
        ("1.0", Literal(1.0)),
        ("1e3", Literal(1000.0)),
        ("2.5E-1", Literal(0.25)),
        ("123456789012345678901234567890", Literal(123456789012345678901234567890)),
        ("true", Literal(True)),
        ("false", Literal(False)),
        ('"text"', Literal("text")),
        ('""', Literal("")),
        ("[]", ListLiteral(())),
        ("[1, 2]", ListLiteral((Literal(1), Literal(2)))),
        ('[[true], "x", -1]', ListLiteral((
            ListLiteral((Literal(True),)), Literal("x"), Unary("-", Literal(1)),
        ))),
        ('properties["a"]', A),
        ('user["$city"]', Property("user", "$city")),
        ('event["event"]', Property("event", "event")),
        ('behaviors["b1"]', Property("behaviors", "b1")),
        (' \t\r\nproperties\n[ "a" ]\t', A),
        ('properties["say \\"hi\\" ] \\\\ ü 😀"]', Property("properties", 'say "hi" ] \\ ü 😀')),
        ("((1))", Literal(1)),
    ],
)  # fmt: skip
def test_literals_and_properties_are_read(text: str, tree: Expression) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    "function",
    ["floor", "ceil", "round", "boolean", "number", "string", "defined", "datetime"],
)
def test_every_function_takes_one_argument(function: str) -> None:
    tree = parse(f'{function}(properties["a"])')
    assert isinstance(tree, Call)
    assert (tree.function, tree.argument) == (function, A)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (r"\"", '"'),
        (r"\\", "\\"),
        (r"\/", "/"),
        (r"\b\f\n\r\t", "\b\f\n\r\t"),
        (r"\u00e9\u00E9", "éé"),
        (r"\ud83d\uDE00", "😀"),
        ("two\nlines", "two\nlines"),
        ("\u2028\u0085\u0000", "\u2028\u0085\u0000"),
    ],
)
def test_strings_take_jsons_escapes_and_any_other_character(written: str, value: str) -> None:
    assert parse(f'"{written}"') == Literal(value)


@pytest.mark.parametrize(
    ("text", "grouped"),
    [
        ("A or B and C", "A or (B and C)"),
        ("A and B or C", "(A and B) or C"),
        ("not A and B", "(not A) and B"),
        ("not A == B", "not (A == B)"),
        ("not not A", "not (not A)"),
        ("A and not B or C", "(A and (not B)) or C"),
        ("A == B + C", "A == (B + C)"),
        ("A in B and C", "(A in B) and C"),
        ("A + B * C", "A + (B * C)"),
        ("A * B + C", "(A * B) + C"),
        ("A - B - C", "(A - B) - C"),
        ("A / B % C", "(A / B) % C"),
        ("A == B != C", "(A == B) != C"),
        ("-A * B", "(-A) * B"),
        ("A * -B", "A * (-B)"),
        ("A - -B", "A - (-B)"),
        ("A--B", "A - (-B)"),
        ("1-1", "(1) - (1)"),
    ],
)
def test_operators_group_by_precedence_and_then_to_the_left(text: str, grouped: str) -> None:
    assert parse(with_properties(text)) == parse(with_properties(grouped))


def test_grouping_is_told_apart_by_the_trees() -> None:
    left = Binary("-", Binary("-", A, B), C)
    right = Binary("-", A, Binary("-", B, C))
    assert parse(with_properties("A - B - C")) == left != right
    assert parse(with_properties("A - (B - C)")) == right


@pytest.mark.parametrize("operator", list(BINARY_PRECEDENCE))
def test_every_binary_operator_is_read(operator: str) -> None:
    tree = parse(with_properties(f"A {operator} B"))
    assert isinstance(tree, Binary)
    assert (tree.operator, tree.left, tree.right) == (operator, A, B)


def test_trees_tell_the_types_of_literals_apart() -> None:
    assert len({Literal(1), Literal(1.0), Literal(True), Literal("1")}) == 4


def test_equal_trees_have_equal_hashes() -> None:
    text = 'not defined(user["x"]) or -1 in [properties["y"], 2] and "z" == string(1)'
    assert parse(text) == parse(text)
    assert hash(parse(text)) == hash(parse(text))


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("", "", "a value"),
        (" \n", "", "a value"),
        ("1 +", "", "a value"),
        ("1 + * 2", "* 2", "a value"),
        ("(1", "", '")" to close the "(" at character 1'),
        ("[1, 2", "", '"]" to close the "[" at character 1'),
        ("[1,]", "]", "a value"),
        ("(1]", "]", '")"'),
        ("1)", ")", "the end of the expression"),
        ("1 2", "2", "an operator"),
        ('properties["a"]["b"]', '["b"]', "an operator"),
        ("and", "and", "a value"),
        ("properties", "", '["NAME"]'),
        ("properties(1)", "(1)", '["NAME"]'),
        ("properties[a]", "a]", 'properties["NAME"]'),
        ("user[1]", "1]", 'user["NAME"]'),
        ('properties["a"', "", '"]"'),
        ("floor 1", "1", '"(" after the function floor'),
        ("floor()", ")", "the one argument of floor"),
        ("floor(1, 2)", ", 2)", '")"'),
        ("1 == not true", "not true", '"(not …)"'),
        ("-not true", "not true", '"(not …)"'),
        ("@", "@", ""),
        ("1\u00a0", "\u00a0", ""),
        ('"abc', '"abc', 'a closing "'),
        ('"abc\\', "\\", "\\\\"),
        (r'"a\q"', r'\q"', r"\n"),
        (r'"\u12"', r'\u12"', r"\uXXXX"),
        (r'"\ud800"', r'\ud800"', "the other half"),
        (r'"\udc00\ud800"', r'\udc00\ud800"', "the other half"),
        ('"\ud800"', '\ud800"', ""),
        ("12abc", "abc", "a space or an operator"),
        ("1.", ".", "a decimal number"),
        ("1_000", "_000", "a decimal number"),
        ("0x1F", "x1F", "a decimal number"),
        ("1e999", "1e999", "1.8e308"),
        ("9" * 310, "9" * 310, "1.8e308"),
        ("9" * 100_000, "9" * 100_000, "1.8e308"),
    ],
)
def test_an_error_has_its_position_and_what_was_expected(text: str, place: str, expected: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.expression == text
    assert caught.value.position is not None
    assert text[caught.value.position :].rstrip(" \n") == place
    assert expected in caught.value.expected


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("A AND B", '"and" in lower case'),
        ("A Or B", '"or" in lower case'),
        ("A IN B", '"in" in lower case'),
        ("NOT A", '"not" in lower case'),
        ("True", '"true" in lower case'),
        ("Floor(A)", '"floor" in lower case'),
        ('Properties["x"]', '"properties" in lower case'),
        ("A = B", '"=="'),
        ("A === B", '"=="'),
        ("A !== B", '"!="'),
        ("A <> B", '"!="'),
        ("A => B", '">="'),
        ("A =< B", '"<="'),
        ("A && B", '"and"'),
        ("A & B", '"and"'),
        ("A || B", '"or"'),
        ("A | B", '"or"'),
        ("!A", '"not"'),
        ("~A", '"not"'),
        ("A not in B", "not (a in b)"),
        ("A == 'x'", "double quotes"),
        ("A == “x”", "straight double quotes"),
        ("A == null", "not defined"),
        ("None", "not defined"),
        ("country", 'properties["country"]'),
        ("$city == 1", 'properties["$city"]'),
        ("property.x", 'properties["property"]'),
        ("properties.x", 'properties["NAME"]'),
        ("A > .5", "a digit before the decimal point"),
        ("length(A)", "boolean, ceil, datetime, defined, floor, number, round, string"),
        ('props["a"]', "properties, user, event, behaviors"),
        ('{"a": 1}', "no objects"),
    ],
)
def test_spellings_of_other_languages_get_a_hint(text: str, suggestion: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(with_properties(text))
    assert suggestion in caught.value.expected


def test_the_first_mistake_is_the_one_reported() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse("""country = 'US' AND "open""")
    assert caught.value.position == 0


def test_the_caret_stands_under_the_place() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse('properties["a"] = 1')
    assert str(caught.value).splitlines() == [
        '= is not part of the grammar; expected "==" to compare',
        '    properties["a"] = 1',
        "                    ^",
    ]


def test_errors_show_only_the_line_with_the_mistake() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse("true and\n  false &&\n  true")
    assert str(caught.value).splitlines()[1:] == ["      false &&", "            ^"]


def test_a_long_expression_is_shown_as_a_window_around_the_place() -> None:
    text = " + ".join(["1"] * 100) + " ? " + " + ".join(["2"] * 100)
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    _, shown, caret = str(caught.value).splitlines()
    assert len(shown) < 80
    assert shown.strip().startswith("…")
    assert shown.endswith("…")
    assert shown[caret.index("^")] == "?"
    assert shown.count("1") > 5
    assert shown.count("2") > 5


def test_the_caret_allows_for_wide_characters_and_accents() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse('"日本e\u0301" = 1')
    # Quotes, two wide characters, an accented letter and a blank: eight columns.
    assert str(caught.value).splitlines()[2] == " " * 4 + " " * 8 + "^"


def test_error_messages_are_safe_to_print_on_a_terminal() -> None:
    for text in ('"\x1b[31m\ud800" 1', '1 "\x1b[31m\x00"', "1 \x1b"):
        with pytest.raises(ExpressionError) as caught:
            parse(text)
        assert all(line.isprintable() for line in str(caught.value).splitlines())


def test_errors_survive_being_sent_between_processes() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse("1 +")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(copy), copy.position) == (str(caught.value), 3)


NESTED = {
    "parentheses": ("(", "1", ")"),
    "lists": ("[", "1", "]"),
    "calls": ("floor(", "1", ")"),
    "negations": ("not ", "true", ""),
    "minuses": ("-", "1", ""),
    "right operands": ("1 + (", "1", ")"),
    "every level": ("true or true and not 1 == 1 + 1 * -(", "1", ")"),
}


@pytest.mark.parametrize("nested", NESTED.values(), ids=NESTED)
@pytest.mark.parametrize("closed", [True, False])
def test_deep_nesting_is_refused_with_an_expression_error(nested: tuple[str, str, str], closed: bool) -> None:
    opener, middle, closer = nested
    with pytest.raises(ExpressionError, match="nested too deeply"):
        parse(opener * 20_000 + middle + closer * 20_000 * closed)


@pytest.mark.parametrize("nested", NESTED.values(), ids=NESTED)
def test_nesting_that_people_write_is_accepted(nested: tuple[str, str, str]) -> None:
    opener, middle, closer = nested
    tree = parse(opener * 12 + middle + closer * 12)
    assert parse(to_text(tree)) == tree


@pytest.mark.slow
def test_a_chain_may_be_as_long_as_it_likes() -> None:
    text = " or ".join(f'properties["id"] == {number}' for number in range(5000))
    tree = parse(text)
    assert to_text(tree) == text
    assert tree == parse(text) != parse(f"{text} or true")
    assert hash(tree) == hash(parse(text))
    assert repr(tree).count("Binary(") == 9999


def test_trees_made_by_hand_are_bounded_too() -> None:
    tree: Expression = Literal(1)
    for _ in range(MAX_DEPTH - 1):
        tree = Unary("-", tree)
    with pytest.raises(ExpressionError, match="nested too deeply"):
        Unary("-", tree)


@pytest.mark.parametrize("value", [-1, -0.5, -0.0, float("nan"), float("inf"), 10**309, None, b"x"])
def test_a_literal_holds_only_what_the_grammar_can_write(value: object) -> None:
    with pytest.raises(ExpressionError):
        Literal(value)  # type: ignore[arg-type]


def test_a_node_refuses_names_that_the_grammar_does_not_have() -> None:
    with pytest.raises(ExpressionError, match="one of properties, user, event, behaviors"):
        Property('x"]', "a")  # type: ignore[arg-type]
    with pytest.raises(ExpressionError, match="function"):
        Call("exec", A)  # type: ignore[arg-type]
    with pytest.raises(ExpressionError, match="operator"):
        Binary("^", A, B)  # type: ignore[arg-type]
    with pytest.raises(ExpressionError, match="operator"):
        Unary("+", A)  # type: ignore[arg-type]
    with pytest.raises(ExpressionError, match="surrogate"):
        Property("properties", "\ud800")

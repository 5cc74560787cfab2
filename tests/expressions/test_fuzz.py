"""However broken a text is, the parser accepts it or raises an ExpressionError."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixpanel_export.expressions import Expression, ExpressionError, parse, to_text

TOKENS = """
+ - * / % == != > >= < <= in and or not ( ) [ ] , true false 0 1 2.5 1e3 1e999 .5 1. = && ! '
properties["a"] properties user event[ behaviors["x floor( defined( datetime number country
"a" "\\" "\\n" "\\u0041" "\\ud800" " \\ \ud800 null AND
"""


def read(text: str) -> bool:
    """Return whether the text is an expression; if so, it must survive printing and parsing."""
    tree = parsed(text)
    if isinstance(tree, ExpressionError):
        assert tree.position is not None
        assert 0 <= tree.position <= len(text)
        assert str(tree).encode()
        return False
    assert parse(to_text(tree)) == tree
    return True


def parsed(text: str) -> Expression | ExpressionError:
    try:
        return parse(text)
    except ExpressionError as error:
        return error


def random_bytes(source: random.Random, count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield source.randbytes(source.randrange(40))


@pytest.mark.parametrize("count", [2_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_random_byte_strings_are_parsed_or_refused(count: int) -> None:
    source = random.Random(20240101)
    for number, data in enumerate(random_bytes(source, count)):
        encoding = ("latin-1", "utf-8")[number % 2]
        read(data.decode(encoding, "surrogateescape"))


@pytest.mark.parametrize("count", [2_000, pytest.param(20_000, marks=pytest.mark.slow)])
def test_random_sequences_of_tokens_are_parsed_or_refused(count: int) -> None:
    source = random.Random(20240102)
    words = TOKENS.split()
    accepted = 0
    for _ in range(count):
        tokens = source.choices(words, k=source.randrange(1, 9))
        accepted += read(source.choice((" ", "")).join(tokens))
    assert accepted > count / 50


@pytest.mark.parametrize("count", [1_000, pytest.param(10_000, marks=pytest.mark.slow)])
def test_expressions_with_one_byte_changed_are_parsed_or_refused(count: int) -> None:
    source = random.Random(20240103)
    valid = b'not defined(properties["a"]) and (-1.5 * 2 >= user["b"] or "x\\u0041" in ["y", true])'
    for _ in range(count):
        data = bytearray(valid)
        data[source.randrange(len(data))] = source.randrange(256)
        read(data.decode("utf-8", "surrogateescape"))


@given(st.text(st.characters()))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    read(text)


@given(st.text(st.characters()))
def test_any_quoted_text_is_parsed_or_refused(text: str) -> None:
    read(f'properties["{text}"]')

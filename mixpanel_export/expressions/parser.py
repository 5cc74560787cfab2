"""Parse tokens into a tree with a hand-written Pratt parser.

The grammar fits on a page, and a parsing library would be a dependency of every install.

Every error says what was expected, and names the right spelling of constructs from other languages. See
`evaluator` for the meaning of expressions.
"""

from __future__ import annotations

from typing import NoReturn, TypeGuard

from mixpanel_export.errors import ExpressionError
from mixpanel_export.expressions.lexer import Lexer, Token
from mixpanel_export.expressions.tree import (
    BINARY_PRECEDENCE,
    FUNCTIONS,
    MAX_DEPTH,
    SCOPES,
    TOO_DEEP,
    UNARY_PRECEDENCE,
    Binary,
    BinaryOperator,
    Call,
    Expression,
    Function,
    ListLiteral,
    Literal,
    Property,
    Scope,
    Unary,
)

_A_VALUE = 'a value: properties["NAME"], a number, a string in double quotes, true, false or a list'
_AN_OPERATOR = "an operator such as == or and"
_BOOLEANS = {"true": True, "false": False}
_KEYWORDS = ("and", "or", "not", "in", *_BOOLEANS)
_BEGINS_OPERAND = {"(", "[", "-", "not", *_BOOLEANS, *SCOPES, *FUNCTIONS}
_NO_VALUE_WORDS = ("null", "none", "nil", "undefined")
# Reading one level of the tree nests at most two calls: its operand's and its parentheses'.
_MAX_NESTING = 2 * MAX_DEPTH + 2


def parse(text: str) -> Expression:
    """Parse a segmentation expression.

    The grammar is that of https://developer.mixpanel.com/reference/segmentation-expressions: properties, literals,
    operators and functions. Precedence from loosest to tightest: `or`, `and`, `not`, comparisons and `in`, `+ -`,
    `* / %`, unary `-`. Operators of one level are left-associative.

    Raises:
        ExpressionError: the text is not an expression; the message shows where and what was expected.
    """
    return _Parser(text).parse()


class _Parser:
    """One pass over a text: the current token and the nesting depth."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lexer = Lexer(text)
        self._token = self._lexer.next()
        self._nesting = 0

    def parse(self) -> Expression:
        if self._token.kind == "end":
            self._fail("the expression is empty", self._token, _A_VALUE)
        try:
            tree = self._expression(0)
        except ExpressionError as error:
            if error.position is not None:
                raise
            # A node's own checks don't know the text; add the current position.
            raise ExpressionError(error.problem, self._text, self._token.position) from None
        self._expect_end()
        return tree

    def _expect_end(self) -> None:
        if self._token.kind != "end":
            self._unexpected(f"{_AN_OPERATOR}, or the end of the expression")

    def _expression(self, minimum: int) -> Expression:
        """Parse an operand and the operators after it that bind at least this tightly."""
        self._nesting += 1
        if self._nesting > _MAX_NESTING:
            self._fail(TOO_DEEP, self._token)
        left = self._operand(minimum)
        while _is_binary(operator := self._operator()) and BINARY_PRECEDENCE[operator] >= minimum:
            self._advance()
            # A minimum of one more makes the operator left-associative.
            left = Binary(operator, left, self._expression(BINARY_PRECEDENCE[operator] + 1))
        self._nesting -= 1
        return left

    def _operand(self, minimum: int) -> Expression:
        token = self._token
        if token.kind not in ("number", "string") and token.text not in _BEGINS_OPERAND:
            self._no_operand(token)
        if token.text == "not" and minimum > UNARY_PRECEDENCE["not"]:
            self._fail('"not" cannot stand here', token, '"(not …)", in parentheses')
        self._advance()
        match token.text:
            case "(":
                inner = self._expression(0)
                self._close(")", token)
                return inner
            case "[":
                return self._list(token)
            case "-" | "not" as operator:
                return Unary(operator, self._expression(UNARY_PRECEDENCE[operator]))
            case word if word in _BOOLEANS:
                return Literal(_BOOLEANS[word])
            case word if _is_scope(word):
                return self._property(word)
            case word if _is_function(word):
                return self._call(word)
            case _:
                return Literal(token.value)

    def _property(self, scope: Scope) -> Expression:
        opener = self._token
        if opener.text != "[":
            self._unexpected(f'["NAME"] after {scope}')
        self._advance()
        if self._token.kind != "string":
            self._unexpected(f'a name in double quotes, as in {scope}["NAME"]')
        name = self._advance()
        self._close("]", opener)
        return Property(scope, str(name.value))

    def _call(self, function: Function) -> Expression:
        opener = self._token
        if opener.text != "(":
            self._unexpected(f'"(" after the function {function}')
        self._advance()
        if self._token.text == ")":
            self._unexpected(f"the one argument of {function}(…)")
        argument = self._expression(0)
        if self._token.text == ",":
            self._fail(f"{function} takes one argument", self._token, '")"')
        self._close(")", opener)
        return Call(function, argument)

    def _list(self, opener: Token) -> Expression:
        items: list[Expression] = []
        if self._token.text != "]":
            items.append(self._expression(0))
            while self._token.text == ",":
                self._advance()
                items.append(self._expression(0))
        self._close("]", opener)
        return ListLiteral(tuple(items))

    def _operator(self) -> str:
        """Return the current token if it could be an operator, with a hint for near misses."""
        token = self._token
        if token.kind == "word":
            if token.text == "not":
                self._fail('"not" is not a binary operator', token, '"not (a in b)" or "!="')
            if token.text not in _KEYWORDS and token.text.lower() in BINARY_PRECEDENCE:
                self._fail(f"found {token}", token, f'"{token.text.lower()}" in lower case')
        return token.text if token.kind in ("word", "symbol") else ""

    def _no_operand(self, token: Token) -> NoReturn:
        if token.kind != "word" or token.text in _KEYWORDS:
            self._unexpected(_A_VALUE)
        problem = f"{token} is not part of the grammar"
        lower = token.text.lower()
        if lower in (*_KEYWORDS, *SCOPES, *FUNCTIONS):
            self._fail(problem, token, f'"{lower}" in lower case')
        if lower in _NO_VALUE_WORDS:
            self._fail(problem, token, 'not defined(properties["NAME"]) to find missing values')
        # Looked up in the text, because reading the next token could report a later mistake first.
        following = self._text[token.position + len(token.text) :].lstrip()[:1]
        if following == "(":
            self._fail(f"there is no function {token}", token, f"one of {', '.join(FUNCTIONS)}")
        if following == "[":
            self._fail(f"there is no scope {token}", token, f"one of {', '.join(SCOPES)}")
        name = token.text if len(token.text) <= 40 else "NAME"
        self._fail(problem, token, f'properties["{name}"] for the property, "{name}" for the text')

    def _advance(self) -> Token:
        """Advance by one token and return the previous one."""
        token = self._token
        if token.kind != "end":
            self._token = self._lexer.next()
        return token

    def _close(self, closer: str, opener: Token) -> None:
        if self._token.kind != "symbol" or self._token.text != closer:
            self._unexpected(
                f'{_AN_OPERATOR}, or "{closer}" to close the "{opener.text}" '
                f"at character {opener.position + 1}"
            )
        self._advance()

    def _unexpected(self, expected: str) -> NoReturn:
        self._fail(f"found {self._token}", self._token, expected)

    def _fail(self, problem: str, token: Token, expected: str = "") -> NoReturn:
        raise ExpressionError(problem, self._text, token.position, expected)


def _is_binary(text: str) -> TypeGuard[BinaryOperator]:
    return text in BINARY_PRECEDENCE


def _is_scope(word: str) -> TypeGuard[Scope]:
    return word in SCOPES


def _is_function(word: str) -> TypeGuard[Function]:
    return word in FUNCTIONS

"""Text → tokens, one at a time, so the first mistake in the text is the one reported.

Defines how numbers, strings, words and symbols are spelled, and recognizes common misspellings of symbols. See
`parser` for the grammar.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal as OneOf
from typing import TypeAlias

import attrs

from mixpanel_export._text import displayable
from mixpanel_export.errors import ExpressionError
from mixpanel_export.expressions.numerals import NUMBER_RANGE, read_number

Kind: TypeAlias = OneOf["string", "number", "word", "symbol", "end"]

_BLANK = re.compile(r"[ \t\r\n]*")
# "$" starts Mixpanel's own property names; read as a word, it gets a helpful hint.
_WORD = re.compile(r"(?:[^\W\d]|\$)[\w$]*")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_SYMBOL = re.compile(r"[=!><]=|[-+*/%><()\[\],]")
_PLAIN = re.compile(r'[^"\\\ud800-\udfff]+')
_UNICODE_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_SURROGATE_PAIR = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_ESCAPES = {
    '"': '"',
    "\\": "\\",
    "/": "/",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
}

# Tried before the valid symbols, because some of these start with one; longest first.
_RIGHT_SPELLING = {
    "===": '"=="',
    "!==": '"!="',
    "<>": '"!="',
    "=>": '">="',
    "=<": '"<="',
    "&&": '"and"',
    "||": '"or"',
    "=": '"==" to compare',
    "!": '"not", or "!=" to compare',
    "&": '"and"',
    "|": '"or"',
    "~": '"not"',
    "'": "a string in double quotes",
    "`": "a string in double quotes",
    "“": 'a string in straight double quotes, "',
    "”": 'a string in straight double quotes, "',
    ".": 'a digit before the decimal point, or properties["NAME"] to read a property',
    "{": "a value; expressions have no objects",
}
_MISSPELLED = re.compile(
    "|".join(re.escape(wrong) + ("(?!=)" if wrong in "=!" else "") for wrong in _RIGHT_SPELLING)
)


@attrs.frozen
class Token:
    """A token: `text` as written and, for literals, the `value` it stands for."""

    kind: Kind
    text: str
    position: int
    value: str | int | float = ""

    def __str__(self) -> str:
        if self.kind == "end":
            return "the end of the expression"
        shown = displayable(self.text if len(self.text) <= 40 else f"{self.text[:39]}…")
        return shown if self.kind == "string" else f'"{shown}"'


class Lexer:
    """Reads the tokens of one expression from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._end = len(text.rstrip(" \t\r\n"))

    def next(self) -> Token:
        """Return the next token; at the end, an end token every time."""
        blank = _BLANK.match(self._text, self._position)
        start = self._position = blank.end() if blank else self._position
        if start >= self._end:
            return Token("end", "", self._end)
        if self._text[start] == '"':
            return self._string(start)
        if wrong := _MISSPELLED.match(self._text, start):
            spelling = _RIGHT_SPELLING[wrong[0]]
            raise self._error(f"{wrong[0]} is not part of the grammar", start, spelling)
        if number := _NUMBER.match(self._text, start):
            return self._number(number)
        if word := _WORD.match(self._text, start):
            return self._token("word", word.end())
        if symbol := _SYMBOL.match(self._text, start):
            return self._token("symbol", symbol.end())
        raise self._error(f"the character {_named(self._text[start])} is not part of the grammar", start)

    def _token(self, kind: Kind, end: int, value: str | int | float = "") -> Token:
        start, self._position = self._position, end
        return Token(kind, self._text[start:end], start, value)

    def _number(self, match: re.Match[str]) -> Token:
        end = match.end()
        following = self._text[end : end + 1]
        if following in {".", "_"} or following.isalnum():
            raise self._error(
                f'"{following}" cannot follow a number directly',
                end,
                "a decimal number such as 12, 0.5 or 1.5e3, then a space or an operator",
            )
        value = read_number(match[0])
        if value is None:
            raise self._error("this number is too large", match.start(), NUMBER_RANGE)
        return self._token("number", end, value)

    def _string(self, start: int) -> Token:
        parts: list[str] = []
        position = start + 1
        while True:
            if plain := _PLAIN.match(self._text, position):
                parts.append(plain[0])
                position = plain.end()
            match self._text[position : position + 1]:
                case '"':
                    return self._token("string", position + 1, "".join(parts))
                case "\\":
                    character, position = self._escape(position)
                    parts.append(character)
                case "":
                    raise self._error("this string is not closed", start, 'a closing "')
                case surrogate:
                    raise self._error(f"{_named(surrogate)} is not a character", position)

    def _escape(self, position: int) -> tuple[str, int]:
        """Return the character a backslash escapes, and the position after it."""
        # As in JSON, a character beyond U+FFFF is escaped as two surrogates.
        if pair := _SURROGATE_PAIR.match(self._text, position):
            high, low = int(pair[1], 16), int(pair[2], 16)
            return chr(0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF)), pair.end()
        if escape := _UNICODE_ESCAPE.match(self._text, position):
            code = int(escape[1], 16)
            if 0xD800 <= code <= 0xDFFF:
                raise self._error(
                    f"{escape[0]} is half a surrogate pair", position, "the other half beside it"
                )
            return chr(code), escape.end()
        following = self._text[position + 1 : position + 2]
        if following in _ESCAPES:
            return _ESCAPES[following], position + 2
        raise self._error(
            "unknown escape after this backslash",
            position,
            r"one of \" \\ \/ \b \f \n \r \t \uXXXX, or \\ for a backslash",
        )

    def _error(self, problem: str, position: int, expected: str = "") -> ExpressionError:
        return ExpressionError(problem, self._text, position, expected)


def _named(character: str) -> str:
    name = unicodedata.name(character, "")
    shown = f"{character} " if character.isprintable() else ""
    return f"{shown}U+{ord(character):04X} {name}".rstrip()

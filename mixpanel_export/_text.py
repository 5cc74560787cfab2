"""Shorten text, and make it safe to show in a terminal."""

from __future__ import annotations

import unicodedata

_WORDS_LIMIT = 500


# More than any secret is long: the half of one that a cut leaves would not be recognised.
_ROUGH_LIMIT = 20_000


# What stands before the words: which line of which slice, and why.
MESSAGE_LIMIT = _WORDS_LIMIT + 300


def roughly(text: str) -> str:
    """The beginning of a text, of which a message quotes less when `quoting` has redacted it."""
    return text[:_ROUGH_LIMIT]


def shortened(text: str, limit: int = _WORDS_LIMIT) -> str:
    """A text as long as a message may quote."""
    return text if len(text) <= limit else f"{text[:limit]}…"


_WINDOW = 70

_INDENT = "    "


def excerpt(expression: str, position: int) -> str:
    """The line around the position, cut to a window, with a caret below."""
    line_start = expression.rfind("\n", 0, position) + 1
    line_end = expression.find("\n", position)
    line = expression[line_start : len(expression) if line_end < 0 else line_end]
    column = position - line_start
    first = max(0, min(column - _WINDOW // 2, len(line) - _WINDOW))
    last = first + _WINDOW
    before = ("…" if first else "") + displayable(line[first:column])
    after = displayable(line[column:last]) + ("…" if last < len(line) else "")
    return f"{_INDENT}{before}{after}\n{_INDENT}{' ' * _width(before)}^"


def displayable(text: str) -> str:
    """The text with a mark for what a terminal would obey, swallow or refuse to print."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def _width(text: str) -> int:
    """The columns a terminal gives the text: East Asian characters take two, accents none."""
    return sum(
        0 if unicodedata.combining(character) else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )

"""Shorten text, and make it safe to show in a terminal."""

from __future__ import annotations

import re
import unicodedata

_WORDS_LIMIT = 500

# Control characters (C0, DEL and C1), line and paragraph separators, directions, and halves of surrogate pairs: a
# terminal obeys them, or the stream cannot encode them. Joiners stay, because emoji and some scripts need them.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_SHORT_ESCAPES = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


# Longer than any secret: half a secret, left by a cut, would not be recognized.
_ROUGH_LIMIT = 20_000


# Leaves room for what precedes the words: the line, the slice, and the reason.
MESSAGE_LIMIT = _WORDS_LIMIT + 300


def roughly(text: str) -> str:
    """Return the beginning of a text, to be redacted and shortened further by `quoting`."""
    return text[:_ROUGH_LIMIT]


def is_unicode(text: str) -> bool:
    """Return False for text with half a surrogate pair, which no encoding can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def shortened(text: str, limit: int = _WORDS_LIMIT) -> str:
    """Return a text no longer than a message may quote."""
    return text if len(text) <= limit else f"{text[:limit]}…"


def reason_of(error: OSError) -> str:
    """Return the system's words for an error, without number and path, to be quoted within a sentence."""
    return (error.strerror or str(error)).lower()


_WINDOW = 70

_INDENT = "    "


def excerpt(expression: str, position: int) -> str:
    """Return the line around the position, cut to a window, with a caret below."""
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
    """Return the text with U+FFFD for each character that a terminal would obey, hide or refuse to print."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def visible(text: str, *, keep: str = "") -> str:
    """Return the text with JSON's escapes for characters that a terminal obeys, reorders or cannot print.

    The escapes show the character, and leave JSON text the same data. For output that people read, never for files.

    Args:
        keep: such characters to leave as they are.
    """

    def escaped(match: re.Match[str]) -> str:
        character = match[0]
        return character if character in keep else _SHORT_ESCAPES.get(character, f"\\u{ord(character):04x}")

    return _UNSAFE.sub(escaped, text)


def _width(text: str) -> int:
    """Return the columns that the text takes in a terminal: East Asian characters two, accents none."""
    return sum(
        0 if unicodedata.combining(character) else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )

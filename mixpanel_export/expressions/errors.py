"""What is raised for an expression that is wrong, and how the place is shown.

The parser and the builder say what is wrong and where; this module alone turns that into the text a
person reads: the line of the expression with a caret under the place.
"""

from __future__ import annotations

import unicodedata

from mixpanel_export.errors import InvalidArgumentError

_WINDOW = 70
_INDENT = "    "


class ExpressionError(InvalidArgumentError):
    """A segmentation expression is not valid.

    Attributes:
        argument: The argument of a call that it was given as, such as `where`; else `expression`.
        problem: What is wrong, in one sentence.
        expression: The text that was read; empty when a builder refused a Python value.
        position: Where in that text, counted in characters from 0; None when there is no place.
        expected: What would have been right there; empty when `problem` says it all.
    """

    def __init__(
        self,
        problem: str,
        expression: str = "",
        position: int | None = None,
        expected: str = "",
    ) -> None:
        ValueError.__init__(self, problem, expression, position, expected)
        self.argument = "expression"
        self.value = expression
        self.allowed = expected
        self.problem = problem
        self.expression = expression
        self.position = position
        self.expected = expected

    def __str__(self) -> str:
        said = f"{self.problem}; expected {self.expected}" if self.expected else self.problem
        if self.argument != "expression":
            said = f"{self.argument}: {said}"
        if self.position is None:
            return said
        return f"{said}\n{_excerpt(self.expression, self.position)}"


class EvaluationError(ExpressionError):
    """A valid expression met an event whose values it cannot be applied to.

    `expression` is the part that had the wrong type; `position` is None.
    """


def _excerpt(expression: str, position: int) -> str:
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

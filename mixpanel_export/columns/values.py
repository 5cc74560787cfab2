"""Name the text that no column can hold."""

from __future__ import annotations

from mixpanel_export._text import is_unicode

__all__ = ["LONE_SURROGATE", "RefusedError", "check_text"]

LONE_SURROGATE = "a lone surrogate, which is half of a character"


class RefusedError(Exception):
    """A value that no column can hold.

    Attributes:
        row: the index of its event.
    """

    def __init__(self, row: int, property: str, why: str) -> None:
        super().__init__(why)
        self.row: int = row
        self.property: str = property
        self.why: str = why


def check_text(text: str, name: str, row: int) -> None:
    """Raise RefusedError for a text that is not valid Unicode, of the property `name` in this row."""
    if not is_unicode(text):
        raise RefusedError(row, name, LONE_SURROGATE)

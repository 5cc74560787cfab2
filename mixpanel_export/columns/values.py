"""Convert single values, and name the one that no column can hold."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

__all__ = ["LONE_SURROGATE", "RefusedError", "check_texts", "convert_each", "json_text"]

T = TypeVar("T")

LONE_SURROGATE = "a lone surrogate, which is half of a character"
_TOO_LARGE = "a number too large for a double"
_TOO_DEEP = "objects or lists nested too deep"
# `json.dumps` would make an encoder for every value.
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


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


def json_text(value: Any) -> str:
    """Return a value as JSON.

    Raises:
        ValueError: for a number that JSON cannot express.
    """
    return _encode(value)


def convert_each(
    cells: Iterable[Any], name: str, convert: Callable[[Any], T], rows: Iterable[int] | None = None
) -> list[T | None]:
    """Convert each value, except None, which stays.

    Args:
        name: the property's name, for the error.
        rows: the row of each value, for the error; by default, they are counted from 0.

    Raises:
        RefusedError: when a value cannot be converted.
    """
    converted: list[T | None] = []
    for row, value in zip(rows if rows is not None else itertools.count(), cells, strict=False):
        try:
            converted.append(None if value is None else convert(value))
        except UnicodeEncodeError as error:
            raise RefusedError(row, name, LONE_SURROGATE) from error
        except ValueError as error:
            raise RefusedError(row, name, _TOO_LARGE) from error
        except RecursionError as error:
            raise RefusedError(row, name, _TOO_DEEP) from error
    return converted


def check_texts(texts: Iterable[Any], name: str, rows: Iterable[int] | None = None) -> None:
    """Raise RefusedError for a text that is not valid Unicode; arguments as for `convert_each`."""
    convert_each(texts, name, str.encode, rows)

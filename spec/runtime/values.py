"""Read single values of an answer: numbers, text, booleans, dates and times.

A value of another kind is returned unchanged: an answer is never lost because one part of it is unexpected.
"""

from __future__ import annotations

import datetime
import re
from typing import Any

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}", re.ASCII)
_BOOLEANS: dict[Any, bool] = {0: False, 1: True, "0": False, "1": True, "false": False, "true": True}


def any_value(value: Any) -> Any:
    """Return the value unchanged."""
    return value


def number(value: Any) -> Any:
    """Return a number, also if it came as text."""
    if type(value) is not str:
        return value
    try:
        return int(value)
    except ValueError:
        pass
    try:
        found = float(value)
    except ValueError:
        return value
    return found if found - found == 0 else None


def integer(value: Any) -> Any:
    """Return an integer, also if it came as text or as a float without a fraction."""
    if type(value) is int:
        return value
    value = number(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def boolean(value: Any) -> Any:
    """Return a boolean, also if it came as 0 or 1."""
    if value is None or isinstance(value, bool):
        return value
    return _BOOLEANS.get(value, value) if isinstance(value, int | str) else value


def day(value: Any) -> Any:
    """Return a date."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            return value
    return value


def moment(value: Any, zone: datetime.tzinfo) -> Any:
    """Return an aware datetime; text without an offset is in `zone`."""
    if not isinstance(value, str):
        return value
    try:
        found = datetime.datetime.fromisoformat(value)
    except ValueError:
        return value
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


def date_key(key: str) -> Any:
    """Return the date or time that a key of a report stands for, None for `all`, or else the key.

    A time keeps its offset if it has one: when the clocks go back, one hour of the clock occurs twice.
    """
    if key == "all":
        return None
    try:
        if _DAY.fullmatch(key):
            return datetime.date.fromisoformat(key)
        if _MOMENT.match(key):
            return datetime.datetime.fromisoformat(key)
    except ValueError:
        pass
    return key


def is_date_key(key: str) -> bool:
    """Return True for a key that stands for a date or time, or for all of them together."""
    return key == "all" or not isinstance(date_key(key), str)


def to_json(value: Any) -> Any:
    """Return a copy of a value that consists of plain dictionaries, lists and JSON values."""
    if isinstance(value, dict):
        return {name: to_json(inner) for name, inner in dict.items(value)}
    if isinstance(value, list | tuple):
        return [to_json(inner) for inner in value]
    return value

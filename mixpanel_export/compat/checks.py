"""What the older client looked at before it sent anything: a few words, and dates.

Pure. It looked at little, and Mixpanel is left to refuse the rest, so that what once worked still does.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from mixpanel_export.compat.exceptions import InvalidDateException, MixpanelQueryException

__all__ = ["check_range", "check_word", "to_moment"]

_FORMS = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S")


def check_word(
    argument: str, value: object, allowed: Sequence[str], kind: type[MixpanelQueryException]
) -> None:
    """Raise `kind` for a value that is none of the words allowed."""
    if value not in allowed:
        words = ", ".join(repr(word) for word in allowed)
        raise kind(f"{argument}: got {value!r}; allowed are {words}")


def to_moment(argument: str, value: object) -> datetime.datetime:
    """What a text of the form `YYYY-MM-DD` or `YYYY-MM-DD HH:MM:SS` says.

    Raises:
        InvalidDateException: for any other text.
        TypeError: for what is no text, dates included.
    """
    if not isinstance(value, str):
        raise TypeError(f'{argument}: allowed is text, "YYYY-MM-DD", not {type(value).__name__}')
    for form in _FORMS:
        try:
            return datetime.datetime.strptime(value, form).replace(tzinfo=datetime.UTC)
        except ValueError:
            continue
    raise InvalidDateException(f'{argument}: got {value!r}; allowed is "YYYY-MM-DD" or "YYYY-MM-DD HH:MM:SS"')


def check_range(start_date: object, end_date: object) -> tuple[datetime.date, datetime.date]:
    """The first and the last day; raises InvalidDateException when they are the wrong way round."""
    start, end = to_moment("start_date", start_date), to_moment("end_date", end_date)
    if start > end:
        raise InvalidDateException(f"start_date: {start_date} is after end_date, {end_date}")
    return start.date(), end.date()

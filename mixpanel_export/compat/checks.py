"""The older client's argument checks: a few words, and dates.

Pure. The older client checked little and left the rest to Mixpanel; so do these, to keep working code working.
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
    """Raise `kind` unless the value is one of the allowed words."""
    if value not in allowed:
        words = ", ".join(repr(word) for word in allowed)
        raise kind(f"{argument}: got {value!r}; expected {words}")


def to_moment(argument: str, value: object) -> datetime.datetime:
    """Parse `YYYY-MM-DD` or `YYYY-MM-DD HH:MM:SS`.

    Raises:
        InvalidDateException: the text has another form.
        TypeError: the value is not text; dates are refused too.
    """
    if not isinstance(value, str):
        raise TypeError(f'{argument}: expected text, "YYYY-MM-DD", got {type(value).__name__}')
    for form in _FORMS:
        try:
            return datetime.datetime.strptime(value, form).replace(tzinfo=datetime.UTC)
        except ValueError:
            continue
    raise InvalidDateException(f'{argument}: got {value!r}; expected "YYYY-MM-DD" or "YYYY-MM-DD HH:MM:SS"')


def check_range(start_date: object, end_date: object) -> tuple[datetime.date, datetime.date]:
    """Return the first and the last day; raise InvalidDateException if they are in the wrong order."""
    start, end = to_moment("start_date", start_date), to_moment("end_date", end_date)
    if start > end:
        raise InvalidDateException(f"start_date: {start_date} is after end_date, {end_date}")
    return start.date(), end.date()

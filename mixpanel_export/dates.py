"""What a date may be, what a range may be, and what "today" means for a project.

Pure: nothing here reads a clock except `today`. Mixpanel's dates are calendar days without a time, both
ends of a range included (https://developer.mixpanel.com/reference/raw-event-export).
"""

from __future__ import annotations

import datetime
import re
import zoneinfo

from mixpanel_export.errors import ConfigurationError, InvalidArgumentError

__all__ = ["DateLike", "check_range", "to_date", "to_wall_clock", "to_zone", "today"]

_ALLOWED = 'allowed is a datetime.date or a string "YYYY-MM-DD"'

DateLike = datetime.date | str
"""A calendar day: a `datetime.date`, or text of the form `YYYY-MM-DD`."""

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WALL_CLOCK = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}", re.ASCII)


def to_date(argument: str, value: object) -> datetime.date:
    """The day that `value` names.

    Raises:
        InvalidArgumentError: for anything but a date or `YYYY-MM-DD`. A `datetime` is refused too: which
            day it is depends on a time zone that only the caller knows.
    """
    if isinstance(value, datetime.datetime):
        raise InvalidArgumentError(
            argument, value, "a datetime is not a day; pass its .date() in the project's time zone"
        )
    if isinstance(value, datetime.date):
        return value
    if isinstance(value, str) and _ISO_DAY.fullmatch(value):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            raise InvalidArgumentError(argument, value, "there is no such day") from None
    raise InvalidArgumentError(argument, value, _ALLOWED)


def to_wall_clock(argument: str, value: object, zone: datetime.tzinfo) -> str:
    """The text `YYYY-MM-DD HH:MM:SS` that annotations use, from it or from a `datetime`.

    Args:
        zone: the project's, in which annotations are; a moment with another one is put into it.
    """
    if isinstance(value, datetime.datetime):
        if value.tzinfo is not None:
            try:
                value = value.astimezone(zone).replace(tzinfo=None)
            except OverflowError:
                raise InvalidArgumentError(argument, value, "it is beyond all dates") from None
        # Not strftime: on some systems its %Y leaves out leading zeros.
        return value.isoformat(" ", "seconds")
    if isinstance(value, str) and _WALL_CLOCK.fullmatch(value):
        try:
            datetime.datetime.fromisoformat(value)
        except ValueError:
            raise InvalidArgumentError(argument, value, "there is no such moment") from None
        return value
    raise InvalidArgumentError(
        argument, value, 'allowed is a datetime.datetime or a string "YYYY-MM-DD HH:MM:SS"'
    )


def check_range(
    from_name: str,
    from_date: datetime.date | None,
    to_name: str,
    to_date: datetime.date | None,
    today: datetime.date | None,
) -> None:
    """Refuse a range that Mixpanel would refuse: backwards, or reaching past today, where that is given."""
    if from_date is not None and to_date is not None and from_date > to_date:
        raise InvalidArgumentError(
            from_name, from_date.isoformat(), f"it is after {to_name}, {to_date.isoformat()}"
        )
    for name, day in ((to_name, to_date), (from_name, from_date)):
        if day is not None and today is not None and day > today:
            raise InvalidArgumentError(
                name,
                day.isoformat(),
                f"the last day allowed is today, {today.isoformat()} in this client's time zone "
                "(set timezone= to the project's)",
            )


def to_zone(timezone: str | zoneinfo.ZoneInfo) -> zoneinfo.ZoneInfo:
    """The time zone named, such as `Europe/Berlin`."""
    if isinstance(timezone, zoneinfo.ZoneInfo):
        return timezone
    try:
        return zoneinfo.ZoneInfo(timezone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError, TypeError):
        raise ConfigurationError(
            "timezone", f"{timezone!r} is no IANA time zone name such as 'UTC' or 'Europe/Berlin'"
        ) from None


def today(zone: zoneinfo.ZoneInfo) -> datetime.date:
    """The current day in the project's time zone."""
    return datetime.datetime.now(zone).date()

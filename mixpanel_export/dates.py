"""Check dates, ranges and time zones; tell the current day of a project.

Pure: only `today` reads a clock. Mixpanel's dates are calendar days without a time, and ranges include both ends
(https://developer.mixpanel.com/reference/raw-event-export).
"""

from __future__ import annotations

import datetime
import re
import zoneinfo

from mixpanel_export.errors import ConfigurationError, InvalidArgumentError

__all__ = [
    "DateLike",
    "check_range",
    "shift",
    "to_date",
    "to_moment",
    "to_wall_clock",
    "to_zone",
    "today",
]

_EXPECTED = "expected a date, YYYY-MM-DD"

DateLike = datetime.date | str
"""A calendar day: a `datetime.date`, or text of the form `YYYY-MM-DD`."""

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ISO_TIME = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)


def to_date(argument: str, value: object) -> datetime.date:
    """Return `value` as a date.

    Raises:
        InvalidArgumentError: for anything but a date, `YYYY-MM-DD`, or a `pandas.Timestamp` at midnight, which is
            how pandas holds dates. Any other `datetime` is refused, because its day depends on a time zone that
            only the caller knows.
    """
    if isinstance(value, datetime.datetime):
        if type(value).__module__.partition(".")[0] == "pandas" and value.time() == datetime.time():
            return value.date()
        raise InvalidArgumentError(
            argument, value, "expected a day; pass the datetime's .date() in the project's time zone"
        )
    if isinstance(value, datetime.date):
        return value
    if isinstance(value, str) and _ISO_DAY.fullmatch(value):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            raise InvalidArgumentError(argument, value, f"{_EXPECTED}; there is no such day") from None
    raise InvalidArgumentError(argument, value, _EXPECTED)


def shift(day: datetime.date, days: int) -> datetime.date:
    """Return the day this many days later, earlier for a negative number, or the last or first that there is."""
    ordinal = day.toordinal() + days
    return datetime.date.fromordinal(min(max(ordinal, 1), datetime.date.max.toordinal()))


def to_wall_clock(argument: str, value: object, zone: datetime.tzinfo) -> str:
    """Return the text `YYYY-MM-DD HH:MM:SS` that annotations use, from a `datetime`, a date or ISO 8601 text.

    Args:
        zone: the project's time zone, that of annotations; a time with an offset is converted to it.
    """
    given = value
    if isinstance(value, str) and _ISO_TIME.fullmatch(value):
        try:
            value = datetime.datetime.fromisoformat(value)
        except ValueError:
            raise InvalidArgumentError(argument, given, "no such time") from None
    elif isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        value = datetime.datetime.combine(value, datetime.time())
    if isinstance(value, datetime.datetime):
        if value.tzinfo is not None:
            try:
                value = value.astimezone(zone).replace(tzinfo=None)
            except OverflowError:
                raise InvalidArgumentError(argument, given, "out of the range of dates") from None
        # On some systems, the %Y of strftime drops leading zeros.
        return value.isoformat(" ", "seconds")
    raise InvalidArgumentError(argument, value, 'expected a datetime or text such as "2024-01-31 09:30:00"')


def to_moment(argument: str, value: object, zone: datetime.tzinfo) -> str:
    """Return the ISO 8601 text, with an offset, of a `datetime` or of such text.

    Args:
        zone: the zone of a time without an offset.
    """
    given = value
    if isinstance(value, str):
        try:
            value = datetime.datetime.fromisoformat(value)
        except ValueError:
            value = None
    if isinstance(value, datetime.datetime):
        return (value if value.tzinfo is not None else value.replace(tzinfo=zone)).isoformat()
    raise InvalidArgumentError(argument, given, "expected a datetime or ISO 8601 text")


def check_range(
    from_name: str,
    from_date: datetime.date | None,
    to_name: str,
    to_date: datetime.date | None,
    today: datetime.date | None,
) -> None:
    """Refuse a range that runs backwards, or ends after `today` where that is given: Mixpanel would."""
    if from_date is not None and to_date is not None and from_date > to_date:
        raise InvalidArgumentError(
            from_name, from_date.isoformat(), f"expected a day up to {to_name}, {to_date.isoformat()}"
        )
    for name, day in ((to_name, to_date), (from_name, from_date)):
        if day is not None and today is not None and day > today:
            raise InvalidArgumentError(
                name,
                day.isoformat(),
                f"expected a day up to today, {today.isoformat()} in the client's time zone; set timezone= to the "
                "project's",
            )


def to_zone(timezone: str | zoneinfo.ZoneInfo) -> datetime.tzinfo:
    """Return the time zone of this name, such as `Europe/Berlin`; UTC needs no zone database.

    Raises:
        ConfigurationError: for any other name that is in no zone database.
    """
    if isinstance(timezone, zoneinfo.ZoneInfo):
        return timezone
    try:
        return zoneinfo.ZoneInfo(timezone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError, TypeError):
        if timezone == "UTC":
            return datetime.UTC
        advice = (
            ""
            if _has_zones()
            else "; this machine has no zone database, install one with: pip install tzdata"
        )
        raise ConfigurationError(
            "timezone",
            f"expected an IANA time zone name such as 'UTC' or 'Europe/Berlin', got {timezone!r}{advice}",
        ) from None


def _has_zones() -> bool:
    try:
        zoneinfo.ZoneInfo("UTC")
    except (zoneinfo.ZoneInfoNotFoundError, OSError):
        return False
    return True


def today(zone: datetime.tzinfo) -> datetime.date:
    """Return the current day in the project's time zone."""
    return datetime.datetime.now(zone).date()

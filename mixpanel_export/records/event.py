"""One event of a raw export: a thin, typed view of the parsed line.

`Event` is a msgspec Struct, so that the native decoder makes it straight from the bytes. Time zone and unit of time
differ between exports; they are stored in a subclass made once an export, and take no space in an event.
"""

from __future__ import annotations

import contextlib
import datetime
import functools
import zoneinfo
from collections.abc import Iterable
from typing import Any, ClassVar, TypedDict, cast

import msgspec

from mixpanel_export.errors import ExportError

__all__ = ["IDENTITY", "BareEvent", "Event", "event_type", "moment_of", "plain_zone", "selected_properties"]

IDENTITY = ("time", "distinct_id", "$insert_id")
_UTC = datetime.UTC
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=_UTC)
_from_timestamp = datetime.datetime.fromtimestamp


class Event(msgspec.Struct, gc=False):
    """One event, as Mixpanel's raw export sends it.

    Attributes:
        name: the event's name.
        properties: every property as sent, `time`, `distinct_id` and `$insert_id` included: text, numbers of
            any size, booleans, None, lists and nested objects.

    Source: https://developer.mixpanel.com/reference/raw-event-export
    """

    name: str = msgspec.field(name="event")
    properties: dict[str, Any]

    _zone: ClassVar[datetime.tzinfo] = datetime.UTC
    _ticks_per_second: ClassVar[int] = 1

    @property
    def time(self) -> datetime.datetime:
        """The time of the event, as an aware datetime in the client's time zone.

        Projects made before 2023 send their local time as if it were UTC; set the client's `timezone=` to the
        project's to get the right moment.

        Raises:
            ExportError: when the event has no numeric `time`, or one outside the years 1 to 9999.
        """
        ticks = self.properties.get("time")
        if type(ticks) is int:
            # The usual case, kept short: this is called for nearly every event.
            try:
                return _from_timestamp(ticks, _UTC)
            except (OSError, OverflowError, ValueError):
                pass
        return self._moment_of(ticks)

    def _moment_of(self, ticks: Any) -> datetime.datetime:
        return moment_of(self.name, ticks, self._ticks_per_second, self._zone)

    @property
    def distinct_id(self) -> str | None:
        """The user's `distinct_id`, as sent; None when absent."""
        return self.properties.get("distinct_id")

    @property
    def insert_id(self) -> str | None:
        """Mixpanel's `$insert_id`, which identifies an event that was sent again; None when absent."""
        return self.properties.get("$insert_id")

    def to_dict(self) -> dict[str, Any]:
        """Return the event as it stands in JSON Lines: `{"event": …, "properties": {…}}`."""
        return {"event": self.name, "properties": dict(self.properties)}

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self._zone, self._ticks_per_second, self.name, self.properties)


def moment_of(
    event: str, ticks: Any, ticks_per_second: int = 1, zone: datetime.tzinfo = _UTC
) -> datetime.datetime:
    """Return a `time` as an aware datetime; see `Event.time`."""
    # Not isinstance, which accepts a boolean and takes three times as long.
    if type(ticks) is not int and type(ticks) is not float:
        raise ExportError(f"event {event!r}: expected a numeric time, got {ticks!r}")
    try:
        if ticks_per_second != 1:
            ticks /= ticks_per_second
        moment = _from_timestamp(ticks, _UTC)
    except (OSError, OverflowError, ValueError):
        moment = _unusual_time(event, ticks)
    return moment if zone is _UTC else moment.replace(tzinfo=zone)


def _unusual_time(event: str, seconds: float) -> datetime.datetime:
    """Convert a time that the system's clock functions refuse: some refuse any before 1970."""
    try:
        return _EPOCH + datetime.timedelta(seconds=seconds)
    except (OverflowError, ValueError) as error:
        raise ExportError(f"event {event!r}: the time {seconds!r} is outside the years 1 to 9999") from error


class _ZonedEvent(Event, gc=False):
    """An event whose time is in another zone or unit."""

    @property
    def time(self) -> datetime.datetime:
        return self._moment_of(self.properties.get("time"))


class _AnyObject(msgspec.Struct, gc=False):
    """A JSON object whose members are skipped."""


BareEvent: type[Event] = cast(
    type[Event], msgspec.defstruct("Event", [("properties", _AnyObject)], bases=(Event,), gc=False)
)
"""Decode only the name, but parse the whole line to validate it."""


@functools.cache
def event_type(
    zone: datetime.tzinfo, ticks_per_second: int = 1, fields: tuple[str, ...] | None = None
) -> type[Event]:
    """Return the `Event` class of one export.

    Args:
        zone: the client's time zone.
        ticks_per_second: 1 if `time` is in seconds, 1000 if it is in milliseconds.
        fields: the properties to decode, beside those that identify an event; None for all.
    """
    zone = plain_zone(zone)
    if zone is datetime.UTC and ticks_per_second == 1 and fields is None:
        return Event
    projected: list[Any] = []
    if fields is not None:
        projected = [("properties", selected_properties(fields, Any))]
    made = msgspec.defstruct(
        "Event",
        projected,
        bases=(Event if zone is datetime.UTC and ticks_per_second == 1 else _ZonedEvent,),
        module=__name__,
        namespace={"_zone": zone, "_ticks_per_second": ticks_per_second},
        gc=False,
    )
    return cast(type[Event], made)


def plain_zone(zone: datetime.tzinfo) -> datetime.tzinfo:
    """Return `datetime.UTC` for any form of UTC, and other zones as they are."""
    return _UTC if isinstance(zone, zoneinfo.ZoneInfo) and zone.key == "UTC" else zone


def selected_properties(fields: Iterable[str], values: Any) -> Any:
    """Return a type for which the native decoder builds a dict of these properties, and skips the others.

    Args:
        fields: the properties, beside those that identify an event.
        values: the type of each value.
    """
    names: dict[str, Any] = {}
    for name in [*IDENTITY, *fields]:
        # The decoder finds a name that is not ASCII only if the text caches its UTF-8, as encoding makes it do:
        # https://github.com/msgspec/msgspec/pull/1126. It refuses lines in which a name has a lone surrogate.
        with contextlib.suppress(UnicodeEncodeError):
            msgspec.json.encode(name)
            names[name] = values
    make: Any = TypedDict
    return make("Properties", names, total=False)


def _restore(zone: datetime.tzinfo, ticks_per_second: int, name: str, properties: dict[str, Any]) -> Event:
    return event_type(zone, ticks_per_second)(name=name, properties=properties)

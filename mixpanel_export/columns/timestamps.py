"""Convert Mixpanel's `time` to Arrow timestamps and back."""

from __future__ import annotations

import contextlib
import datetime
import json
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
from attrs import frozen

from mixpanel_export.columns.compute import pc
from mixpanel_export.columns.schemas import AnyArray, zone_name

__all__ = ["Clock", "ticks_from"]

_MICRO = 1_000_000
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_FIRST_SECOND, _LAST_SECOND = -62_135_510_400, 253_402_214_400


@frozen
class Clock:
    """The clock of `time`: the project's local time, counted as if it were UTC.

    Attributes:
        zone: the project's time zone.
        ticks: the ticks in a second: 1 when `time` is in seconds, 1000 when it is in milliseconds.
    """

    zone: datetime.tzinfo
    ticks: int

    @property
    def type(self) -> pa.DataType:
        """The type of the timestamps."""
        return pa.timestamp("us", zone_name(self.zone))

    def from_numbers(self, ticks: AnyArray) -> AnyArray:
        """Convert an array of whole numbers; a number beyond all dates becomes null."""
        zone = zone_name(self.zone)
        ends = pc.min_max(ticks).as_py()
        if ends["min"] is not None and not all(_has_date(end // self.ticks) for end in ends.values()):
            return self._one_by_one(ticks.to_pylist())
        micro = pc.multiply_checked(ticks, _MICRO // self.ticks)
        timestamps: AnyArray
        if zone == "UTC":
            timestamps = pc.cast(micro, self.type)
            return timestamps
        naive = pc.cast(micro, pa.timestamp("us"))
        try:
            timestamps = pc.assume_timezone(naive, zone, ambiguous="earliest", nonexistent="raise")
        except pa.ArrowInvalid:
            # A time in the hour that is skipped in spring.
            return self._one_by_one(ticks.to_pylist())
        return timestamps

    def from_values(self, ticks: Sequence[Any]) -> AnyArray:
        """Convert values of any type; those that are no numbers become null."""
        # Arrow would truncate a fraction.
        if set(map(type, ticks)) <= {int, type(None)}:
            with contextlib.suppress(OverflowError, pa.ArrowInvalid):
                return self.from_numbers(pa.array(ticks, pa.int64()))
        return self._one_by_one(ticks)

    def from_json(self, texts: AnyArray) -> AnyArray:
        """Convert JSON texts; those that are no numbers become null."""
        return self.from_values([_number_in(text) if text else None for text in texts.to_pylist()])

    def to_micro(self, ticks: Any) -> int | None:
        """Return the microseconds since 1970 of one `time`; None when it is no number or beyond all dates."""
        if type(ticks) is not int and type(ticks) is not float:
            return None
        try:
            micro = round(ticks * (_MICRO // self.ticks))
            if not _has_date(micro // _MICRO):
                return None
            if zone_name(self.zone) == "UTC":
                return micro
            clock_time = _EPOCH + datetime.timedelta(microseconds=micro)
            return round((clock_time.replace(tzinfo=self.zone) - _EPOCH) / datetime.timedelta(microseconds=1))
        except (OverflowError, ValueError):
            return None

    def _one_by_one(self, ticks: Iterable[Any]) -> AnyArray:
        return pa.array([self.to_micro(tick) for tick in ticks], pa.int64()).cast(self.type)


def ticks_from(times: Any, ticks: int) -> Any:
    """Return timestamps, an array or a chunked one, as the numbers that Mixpanel sends for them."""
    return pc.divide(pc.cast(pc.local_timestamp(times), pa.int64()), _MICRO // ticks)


def _number_in(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        # A number with more digits than Python parses has no date.
        return None


def _has_date(seconds: int) -> bool:
    """Return whether Python has a date for it, with a day to spare at either end of the calendar."""
    return _FIRST_SECOND < seconds < _LAST_SECOND

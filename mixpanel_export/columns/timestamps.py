"""Mixpanel's `time` as timestamps of Arrow."""

from __future__ import annotations

import contextlib
import datetime
import json
from collections.abc import Iterable, Sequence
from typing import Any

from attrs import frozen

from mixpanel_export.columns.native import load
from mixpanel_export.columns.tables import zone_name

__all__ = ["Clock"]

_MICRO = 1_000_000
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_FIRST_SECOND, _LAST_SECOND = -62_135_510_400, 253_402_214_400


@frozen
class Clock:
    """How `time` is to be understood: the clock of the project's time zone, counted as if it were UTC's.

    Attributes:
        ticks: what it is counted in: 1 for seconds, 1000 for milliseconds.
    """

    zone: datetime.tzinfo
    ticks: int

    @property
    def type(self) -> Any:
        """The type of the timestamps."""
        return load("pyarrow").timestamp("us", zone_name(self.zone))

    def of_numbers(self, ticks: Any) -> Any:
        """The timestamps of whole numbers."""
        pa, pc = load("pyarrow", "pyarrow.compute")
        zone = zone_name(self.zone)
        ends = pc.min_max(ticks).as_py()
        if ends["min"] is not None and not all(_has_date(each // self.ticks) for each in ends.values()):
            return self._one_by_one(ticks.to_pylist())
        micro = pc.multiply_checked(ticks, _MICRO // self.ticks)
        if zone == "UTC":
            return pc.cast(micro, self.type)
        naive = pc.cast(micro, pa.timestamp("us"))
        try:
            return pc.assume_timezone(naive, zone, ambiguous="earliest", nonexistent="raise")
        except pa.ArrowInvalid:
            # In the hour that a spring's change leaves out.
            return self._one_by_one(ticks.to_pylist())

    def of_values(self, ticks: Sequence[Any]) -> Any:
        """The timestamps of any values: null where they are no numbers."""
        pa = load("pyarrow")
        # Of a fraction, Arrow would make a whole number.
        if set(map(type, ticks)) <= {int, type(None)}:
            with contextlib.suppress(OverflowError, pa.ArrowInvalid):
                return self.of_numbers(pa.array(ticks, pa.int64()))
        return self._one_by_one(ticks)

    def of_texts(self, texts: Any) -> Any:
        """The timestamps of JSON texts: null where they are no numbers."""
        return self.of_values([json.loads(each) if each else None for each in texts.to_pylist()])

    def numbers_of(self, times: Any) -> Any:
        """What `time` says, of timestamps."""
        pc = load("pyarrow.compute")
        return pc.divide(pc.cast(pc.local_timestamp(times), "int64"), _MICRO // self.ticks)

    def micro(self, ticks: Any) -> int | None:
        """Microseconds since 1970 of one `time`; None when it is no number."""
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

    def _one_by_one(self, ticks: Iterable[Any]) -> Any:
        pa = load("pyarrow")
        return pa.array([self.micro(each) for each in ticks], pa.int64()).cast(self.type)


def _has_date(seconds: int) -> bool:
    """Whether Python knows a date for it, a day from either end of the calendar."""
    return _FIRST_SECOND < seconds < _LAST_SECOND

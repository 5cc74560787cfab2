"""Progress: an estimate of the rest once the size of a day is known."""

from __future__ import annotations

import datetime

from mixpanel_export.download.plan import DayDensity, Slice
from mixpanel_export.download.progress import Remaining


def days(first: int, last: int) -> Slice:
    return Slice(datetime.date(2024, 1, first), datetime.date(2024, 1, last))


def test_the_rest_is_unknown_until_a_day_is_complete() -> None:
    rest = Remaining(11, ())
    rest.received(days(1, 1), 500)
    rest.received(days(2, 11), 700)
    assert rest.seconds(100.0) is None
    rest.done(days(1, 1))
    # Ten days of 500 bytes, less what has come.
    assert rest.seconds(100.0) == 43.0
    assert rest.seconds(0.0) is None


def test_a_slice_larger_than_expected_leaves_nothing_negative() -> None:
    rest = Remaining(4, ())
    rest.received(days(1, 1), 10)
    rest.done(days(1, 1))
    rest.received(days(2, 3), 9_000)
    assert rest.seconds(10.0) == 1.0
    rest.received(days(2, 3), None)
    assert rest.seconds(10.0) == 3.0


def test_the_days_of_a_manifest_count() -> None:
    rest = Remaining(3, [DayDensity(days(1, 2), 200)])
    assert rest.seconds(10.0) == 30.0

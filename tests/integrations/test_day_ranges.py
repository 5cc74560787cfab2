"""Repeated loads replace whole ranges of days: none is missing, none is in two, and the look-back is fetched."""

from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st

from mixpanel_export.integrations.day_ranges import LoadedRange, ranges_to_load, record_loaded

FIRST = datetime.date(2024, 1, 1)
DAY = datetime.timedelta(days=1)


def days_of(ranges: list[LoadedRange]) -> list[datetime.date]:
    return [
        range_.from_date + DAY * n
        for range_ in ranges
        for n in range((range_.to_date - range_.from_date).days + 1)
    ]


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.integers(0, 100), st.integers(0, 9), st.integers(0, 2)), max_size=6
    )
)
def test_each_day_is_in_one_range_and_late_days_are_due(
    loads: list[tuple[int, int, int, int]],
) -> None:
    loaded: list[LoadedRange] = []
    for start, length, look_back, ahead in loads:
        first = FIRST + DAY * start
        last = first + DAY * length
        today = last + DAY * ahead
        ranges = ranges_to_load(loaded, first, last, today, look_back)
        wanted = {first + DAY * n for n in range(length + 1)}
        due = days_of(ranges)
        assert len({*due}) == len(due)
        assert wanted - {*days_of(loaded)} <= {*due}
        if loaded:
            newest = max(range_.to_date for range_ in loaded)
            recent = {newest - DAY * n for n in range(look_back)} & {*days_of(loaded)} & wanted
            assert {day for day in recent if day_of_whole(loaded, day, last)} <= {*due}
        before = {range_.from_date: range_.to_date for range_ in loaded}
        for range_ in ranges:
            assert before.get(range_.from_date, range_.to_date) == range_.to_date
            assert range_.is_over == (range_.to_date < today)
            assert range_.is_over or range_.from_date == range_.to_date or range_.from_date in before
            loaded = record_loaded(loaded, range_)
        assert wanted <= {*days_of(loaded)}
        assert len({*days_of(loaded)}) == len(days_of(loaded))
        assert [LoadedRange.from_state(range_.to_state()) for range_ in loaded] == loaded


def day_of_whole(loaded: list[LoadedRange], day: datetime.date, last: datetime.date) -> bool:
    """Return whether the range of a day ends by the last day that a load asks for."""
    return any(range_.from_date <= day <= range_.to_date <= last for range_ in loaded)


def test_a_back_fill_is_cut_by_months_and_the_look_back_by_days() -> None:
    last = datetime.date(2024, 3, 2)
    ranges = ranges_to_load([], FIRST, last, last + DAY, 3)
    assert [(f"{range_.from_date:%m-%d}", f"{range_.to_date:%m-%d}") for range_ in ranges] == [
        ("01-01", "01-31"),
        ("02-01", "02-28"),
        ("02-29", "02-29"),
        ("03-01", "03-01"),
        ("03-02", "03-02"),
    ]
    again = ranges_to_load(ranges, FIRST, last + DAY, last + DAY * 2, 1)
    assert [range_.from_date for range_ in again] == [last, last + DAY]


def test_the_look_back_ends_at_the_first_day_there_is() -> None:
    first = datetime.date.min
    loaded = ranges_to_load([], first, first + DAY, FIRST, 36_525)
    assert days_of(loaded) == [first, first + DAY]
    assert ranges_to_load(loaded, first, first + DAY, FIRST, 36_525) == loaded

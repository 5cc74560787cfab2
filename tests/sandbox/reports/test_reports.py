"""The building blocks of reports: periods, identity, segments and ranges."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixpanel_export.expressions import UNDEFINED
from mixpanel_export.sandbox.reports.identity import deduplicated, user_of
from mixpanel_export.sandbox.reports.periods import Unit, label, period_index, period_of, periods
from mixpanel_export.sandbox.reports.ranges import ranges
from mixpanel_export.sandbox.reports.segments import segments_of, values_of
from mixpanel_export.sandbox.reports.tally import Tally

UNITS: tuple[Unit, ...] = ("minute", "hour", "day", "week", "month")
NUMBERS = st.lists(
    st.one_of(st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False)), min_size=1
)


class TestPeriods:
    @given(
        st.dates(datetime.date(1969, 1, 1), datetime.date(2100, 1, 1)),
        st.integers(0, 40),
        st.sampled_from(UNITS),
        st.integers(1, 5),
    )
    def test_periods_cover_every_moment_of_their_days(
        self, first: datetime.date, days: int, unit: Unit, interval: int
    ) -> None:
        last = first + datetime.timedelta(days=days)
        starts = periods(first, last, unit, interval)
        begin, end = (
            datetime.datetime.combine(day, datetime.time(), datetime.UTC).timestamp()
            for day in (first, last + datetime.timedelta(days=1))
        )
        assert starts == sorted(set(starts))
        assert all(period_of(start, unit) == start for start in starts)
        assert starts[0] == period_of(begin, unit) <= begin
        assert starts[-1] < end
        assert (period_index(starts, begin), period_index(starts, end - 1)) == (0, len(starts) - 1)
        assert period_index(starts, starts[0] - 1) == -1

    @pytest.mark.parametrize(
        ("unit", "text"),
        [
            ("minute", "2024-02-29 23:59:00"),
            ("hour", "2024-02-29 23:00:00"),
            ("day", "2024-02-29"),
            ("week", "2024-02-26"),
            ("month", "2024-02-01"),
        ],
    )
    def test_periods_are_labelled_by_their_start(self, unit: Unit, text: str) -> None:
        moment = datetime.datetime(2024, 2, 29, 23, 59, 59, 500_000, datetime.UTC).timestamp()
        assert label(period_of(moment, unit), unit) == text

    def test_months_of_an_interval_are_those_of_the_calendar(self) -> None:
        starts = periods(datetime.date(2023, 11, 15), datetime.date(2024, 5, 1), "month", 2)
        assert [label(start, "month") for start in starts] == [
            "2023-11-01",
            "2024-01-01",
            "2024-03-01",
            "2024-05-01",
        ]


def event(name: str = "Opened", **properties: Any) -> dict[str, Any]:
    given = {"time": 1000, "distinct_id": "ada", "$insert_id": "a", "mp_processing_time_ms": 5, **properties}
    return {"event": name, "properties": {key: value for key, value in given.items() if value is not None}}


class TestIdentity:
    def test_the_duplicate_processed_last_counts(self) -> None:
        first, last = (
            event(note="first", mp_processing_time_ms=5),
            event(note="last", mp_processing_time_ms=9),
        )
        other = event(time=1001)
        assert list(deduplicated([first, other, last])) == [last, other]
        assert list(deduplicated([last, other, first])) == [last, other]

    @pytest.mark.parametrize(
        "difference", [{"name": "Closed"}, {"time": 90_000}, {"distinct_id": "bo"}, {"$insert_id": "b"}]
    )
    def test_a_part_of_the_identity_that_differs_makes_another_event(
        self, difference: dict[str, Any]
    ) -> None:
        both = [event(), event(**difference)]
        assert list(deduplicated(both)) == both

    def test_events_without_an_insert_id_are_all_different(self) -> None:
        nameless: dict[str, Any] = {"$insert_id": None}
        both = [event(**nameless), event(**nameless)]
        assert list(deduplicated(both)) == both

    def test_a_user_may_be_a_number_or_nobody(self) -> None:
        assert user_of(event(distinct_id=12)) == user_of(event(distinct_id="12")) == "12"
        assert user_of(event(distinct_id=None)) is None
        assert user_of(event(distinct_id="")) is None


class TestSegments:
    @pytest.mark.parametrize(
        ("value", "segments"),
        [
            ("", [""]),
            (3.0, ["3"]),
            (0.1, ["0.1"]),
            (2**63, ["9223372036854775808"]),
            (True, ["true"]),
            (UNDEFINED, ["undefined"]),
            (None, ["null"]),
            ([], ["undefined"]),
            (["a", 1, "a", None], ["a", "1", "null"]),
            ({"b": [1]}, ['{"b":[1]}']),
        ],
    )
    def test_a_value_is_named_by_its_text(self, value: Any, segments: list[str]) -> None:
        assert list(segments_of(value)) == segments

    def test_absent_values_have_no_segment(self) -> None:
        assert [list(values_of(value)) for value in (UNDEFINED, None, [], ["a"], 1)] == [
            [],
            [],
            [],
            ["a"],
            ["1"],
        ]

    def test_segments_of_the_same_size_are_ordered_by_name(self) -> None:
        tally = Tally("general", 1)
        for segment in ("b", "c", "a", "c"):
            tally.add(segment, 0, None)
        assert tally.largest() == ["c", "a", "b"]
        assert tally.largest(2) == ["c", "a"]

    def test_nobody_is_a_user_of_events_without_a_distinct_id(self) -> None:
        unique, average = Tally("unique", 1), Tally("average", 1)
        for tally in (unique, average):
            tally.add("a", 0, None)
            assert tally.series("a") == [0]
        average.add("a", 0, "ada")
        assert average.series("a") == [2]


class TestRanges:
    @given(NUMBERS, st.integers(1, 30))
    def test_every_number_is_in_one_of_a_few(self, numbers: list[float], most: int) -> None:
        found = ranges(numbers, most)
        assert 1 <= len(found.labels) <= max(most, 2)
        for number in numbers:
            position = found.labels.index(found.label_of(number))
            assert found.edges[position] <= number
            assert number <= found.edges[position + 1]

    @pytest.mark.parametrize(
        ("numbers", "most", "labels"),
        [
            ([2034, 2290], 5, ("2,000 - 2,100", "2,100 - 2,200", "2,200 - 2,300")),
            ([1, 2, 3], 10, ("1 - 2", "2 - 3", "3 - 4")),
            ([-5, 7], 1, ("-10 - 0", "0 - 10")),
            ([0.29, 0.57], 5, ("0.2 - 0.3", "0.3 - 0.4", "0.4 - 0.5", "0.5 - 0.6")),
            ([14.5], 10, ("14 - 15",)),
            ([], 10, ()),
        ],
    )
    def test_people_can_read_them(self, numbers: list[float], most: int, labels: tuple[str, ...]) -> None:
        assert ranges(numbers, most).labels == labels

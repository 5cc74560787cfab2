"""The in-memory event store: lines in any order, by UTC day."""

from __future__ import annotations

import datetime

import msgspec
import pytest

from mixpanel_export.sandbox.data.store import InMemoryEventStore

FIRST, SECOND, THIRD = (datetime.date(2024, 1, day) for day in (1, 2, 3))
MIDNIGHT = 1_704_153_600  # 2024-01-02T00:00:00Z


def line(time: float, name: str = "A") -> bytes:
    return b'{"event": "%b",  "properties": {"time": %b}}' % (name.encode(), str(time).encode())


def test_lines_are_kept_as_they_were_and_put_in_order() -> None:
    store = InMemoryEventStore.from_lines([line(MIDNIGHT + 5) + b"\r\n", b"\n", line(MIDNIGHT) + b"\n"])
    assert list(store.lines(FIRST, THIRD)) == [line(MIDNIGHT) + b"\n" + line(MIDNIGHT + 5) + b"\n"]


def test_a_day_begins_at_midnight_in_utc() -> None:
    store = InMemoryEventStore.from_lines([line(MIDNIGHT), line(MIDNIGHT - 1), line(MIDNIGHT - 0.5)])
    assert store.days(FIRST, THIRD) == [FIRST, SECOND]
    assert len(list(store.events(FIRST, FIRST))) == 2
    assert [event["properties"]["time"] for event in store.events(SECOND, SECOND)] == [MIDNIGHT]


def test_events_of_one_second_keep_their_order() -> None:
    store = InMemoryEventStore.from_lines(line(MIDNIGHT, name) for name in "CAB")
    assert [event["event"] for event in store.events(SECOND, SECOND)] == ["C", "A", "B"]


def test_lines_end_at_line_feeds_only() -> None:
    odd = line(MIDNIGHT, "a\u2028b\u2029c\u0085d")
    store = InMemoryEventStore.from_lines([odd])
    assert list(store.lines(SECOND, SECOND)) == [odd + b"\n"]
    assert [event["event"] for event in store.events(SECOND, SECOND)] == ["a\u2028b\u2029c\u0085d"]


@pytest.mark.parametrize(
    "wrong", [b"terminated early", b"{}", b'{"event": "A", "properties": {"time": "1"}}']
)
def test_a_line_that_is_not_an_event_is_refused(wrong: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        InMemoryEventStore.from_lines([wrong])

"""The attributes of one event."""

from __future__ import annotations

import datetime
import pickle
import zoneinfo

import pytest

from mixpanel_export import Event, ExportError
from mixpanel_export.records.decode import EventDecoder
from mixpanel_export.records.event import event_type

MOMENT = 1_704_067_200  # 2024-01-01 00:00:00 UTC


def test_time_is_an_aware_datetime_in_utc() -> None:
    event = Event(name="A", properties={"time": MOMENT})
    assert event.time == datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
    assert event.time.utcoffset() == datetime.timedelta(0)


def test_fields_that_are_not_ascii_are_decoded() -> None:
    # Built at run time, as a literal may have cached its UTF-8.
    name = "".join(["Ü", "nï"])
    decoder = EventDecoder(event_type(datetime.UTC, 1, (name,)), (name,))
    for line in ('{"event":"A","properties":{"Ünï":1}}', '{"event":"A","properties":{"\\u00dcn\\u00ef":1}}'):
        assert decoder.decode(line.encode())[0].properties == {name: 1}


def test_times_of_an_old_project_are_local_times() -> None:
    berlin = zoneinfo.ZoneInfo("Europe/Berlin")
    event = event_type(berlin)(name="A", properties={"time": MOMENT})
    assert event.time == datetime.datetime(2024, 1, 1, tzinfo=berlin)
    assert event.time.timestamp() == MOMENT - 3600


def test_time_in_milliseconds_keeps_the_milliseconds() -> None:
    event = event_type(datetime.UTC, 1000)(name="A", properties={"time": MOMENT * 1000 + 123})
    assert event.time.microsecond == 123_000


@pytest.mark.parametrize("ticks", [None, "1704067200", True])
def test_a_time_that_is_not_a_number_is_an_error(ticks: object) -> None:
    with pytest.raises(ExportError, match="expected a numeric time"):
        _ = Event(name="A", properties={"time": ticks}).time


def test_ids_are_as_sent_and_none_when_absent() -> None:
    event = Event(name="A", properties={"distinct_id": "u", "$insert_id": "i"})
    assert (event.distinct_id, event.insert_id) == ("u", "i")
    assert Event(name="A", properties={}).distinct_id is None
    assert Event(name="A", properties={}).insert_id is None


@pytest.mark.parametrize("zone", [datetime.UTC, zoneinfo.ZoneInfo("Asia/Tokyo")])
def test_events_can_be_pickled_whatever_their_time_zone(zone: datetime.tzinfo) -> None:
    event = event_type(zone)(name="A", properties={"time": MOMENT})
    copy = pickle.loads(pickle.dumps(event))
    assert isinstance(copy, Event)
    assert (copy.name, copy.properties, copy.time) == (event.name, event.properties, event.time)

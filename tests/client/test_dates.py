"""What a date may be, what a range may be, and when "today" is."""

from __future__ import annotations

import datetime
import zoneinfo
from typing import Any

import pandas
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from mixpanel_export import (
    ConfigurationError,
    InvalidArgumentError,
    MixpanelClient,
    ServiceAccountAuth,
    dates,
)
from tests.recording_server import Ask, Server, transport

ACCOUNT = ServiceAccountAuth("exporter", "made-up-secret")
UTC = datetime.UTC
DAY = datetime.date(2024, 2, 29)


# Days


@pytest.mark.parametrize("value", ["2024-02-29", DAY], ids=repr)
def test_a_day_is_a_date_or_iso_text(value: object) -> None:
    assert dates.to_date("from_date", value) == DAY


@given(day=st.dates())
def test_every_day_reads_back_from_its_iso_text(day: datetime.date) -> None:
    assert dates.to_date("from_date", day.isoformat()) == day
    assert dates.to_date("from_date", day) == day


@pytest.mark.parametrize(
    "value",
    [
        "2024-1-5",
        "2024-01-5",
        "24-01-05",
        "2024/01/05",
        "05-01-2024",
        "20240105",
        "2024-W01-5",
        "2024-01-05T00:00:00",
        "2024-01-05 00:00:00",
        "2024-01-05\n",
        " 2024-01-05",
        "-2024-01-05",
        "+2024-01-05",
        "٢٠٢٤-٠١-٠٥",
        "2024-01-0５",
        "2024‐01‐05",
        "today",
        "",
        None,
        0,
        20240105,
        20240105.0,
        True,
        b"2024-01-05",
        ["2024-01-05"],
        (2024, 1, 5),
        object,
    ],
    ids=ascii,
)
def test_anything_else_is_refused_with_the_form_that_is_allowed(value: object) -> None:
    with pytest.raises(InvalidArgumentError, match=r"from_date: expected .*YYYY-MM-DD") as caught:
        dates.to_date("from_date", value)
    assert caught.value.argument == "from_date"
    assert caught.value.value == value


@pytest.mark.parametrize("value", ["2023-02-29", "2024-13-01", "2024-00-01", "2024-04-31", "0000-01-01"])
def test_a_day_that_no_calendar_has_is_refused(value: str) -> None:
    with pytest.raises(InvalidArgumentError, match="no such day"):
        dates.to_date("to_date", value)


@pytest.mark.parametrize(
    "value",
    [datetime.datetime.fromisoformat("2024-01-05"), datetime.datetime(2024, 1, 5, 23, tzinfo=UTC)],
    ids=repr,
)
def test_a_datetime_is_refused_as_its_day_depends_on_the_zone(value: datetime.datetime) -> None:
    with pytest.raises(InvalidArgumentError, match=r"\.date\(\) in the project's time zone"):
        dates.to_date("from_date", value)


@given(text=st.text(max_size=12) | st.from_regex(r"\d{4}-\d{2}-\d{2}", fullmatch=True))
def test_only_the_iso_form_is_read_as_a_day(text: str) -> None:
    try:
        day = dates.to_date("from_date", text)
    except InvalidArgumentError:
        return
    assert day.isoformat() == text


# Moments, as annotations use them


@given(moment=st.datetimes(timezones=st.none() | st.just(UTC)))
def test_a_moment_is_written_as_its_wall_clock(moment: datetime.datetime) -> None:
    text = dates.to_wall_clock("date", moment, UTC)
    assert dates.to_wall_clock("date", text, UTC) == text
    assert datetime.datetime.fromisoformat(text) == moment.replace(microsecond=0, tzinfo=None)


@pytest.mark.parametrize(
    "value",
    [
        "2024-01",
        "2024-W01",
        "20240105T100000",
        "2024-01-05 10",
        "2024-01-05 25:00:00",
        "2024-02-30 10:00:00",
        "٢٠٢٤-٠١-٠٥ 10:00:00",
        "",
        None,
        1704448800,
    ],
    ids=ascii,
)
def test_a_moment_in_another_form_is_refused(value: object) -> None:
    with pytest.raises(InvalidArgumentError, match=r"^date: "):
        dates.to_wall_clock("date", value, UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-01-05", "2024-01-05 00:00:00"),
        ("2024-01-05T10:00:00", "2024-01-05 10:00:00"),
        ("2024-01-05 10:00", "2024-01-05 10:00:00"),
        ("2024-01-05T10:00:00Z", "2024-01-05 11:00:00"),
        ("2024-01-05T10:00:00.5-07:00", "2024-01-05 18:00:00"),
        (datetime.date(2024, 1, 5), "2024-01-05 00:00:00"),
        (pandas.Timestamp("2024-01-05 10:00", tz="UTC"), "2024-01-05 11:00:00"),
    ],
)
def test_a_moment_can_be_a_date_or_iso_text(value: object, expected: str) -> None:
    assert dates.to_wall_clock("date", value, zoneinfo.ZoneInfo("Europe/Berlin")) == expected


def test_a_timestamp_of_pandas_is_a_day_at_midnight() -> None:
    for zone in (None, "Asia/Tokyo"):
        assert dates.to_date("from_date", pandas.Timestamp("2024-02-29", tz=zone)) == DAY
        with pytest.raises(InvalidArgumentError, match="expected a day"):
            dates.to_date("from_date", pandas.Timestamp("2024-02-29 00:00:01", tz=zone))


def test_a_moment_with_a_time_zone_is_put_into_the_project_s() -> None:
    berlin = zoneinfo.ZoneInfo("Europe/Berlin")
    assert (
        dates.to_wall_clock("date", datetime.datetime(2024, 7, 1, 9, tzinfo=berlin), UTC)
        == "2024-07-01 07:00:00"
    )
    assert (
        dates.to_wall_clock("date", datetime.datetime(2024, 7, 1, 9, tzinfo=UTC), berlin)
        == "2024-07-01 11:00:00"
    )
    with pytest.raises(InvalidArgumentError, match="out of the range of dates"):
        dates.to_wall_clock("date", datetime.datetime.max.replace(tzinfo=UTC), berlin)


# Ranges


def check(from_date: str | None, to_date: str | None, today: str = "2024-03-10") -> None:
    days = [None if text is None else datetime.date.fromisoformat(text) for text in (from_date, to_date)]
    dates.check_range("from_date", days[0], "to_date", days[1], datetime.date.fromisoformat(today))


@pytest.mark.parametrize(
    ("from_date", "to_date"),
    [
        ("2024-01-01", "2024-01-31"),
        ("2024-03-10", "2024-03-10"),
        ("2011-07-10", "2024-03-10"),
        (None, "2024-03-10"),
        ("2024-03-10", None),
        (None, None),
    ],
)
def test_a_range_up_to_today_is_allowed(from_date: str | None, to_date: str | None) -> None:
    check(from_date, to_date)


def test_a_range_that_runs_backwards_is_refused() -> None:
    with pytest.raises(
        InvalidArgumentError, match=r"from_date: expected a day up to to_date, 2024-01-01, got '2024-01-02'"
    ):
        check("2024-01-02", "2024-01-01")


@pytest.mark.parametrize(
    ("from_date", "to_date", "argument"),
    [
        ("2024-03-01", "2024-03-11", "to_date"),
        (None, "2024-03-11", "to_date"),
        ("2024-03-11", None, "from_date"),
        ("2024-03-11", "2024-03-12", "to_date"),
    ],
)
def test_a_range_that_reaches_past_today_is_refused(
    from_date: str | None, to_date: str | None, argument: str
) -> None:
    with pytest.raises(InvalidArgumentError, match=r"today, 2024-03-10 .*timezone=") as caught:
        check(from_date, to_date)
    assert caught.value.argument == argument


@given(from_date=st.dates(), to_date=st.dates(), today=st.dates())
def test_a_range_must_run_forwards_and_end_by_today(
    from_date: datetime.date, to_date: datetime.date, today: datetime.date
) -> None:
    try:
        dates.check_range("from_date", from_date, "to_date", to_date, today)
    except InvalidArgumentError:
        allowed = False
    else:
        allowed = True
    assert allowed == (from_date <= to_date <= today)


@given(day=st.dates(), days=st.integers(-4_000_000, 4_000_000))
def test_a_day_is_shifted_no_further_than_the_calendar_goes(day: datetime.date, days: int) -> None:
    shifted = dates.shift(day, days)
    try:
        assert shifted == day + datetime.timedelta(days=days)
    except OverflowError:
        assert shifted == (datetime.date.max if days > 0 else datetime.date.min)
    assert dates.shift(shifted, 10**30) == datetime.date.max


# Today


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        (datetime.datetime(2024, 3, 10, 20, 0, tzinfo=UTC), "UTC", "2024-03-10"),
        (datetime.datetime(2024, 3, 10, 20, 0, tzinfo=UTC), "Asia/Tokyo", "2024-03-11"),
        (datetime.datetime(2024, 3, 11, 3, 0, tzinfo=UTC), "America/Los_Angeles", "2024-03-10"),
        (datetime.datetime(2024, 3, 11, 11, 59, tzinfo=UTC), "Etc/GMT+12", "2024-03-10"),
        (datetime.datetime(2024, 3, 10, 10, 0, tzinfo=UTC), "Pacific/Kiritimati", "2024-03-11"),
    ],
)
def test_today_is_the_day_in_the_projects_time_zone(
    ask: Ask, server: Server, moment: datetime.datetime, zone: str, day: str
) -> None:
    server.answers({"results": {}})

    def total(to_date: str) -> Any:
        return lambda client: client.segmentation.sum(
            event="Signup", from_date="2024-03-01", to_date=to_date, on='properties["n"]'
        )

    tomorrow = (datetime.date.fromisoformat(day) + datetime.timedelta(days=1)).isoformat()
    with time_machine.travel(moment, tick=False):
        ask(ACCOUNT, total(day), timezone=zone)
        with pytest.raises(InvalidArgumentError, match=f"to_date: .*today, {day} .*got '{tomorrow}'"):
            ask(ACCOUNT, total(tomorrow), timezone=zone)
    assert server.only.query["to_date"] == day


def test_today_moves_on_while_a_client_lives(ask_sync: Ask, server: Server) -> None:
    server.answers("", content_type="text/plain")

    def over_midnight(client: MixpanelClient) -> None:
        with time_machine.travel(datetime.datetime(2024, 3, 10, 23, 59, tzinfo=UTC), tick=False) as clock:
            with pytest.raises(InvalidArgumentError):
                client.export.raw(from_date="2024-03-11", to_date="2024-03-11")
            clock.shift(120)
            client.export.raw(from_date="2024-03-11", to_date="2024-03-11")

    ask_sync(ACCOUNT, over_midnight)
    assert server.only.query["to_date"] == "2024-03-11"


# Time zones


@pytest.mark.parametrize("zone", ["Europe/Berlin", zoneinfo.ZoneInfo("Europe/Berlin")], ids=repr)
def test_a_time_zone_is_an_iana_name_or_a_zoneinfo(zone: str | zoneinfo.ZoneInfo) -> None:
    assert str(dates.to_zone(zone)) == "Europe/Berlin"


@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Atlantis",
        "",
        "+02:00",
        "Europe",
        "../../etc/passwd",
        "/etc/localtime",
        "a\0b",
        "\ud800",
        None,
        2,
        b"UTC",
        UTC,
    ],
    ids=ascii,
)
def test_an_unknown_time_zone_is_refused(zone: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"^timezone: .*Europe/Berlin") as caught:
        MixpanelClient(ACCOUNT, project_id=1, timezone=zone, transport=transport())
    assert caught.value.argument == "timezone"
    assert isinstance(caught.value, ValueError)

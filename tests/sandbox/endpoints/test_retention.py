"""Retention and frequency, compared with SQL over the exported events, by Mixpanel's rules."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import duckdb
import httpx
import pytest

from mixpanel_export import MixpanelClient
from mixpanel_export.sandbox import Sandbox
from mixpanel_export.sandbox.reports.frequency import frequencies
from mixpanel_export.sandbox.reports.retention import Retention, groups
from mixpanel_export_api.models import RetentionCohort
from tests.sandbox.conftest import EVERYTHING
from tests.sandbox.contract import follows_contract

pytestmark = pytest.mark.slow

DAY = 86_400
WIDTHS = {"day": DAY, "week": 7 * DAY, "month": 30 * DAY}

Counts = dict[str, tuple[int, list[int]]]


def ask(client: httpx.Client, path: str, **params: Any) -> dict[str, Any]:
    answer = client.get(f"/api/query{path}", params=EVERYTHING | params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def calendar(unit: str) -> str:
    return f"date_trunc('{unit}', make_timestamp(time * 1000000))::date"


def computed(
    database: duckdb.DuckDBPyConnection,
    born: str,
    returns: str,
    *,
    unit: str,
    intervals: int,
    once: bool = True,
    first: str = "2024-01-01",
    unbounded: bool = False,
    width: int | None = None,
) -> Counts:
    """Return the users who began and those who came back in each interval, by period."""
    period = calendar(unit)
    begins = f"""
        select id, min(time) as began from events where {born}
        group by id {"" if once else f", {period}"}
    """
    rows = database.execute(
        f"""
        with beginnings as (
            select id, began, {period.replace("time *", "began *")} as period from ({begins})
            where make_timestamp(began * 1000000) >= date '{first}'),
        later as (
            select period, b.id, (e.time - began) // {width or WIDTHS[unit]} as interval
            from beginnings as b join events as e on e.id = b.id and e.time > b.began
            where {returns})
        select period, -1 as interval, count(*) from beginnings group by all
        union all
        select period, i.interval, count(distinct id)
        from later join (select unnest(range({intervals} + 1)) as interval) as i
          on later.interval {">=" if unbounded else "="} i.interval
        group by all
        """
    ).fetchall()
    found: Counts = {str(day): (size, [0] * (intervals + 1)) for day, interval, size in rows if interval < 0}
    for day, interval, count in rows:
        if interval >= 0:
            found[str(day)][1][interval] = count
    return found


def answered(data: dict[str, Any]) -> Counts:
    return {date: (group["first"], group["counts"]) for date, group in data.items() if group["first"]}


class TestRetentionAgainstSql:
    @pytest.mark.parametrize(("unit", "intervals"), [("day", 30), ("week", 6), ("month", 2)])
    @pytest.mark.parametrize("event", [None, "Purchase"])
    @pytest.mark.sampled(1)
    def test_first_time(
        self,
        client: httpx.Client,
        database: duckdb.DuckDBPyConnection,
        unit: str,
        intervals: int,
        event: str | None,
    ) -> None:
        returns = "true" if event is None else f"name = '{event}'"
        expected = computed(database, "name = 'Sign Up'", returns, unit=unit, intervals=intervals)
        params = {"event": event} if event else {}
        data = ask(client, "/retention", born_event="Sign Up", unit=unit, interval_count=intervals, **params)
        assert list(data) == sorted(data)
        assert answered(data) == expected

    @pytest.mark.parametrize(("unit", "intervals"), [("day", 7), ("week", 4), ("month", 1)])
    @pytest.mark.sampled(1)
    def test_recurring(
        self, client: httpx.Client, database: duckdb.DuckDBPyConnection, unit: str, intervals: int
    ) -> None:
        bought = "name = 'Purchase'"
        expected = computed(database, bought, bought, unit=unit, intervals=intervals, once=False)
        data = ask(
            client,
            "/retention",
            retention_type="compounded",
            event="Purchase",
            unit=unit,
            interval_count=intervals,
        )
        assert answered(data) == expected

    def test_unbounded_retention_counts_returns_in_earlier_intervals(
        self, client: httpx.Client, database: duckdb.DuckDBPyConnection
    ) -> None:
        expected = computed(
            database, "name = 'Sign Up'", "name = 'Purchase'", unit="week", intervals=3, unbounded=True
        )
        data = ask(
            client,
            "/retention",
            born_event="Sign Up",
            event="Purchase",
            unit="week",
            interval_count=3,
            unbounded_retention="true",
        )
        assert answered(data) == expected

    def test_conditions_of_either_event(
        self, client: httpx.Client, database: duckdb.DuckDBPyConnection
    ) -> None:
        born = "name = 'Search' and properties->>'$.query' = 'mug'"
        returns = "name = 'Purchase' and cast(properties->>'$.revenue' as double) > 50"
        expected = computed(database, born, returns, unit="month", intervals=2)
        data = ask(
            client,
            "/retention",
            born_event="Search",
            born_where='properties["query"] == "mug"',
            event="Purchase",
            where='properties["revenue"] > 50',
            unit="month",
            interval_count=2,
        )
        assert answered(data) == expected

    def test_first_is_first_of_all_and_not_of_the_range(
        self, client: httpx.Client, database: duckdb.DuckDBPyConnection
    ) -> None:
        bought = "name = 'Purchase'"
        expected = computed(database, bought, "true", unit="month", intervals=1, first="2024-03-01")
        data = ask(client, "/retention", born_event="Purchase", unit="month", from_date="2024-03-01")
        assert answered(data) == expected

    def test_returns_after_the_range_count(self, client: httpx.Client) -> None:
        params = {"born_event": "Sign Up", "interval_count": 9}
        everything = ask(client, "/retention", **params)
        for last in ("2024-01-01", "2024-01-07"):
            some = ask(client, "/retention", to_date=last, **params)
            assert some == {date: everything[date] for date in some}
            assert some[last]["counts"][9] > 0

    def test_an_interval_of_several_units_is_that_of_the_groups_too(
        self, client: httpx.Client, database: duckdb.DuckDBPyConnection
    ) -> None:
        weekly = computed(database, "name = 'Sign Up'", "true", unit="week", intervals=2)
        data = ask(client, "/retention", born_event="Sign Up", unit="day", interval=7, interval_count=2)
        # 2024-01-01 is a Monday.
        assert answered(data) == weekly

    def test_segments_are_those_of_the_returning_events(
        self, client: httpx.Client, database: duckdb.DuckDBPyConnection
    ) -> None:
        params = {"born_event": "Sign Up", "event": "Purchase", "unit": "month", "interval_count": 1}
        data = ask(client, "/retention", on='properties["payment"] == 1', **params)
        assert all(set(segments) == {"false"} for segments in data.values())
        data = ask(client, "/retention", on='properties["gift"]', **params)
        for gift in ("true", "false"):
            returns = f"name = 'Purchase' and properties->>'$.gift' = '{gift}'"
            expected = computed(database, "name = 'Sign Up'", returns, unit="month", intervals=1)
            assert answered({date: segments[gift] for date, segments in data.items()}) == expected


class TestFrequencyAgainstSql:
    @pytest.mark.parametrize(
        ("unit", "addiction_unit", "length"),
        [("day", "hour", 24), ("week", "day", 7), ("week", "hour", 168), ("month", "day", 31)],
    )
    @pytest.mark.sampled(1)
    def test_users_are_counted_by_their_active_hours_or_days(
        self,
        client: httpx.Client,
        database: duckdb.DuckDBPyConnection,
        unit: str,
        addiction_unit: str,
        length: int,
    ) -> None:
        rows = database.execute(
            f"""
            with users as (
                select {calendar(unit)} as period, id,
                       count(distinct date_trunc('{addiction_unit}', make_timestamp(time * 1000000))) as active
                from events where name = 'Page View' group by all)
            select period, n, count(*) from users
            join (select unnest(range(1, {length} + 1)) as n) on active >= n group by all
            """
        ).fetchall()
        expected: dict[str, list[int]] = {}
        for period, number, count in rows:
            expected.setdefault(str(period), [0] * length)[number - 1] = count
        data = ask(
            client,
            "/retention/addiction",
            unit=unit,
            addiction_unit=addiction_unit,
            event="Page View",
        )["data"]
        if unit == "month":
            assert [len(row) for row in data.values()] == [31, 29, 31]
            expected["2024-02-01"] = expected["2024-02-01"][:29]
        assert data == expected

    def test_segments_are_the_largest_first(
        self, client: httpx.Client, database: duckdb.DuckDBPyConnection
    ) -> None:
        rows = database.execute(
            """
            select properties->>'$.plan', count(distinct id) from events
            where time < epoch(timestamp '2024-02-01') group by all order by 2 desc
            """
        ).fetchall()
        params = {
            "unit": "month",
            "addiction_unit": "day",
            "to_date": "2024-01-31",
            "on": 'properties["plan"]',
        }
        data = ask(client, "/retention/addiction", **params)["data"]["2024-01-01"]
        assert [(plan, row[0]) for plan, row in data.items()] == rows
        data = ask(client, "/retention/addiction", limit=1, **params)["data"]["2024-01-01"]
        assert list(data) == [rows[0][0]]


class TestShape:
    @pytest.mark.parametrize("on", ["", 'properties["$os"]'])
    @pytest.mark.sampled(1)
    def test_answers_follow_the_contract(self, client: httpx.Client, on: str) -> None:
        for path, params in {
            "/api/query/retention": {"born_event": "Sign Up", "unit": "month"},
            "/api/query/retention/addiction": {"unit": "month", "addiction_unit": "day"},
        }.items():
            answer = client.get(path, params=EVERYTHING | params | {"on": on})
            assert follows_contract(path, answer)

    def test_retention_through_the_facade(self, sandbox: Sandbox) -> None:
        with facade(sandbox) as client:
            answer = client.retention.query(
                from_date="2024-01-01",
                to_date=datetime.date(2024, 1, 14),
                born_event="Sign Up",
                unit="week",
                interval_count=4,
            )
        assert list(answer) == ["2024-01-01", "2024-01-08"]
        group = answer["2024-01-01"]
        assert isinstance(group, RetentionCohort)
        assert len(group.counts) == 5
        assert 0 < max(group.counts) <= group.first

    def test_retention_defaults_to_one_day_and_the_next(self, client: httpx.Client) -> None:
        data = ask(client, "/retention", born_event="Sign Up")
        assert len(data) == 91
        assert {len(group["counts"]) for group in data.values()} == {2}

    def test_frequency_through_the_facade(self, sandbox: Sandbox) -> None:
        with facade(sandbox) as client:
            answer = client.retention.frequency(
                from_date="2024-01-01", to_date="2024-01-02", unit="day", addiction_unit="hour"
            )
        first = answer.data["2024-01-01"]
        assert isinstance(first, list)
        assert len(first) == 24
        assert first == sorted(first, reverse=True)

    def test_a_period_without_anybody(self, client: httpx.Client) -> None:
        none = {"from_date": "2023-06-01", "to_date": "2023-06-01"}
        data = ask(client, "/retention", born_event="Sign Up", **none)
        assert data == {"2023-06-01": {"counts": [0, 0], "first": 0}}
        data = ask(client, "/retention/addiction", unit="day", addiction_unit="day", **none)
        assert data == {"data": {"2023-06-01": [0]}}
        data = ask(client, "/retention", born_event="Sign Up", on='properties["$os"]', **none)
        assert data == {"2023-06-01": {}}

    @pytest.mark.slow
    def test_the_older_root_answers_the_same(self, client: httpx.Client) -> None:
        params = EVERYTHING | {"born_event": "Sign Up", "unit": "month"}
        assert client.get("/api/2.0/retention/", params=params).json() == ask(client, "/retention", **params)


class TestRefusals:
    @pytest.mark.parametrize(
        ("params", "message"),
        [
            ({}, "born_event is a required parameter"),
            ({"retention_type": "birth"}, "born_event is a required parameter"),
            ({"retention_type": "death"}, "retention_type must be one of: birth, compounded"),
            ({"born_event": "Sign Up", "interval": "91"}, "interval cannot be greater than 90 days"),
            (
                {"born_event": "Sign Up", "interval": "13", "unit": "week"},
                "interval cannot be greater than 90 days",
            ),
            ({"born_event": "Sign Up", "interval_count": "0"}, "interval_count must be at least 1"),
            ({"born_event": "Sign Up", "born_where": "=="}, "born_where is not a valid expression"),
            ({"born_event": "Sign Up", "unbounded_retention": "maybe"}, "unbounded_retention must be true"),
        ],
    )
    def test_retention(self, client: httpx.Client, params: dict[str, str], message: str) -> None:
        answer = client.get("/api/query/retention", params=EVERYTHING | params)
        assert answer.status_code == 400
        assert answer.json()["error"].startswith(message)

    @pytest.mark.parametrize(
        ("params", "message"),
        [
            ({"addiction_unit": "hour"}, "unit is a required parameter"),
            ({"unit": "day"}, "addiction_unit is a required parameter"),
            ({"unit": "day", "addiction_unit": "week"}, "addiction_unit must be one of: hour, day"),
        ],
    )
    def test_frequency(self, client: httpx.Client, params: dict[str, str], message: str) -> None:
        answer = client.get("/api/query/retention/addiction", params=EVERYTHING | params)
        assert answer.status_code == 400
        assert answer.json()["error"] == message


class TestRules:
    """Made-up events, for control over every second."""

    def test_the_beginning_is_not_a_return(self) -> None:
        assert returned([("A", 100)], event="A") == [(1, [0, 0])]
        assert returned([("A", 100), ("A", 101)], event="A") == [(1, [1, 0])]

    def test_intervals_are_counted_from_each_beginning(self) -> None:
        noon = DAY // 2
        assert returned([("A", noon), ("B", noon + DAY - 1)]) == [(1, [1, 0])]
        assert returned([("A", noon), ("B", noon + DAY)]) == [(1, [0, 1])]
        assert returned([("A", noon), ("B", noon + 2 * DAY)]) == [(1, [0, 0])]

    def test_a_user_counts_once_an_interval(self) -> None:
        assert returned([("A", 0), ("B", 10), ("B", 20)]) == [(1, [1, 0])]

    def test_intervals_that_are_still_to_come_are_left_out(self) -> None:
        assert returned([("A", 0)], now=DAY - 1) == [(1, [0])]
        assert returned([("A", 0)], now=DAY) == [(1, [0, 0])]

    def test_frequency_counts_hours_and_not_events(self) -> None:
        events = [event("A", time) for time in (0, 10, 3599, 3600)]
        (period,) = frequencies(events, [0], "day", "hour")
        assert period[""][:3] == [1, 1, 0]

    def test_an_event_without_a_user_counts_nobody(self) -> None:
        events = [{"event": "A", "properties": {"time": 0, "distinct_id": ""}}]
        assert frequencies(events, [0], "day", "hour") == [{}]


def event(name: str, time: int) -> dict[str, Any]:
    return {"event": name, "properties": {"time": time, "distinct_id": "one"}}


def returned(
    events: Sequence[tuple[str, int]], *, event: str = "B", now: float = 100 * DAY
) -> list[tuple[int, list[int]]]:
    question = Retention(
        begins=lambda each: each["event"] == "A",
        returns=lambda each: each["event"] == event,
        first_time=True,
        starts=[0],
        begin=0,
        end=10 * DAY,
        interval=DAY,
        last_interval=1,
    )
    made = [{"event": name, "properties": {"time": time, "distinct_id": 7}} for name, time in events]
    return [(group.size, group.returned) for group in groups(made, question, now)]


def facade(sandbox: Sandbox) -> MixpanelClient:
    return MixpanelClient(sandbox.auth, project_id=sandbox.credentials.project_id, base_url=sandbox.url)

"""Funnels, compared with SQL over the exported events, in Mixpanel's formats and by its rules."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import duckdb
import httpx
import pytest

from mixpanel_export import MixpanelClient
from mixpanel_export.sandbox import Sandbox
from mixpanel_export.sandbox.reports.funnels import OVERALL, Funnel, Step, count_passages
from mixpanel_export.sandbox.saved.funnels import FUNNELS
from mixpanel_export_api.models import FunnelDay, FunnelDaySegments
from tests.sandbox.conftest import EVERYTHING
from tests.sandbox.contract import follows_contract

FIRST, LAST = EVERYTHING["from_date"], EVERYTHING["to_date"]
pytestmark = pytest.mark.slow

DAY = 86_400
HOUR = 3600

# The saved funnels again, in SQL.
STEPS = {
    1001: ["name = 'Sign Up'", "name = 'Add to Cart'", "name = 'Purchase'"],
    1002: ["name = 'Search'", "name = 'Add to Cart'", "name = 'Purchase'"],
    1003: [
        "name = 'Page View' and properties->>'$.page' = '/'",
        "name = 'Page View' and properties->>'$.page' like '%/products/%'",
        "name = 'Add to Cart'",
        "name = 'Purchase' and cast(properties->>'$.revenue' as double) > 100",
    ],
    1004: ["name = 'Purchase'", "name = 'Purchase'"],
    1005: ["name = 'Purchase'", "name = 'Support Ticket' and properties->>'$.subject' <> 'Praise'"],
}


def seconds(day: str) -> int:
    return int(datetime.datetime.fromisoformat(f"{day}T00:00:00+00:00").timestamp())


def computed(
    database: duckdb.DuckDBPyConnection,
    steps: Sequence[str],
    window: int,
    *,
    period: str,
    first: str = FIRST,
    last: str = LAST,
    where: str = "true",
    segment: str = "'all'",
) -> dict[tuple[str, str], list[tuple[int, float | None, float | None]]]:
    """Return users and mean seconds since the last and first step, for each step, by (period, segment)."""
    queries = [
        f"""step0 as (
            select id, {period} as period, min(time) as time0, arg_min({segment}, time) as segment
            from events
            where ({steps[0]}) and ({where}) and time >= {seconds(first)} and time < {seconds(last) + DAY}
            group by all)"""
    ]
    for number, condition in enumerate(steps[1:], start=1):
        # Only a step that repeats the previous one can match the same event again.
        later = ">" if condition == steps[number - 1] else ">="
        queries.append(
            f"""step{number} as (
                select s.*, (
                    select min(e.time) from events as e
                    where e.id = s.id and e.time {later} s.time{number - 1} and e.time <= s.time0 + {window}
                      and ({condition}) and ({where})) as time{number}
                from step{number - 1} as s)"""
        )
    columns = ["count(time0), null, null"] + [
        f"count(time{n}), avg(time{n} - time{n - 1}), avg(time{n} - time0)" for n in range(1, len(steps))
    ]
    rows = database.execute(
        f"with {', '.join(queries)} select period, segment, {', '.join(columns)} "
        f"from step{len(steps) - 1} group by period, segment"
    ).fetchall()
    return {
        (str(row[0])[:10], row[1]): [
            (row[2 + 3 * n], row[3 + 3 * n], row[4 + 3 * n]) for n in range(len(steps))
        ]
        for row in rows
    }


def calendar(unit: str) -> str:
    return f"date_trunc('{unit}', make_timestamp(time * 1000000))::date"


def agree(answered: list[dict[str, Any]], expected: list[tuple[int, float | None, float | None]]) -> None:
    assert [step["count"] for step in answered] == [count for count, _, _ in expected]
    for step, (_, since_last, since_first) in zip(answered, expected, strict=True):
        assert step["avg_time"] == pytest.approx(since_last)
        assert step["avg_time_from_start"] == pytest.approx(since_first)


def ask(client: httpx.Client, **params: Any) -> dict[str, Any]:
    answer = client.get("/api/query/funnels", params=EVERYTHING | params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


class TestAgainstSql:
    @pytest.mark.parametrize("funnel", FUNNELS, ids=lambda funnel: str(funnel.id))
    @pytest.mark.parametrize("unit", ["day", "week", "month"])
    @pytest.mark.sampled(1)
    def test_counts_and_times_of_every_saved_funnel(
        self, client: httpx.Client, database: duckdb.DuckDBPyConnection, funnel: Any, unit: str
    ) -> None:
        window = funnel.length * {"day": DAY, "hour": HOUR}[funnel.length_unit]
        expected = computed(database, STEPS[funnel.id], window, period=calendar(unit))
        answer = ask(client, funnel_id=funnel.id, unit=unit)
        assert list(answer["data"]) == answer["meta"]["dates"]
        assert len(expected) > 2
        for date, day in answer["data"].items():
            if (date, "all") in expected:
                agree(day["steps"], expected[date, "all"])
            else:
                assert day["steps"][0]["count"] == 0

    @pytest.mark.parametrize(
        ("length", "length_unit", "window"),
        [(20, "second", 20), (3, "minute", 180), (1, "hour", HOUR), (1, "day", DAY), (90, "day", 90 * DAY)],
    )
    @pytest.mark.sampled(1)
    def test_conversions_respect_the_window(
        self,
        client: httpx.Client,
        database: duckdb.DuckDBPyConnection,
        length: int,
        length_unit: str,
        window: int,
    ) -> None:
        expected = computed(database, STEPS[1002], window, period=calendar("month"))
        answer = ask(client, funnel_id=1002, unit="month", length=length, length_unit=length_unit)
        for date, day in answer["data"].items():
            agree(day["steps"], expected[date, "all"])

    def test_an_interval_of_days_is_counted_from_the_first_day(
        self, client: httpx.Client, database: duckdb.DuckDBPyConnection
    ) -> None:
        first = {"from_date": "2024-01-03", "to_date": "2024-02-15"}
        period = f"make_date(2024, 1, 3) + ((time - {seconds('2024-01-03')}) // {10 * DAY} * 10)::int"
        expected = computed(
            database, STEPS[1001], 14 * DAY, period=period, first="2024-01-03", last="2024-02-15"
        )
        answer = ask(client, funnel_id=1001, interval=10, **first)
        assert answer["meta"]["dates"] == [
            "2024-01-03", "2024-01-13", "2024-01-23", "2024-02-02", "2024-02-12",
        ]  # fmt: skip
        for date, day in answer["data"].items():
            agree(day["steps"], expected[date, "all"])

    def test_where_selects_the_events_of_every_step(
        self, client: httpx.Client, database: duckdb.DuckDBPyConnection
    ) -> None:
        condition = "properties->>'$.mp_country_code' = 'DE' and time % 2 = 0"
        expected = computed(database, STEPS[1001], 14 * DAY, period=calendar("month"), where=condition)
        where = 'properties["mp_country_code"] == "DE" and properties["time"] % 2 == 0'
        answer = ask(client, funnel_id=1001, unit="month", where=where)
        for date, day in answer["data"].items():
            agree(day["steps"], expected[date, "all"])

    def test_segments_are_those_of_the_entering_event(
        self, client: httpx.Client, database: duckdb.DuckDBPyConnection
    ) -> None:
        # A later search in the same visit has another query, so the choice between them matters.
        segment = "properties->>'$.query'"
        expected = computed(database, STEPS[1002], 2 * HOUR, period=calendar("month"), segment=segment)
        overall = computed(database, STEPS[1002], 2 * HOUR, period=calendar("month"))
        answer = ask(client, funnel_id=1002, unit="month", on='properties["query"]')
        for date, day in answer["data"].items():
            agree(day.pop(OVERALL), overall[date, "all"])
            assert set(day) == {name for period, name in expected if period == date}
            for name, steps in day.items():
                agree(steps, expected[date, name])


class TestShape:
    @pytest.mark.parametrize("on", ["", 'properties["$os"]'])
    @pytest.mark.sampled(1)
    def test_answers_follow_the_contract(self, client: httpx.Client, on: str) -> None:
        assert follows_contract("/api/query/funnels/list", client.get("/api/query/funnels/list"))
        for funnel_id in (1001, 1003):
            params = EVERYTHING | {"funnel_id": str(funnel_id), "unit": "month", "on": on}
            assert follows_contract("/api/query/funnels", client.get("/api/query/funnels", params=params))

    def test_the_list_has_the_saved_funnels(self, sandbox: Sandbox) -> None:
        with facade(sandbox) as client:
            listed = [(funnel.funnel_id, funnel.name) for funnel in client.funnels.list()]
        assert listed[0] == (1001, "Sign up to first purchase")
        assert {funnel_id for funnel_id, _ in listed} == set(STEPS)

    def test_a_day_has_ratios_and_an_analysis(self, client: httpx.Client) -> None:
        for day in ask(client, funnel_id=1003, unit="week")["data"].values():
            counts = [step["count"] for step in day["steps"]]
            assert counts == sorted(counts, reverse=True)
            assert day["steps"][0]["step_conv_ratio"] == 1
            for before, step in pairwise(day["steps"]):
                assert step["step_conv_ratio"] == pytest.approx(step["count"] / before["count"])
                assert step["overall_conv_ratio"] == pytest.approx(step["count"] / counts[0])
            lost = [before - after for before, after in pairwise(counts)]
            worst = day["analysis"]["worst"]
            assert lost[worst - 1] == max(lost)
            assert day["analysis"] == {
                "completion": counts[-1],
                "starting_amount": counts[0],
                "steps": 4,
                "worst": worst,
            }

    def test_a_custom_event_is_named_by_its_id_and_its_label(self, sandbox: Sandbox) -> None:
        with facade(sandbox) as client:
            answer = client.funnels.query(funnel_id=1003, unit="month", from_date=FIRST, to_date=LAST)
        day = answer.data["2024-01-01"]
        assert isinstance(day, FunnelDay)
        large = day.steps[3]
        assert (large.goal, large.event, large.step_label) == (
            "$custom_event:301", "Large order", "Large order",
        )  # fmt: skip
        assert (large.custom_event, large.custom_event_id) == (True, 301)

    def test_nobody_entered(self, client: httpx.Client) -> None:
        none = {"from_date": "2023-06-01", "to_date": "2023-06-01"}
        answer = ask(client, funnel_id=1001, **none)
        assert answer["meta"] == {"dates": ["2023-06-01"]}
        day = answer["data"]["2023-06-01"]
        assert [step["count"] for step in day["steps"]] == [0, 0, 0]
        assert [step["overall_conv_ratio"] for step in day["steps"]] == [1, 0, 0]
        assert day["analysis"] == {"completion": 0, "starting_amount": 0, "steps": 3, "worst": None}

    @pytest.mark.slow
    def test_segments_are_cut_to_the_largest(self, sandbox: Sandbox) -> None:
        by_country = 'properties["mp_country_code"]'
        with facade(sandbox) as client:
            everything, largest = (
                client.funnels.query(
                    funnel_id=1001, from_date=FIRST, to_date=LAST, interval=91, on=by_country, limit=limit
                ).data[FIRST]
                for limit in (None, 3)
            )
        assert isinstance(everything, FunnelDaySegments)
        assert isinstance(largest, FunnelDaySegments)
        names = list(everything)
        assert names[0] == OVERALL
        assert list(largest) == names[:4]
        entered = [everything.to_dict()[name][0]["count"] for name in names]
        assert entered[1:] == sorted(entered[1:], reverse=True)
        assert entered[0] == sum(entered[1:])

    def test_the_profile_can_be_split_by(self, client: httpx.Client) -> None:
        day = ask(client, funnel_id=1001, interval=91, on='user["newsletter"]')["data"]["2024-01-01"]
        assert set(day) == {OVERALL, "true", "false"}

    def test_the_older_root_answers_the_same(self, client: httpx.Client) -> None:
        params = EVERYTHING | {"funnel_id": 1001, "interval": 7}
        assert client.get("/api/2.0/funnels/", params=params).json() == ask(client, **params)


class TestRefusals:
    @pytest.mark.parametrize(
        ("params", "message"),
        [
            ({"funnel_id": ""}, "funnel_id is a required parameter"),
            ({"funnel_id": "7"}, "funnel_id 7 is not a saved funnel"),
            ({"length": "91"}, "length cannot be greater than 90 days"),
            ({"length": "2161", "length_unit": "hour"}, "length cannot be greater than 90 days"),
            ({"length_unit": "week"}, "length_unit must be one of: day, hour, minute, second"),
            ({"unit": "hour"}, "unit must be one of: day, week, month"),
            ({"limit": "10001"}, "limit cannot be greater than 10000"),
            ({"on": "properties["}, "on is not a valid expression"),
            ({"where": "1 and 2"}, "where cannot be evaluated"),
        ],
    )
    def test_invalid_parameters_are_a_400(
        self, client: httpx.Client, params: dict[str, str], message: str
    ) -> None:
        answer = client.get("/api/query/funnels", params=EVERYTHING | {"funnel_id": "1001"} | params)
        assert answer.status_code == 400
        assert answer.json()["error"].startswith(message)


class TestRules:
    """Made-up events, for control over every second."""

    def test_later_steps_must_be_later(self) -> None:
        assert passage([("B", 5), ("A", 10)], ["A", "B"]) == [1, 0]

    def test_the_end_of_the_window_belongs_to_it(self) -> None:
        assert passage([("A", 10), ("B", 110)], ["A", "B"], window=100) == [1, 1]
        assert passage([("A", 10), ("B", 111)], ["A", "B"], window=100) == [1, 0]

    def test_the_window_is_counted_from_the_first_step(self) -> None:
        events = [("A", 0), ("B", 60), ("C", 120)]
        assert passage(events, ["A", "B", "C"], window=100) == [1, 1, 0]

    def test_the_first_entry_of_a_period_counts_and_no_other(self) -> None:
        events = [("A", 0), ("A", 500), ("B", 510)]
        assert passage(events, ["A", "B"], window=100) == [1, 0]
        assert passage(events, ["A", "B"], window=100, starts=(0, 400)) == [2, 1]

    def test_users_who_entered_in_time_may_finish_after_the_range(self) -> None:
        assert passage([("A", 990), ("B", 1050)], ["A", "B"], end=1000) == [1, 1]
        assert passage([("A", 1000), ("B", 1050)], ["A", "B"], end=1000) == [0, 0]

    def test_nobody_enters_before_the_range_in_its_first_week(self) -> None:
        assert passage([("A", 99), ("B", 150)], ["A", "B"], begin=100) == [0, 0]

    def test_events_of_one_second_follow_the_order_of_the_steps(self) -> None:
        assert passage([("C", 9), ("B", 9), ("A", 9)], ["A", "B", "C"]) == [1, 1, 1]

    def test_an_event_completes_one_step_only(self) -> None:
        assert passage([("A", 9)], ["A", "A"]) == [1, 0]
        assert passage([("A", 9), ("A", 9)], ["A", "A"]) == [1, 1]

    def test_other_events_in_between_do_no_harm(self) -> None:
        assert passage([("A", 1), ("X", 2), ("A", 3), ("B", 4)], ["A", "B"]) == [1, 1]

    def test_users_go_through_a_funnel_alone(self) -> None:
        events = [event("A", 1, "one"), event("B", 2, "two")]
        (period,) = count_passages(events, funnel(["A", "B"]))
        assert period[OVERALL].counts == [1, 0]

    def test_an_event_without_a_user_counts_nobody(self) -> None:
        events = [{"event": "A", "properties": {"time": 1}}]
        (period,) = count_passages(events, funnel(["A", "B"]))
        assert period[OVERALL].counts == [0, 0]


def event(name: str, time: int, user: str = "one") -> dict[str, Any]:
    return {"event": name, "properties": {"time": time, "distinct_id": user}}


def funnel(
    steps: Sequence[str],
    window: int = 1000,
    starts: Sequence[int] = (0,),
    begin: int = 0,
    end: int = 10_000,
) -> Funnel:
    return Funnel([Step(name) for name in steps], window, starts, begin, end)


def passage(events: Sequence[tuple[str, int]], steps: Sequence[str], **question: Any) -> list[int]:
    """Return the counts of all periods together."""
    periods = count_passages([event(*each) for each in events], funnel(steps, **question))
    return [sum(counts) for counts in zip(*(period[OVERALL].counts for period in periods), strict=True)]


def facade(sandbox: Sandbox) -> MixpanelClient:
    return MixpanelClient(sandbox.auth, project_id=sandbox.credentials.project_id, base_url=sandbox.url)

"""Events and properties and their counts, compared with the same queries in SQL."""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Iterator
from typing import Any

import duckdb
import httpx
import pytest

from mixpanel_export import MixpanelClient
from mixpanel_export.sandbox import Sandbox
from tests.sandbox.conftest import EVERYTHING
from tests.sandbox.contract import follows_contract

EVENTS = "/api/query/events"
NAMES = ["Page View", "Add to Cart", "Search", "Purchase", "Sign Up", "Support Ticket"]
RANGE: Any = EVERYTHING
DAY_OF = "strftime(to_timestamp(time) at time zone 'UTC', '%Y-%m-%d')"


@pytest.fixture(scope="module")
def mixpanel(sandbox: Sandbox) -> Iterator[MixpanelClient]:
    project_id = sandbox.credentials.project_id
    with MixpanelClient(sandbox.auth, project_id=project_id, base_url=sandbox.url) as client:
        yield client


def answered(client: httpx.Client, path: str = "", **parameters: object) -> Any:
    sent: Any = parameters
    answer = client.get(EVENTS + path, params=sent)
    assert answer.status_code == 200, answer.text
    assert follows_contract(EVENTS + path, answer)
    return answer.json()


def refusal(client: httpx.Client, path: str = "", **parameters: object) -> str:
    sent: Any = parameters
    answer = client.get(EVENTS + path, params=sent)
    assert answer.status_code == 400
    return str(answer.json()["error"])


def series(database: duckdb.DuckDBPyConnection, query: str) -> dict[str, dict[str, float]]:
    """Return rows of name, date and number, as in the responses."""
    found: dict[str, dict[str, float]] = {}
    for name, date, number in database.execute(query).fetchall():
        found.setdefault(name, {})[date] = number
    return found


@pytest.mark.slow
class TestCounts:
    @pytest.mark.slow
    def test_events_have_a_series_over_the_dates(
        self, mixpanel: MixpanelClient, database: duckdb.DuckDBPyConnection
    ) -> None:
        answer = mixpanel.events.query(event=NAMES[:4], type="general", unit="day", **RANGE)
        counted = f"select name, {DAY_OF} as date, count(*) from events where name in ? group by all"
        expected: dict[str, dict[str, float]] = {}
        for name, date, number in database.execute(counted, [NAMES[:4]]).fetchall():
            expected.setdefault(name, {})[date] = number
        assert answer.data.values.to_dict() == expected
        assert answer.legend_size == 4

    @pytest.mark.parametrize(
        ("type", "number"), [("unique", "count(distinct id)"), ("average", "count(*) / count(distinct id)")]
    )
    def test_users_are_counted_by_the_week(
        self, client: httpx.Client, database: duckdb.DuckDBPyConnection, type: str, number: str
    ) -> None:
        found = answered(client, event='["Purchase"]', type=type, unit="week", **EVERYTHING)
        week = "strftime(date_trunc('week', to_timestamp(time) at time zone 'UTC'), '%Y-%m-%d')"
        expected = series(
            database, f"select name, {week}, {number} from events where name = 'Purchase' group by all"
        )
        assert found["data"]["values"]["Purchase"] == pytest.approx(expected["Purchase"])

    def test_an_interval_ends_with_the_latest_event(self, mixpanel: MixpanelClient) -> None:
        recent = mixpanel.events.query(event=["Search"], type="unique", unit="day", interval=7)
        dated = mixpanel.events.query(
            event=["Search"], type="unique", unit="day", from_date="2024-03-25", to_date="2024-03-31"
        )
        assert recent == dated
        assert len(recent.data.series) == 7

    @pytest.mark.parametrize(
        ("unit", "interval", "first", "last"),
        [
            ("hour", 26, "2024-03-30 22:00:00", "2024-03-31 23:00:00"),
            ("week", 2, "2024-03-18", "2024-03-25"),
            ("month", 4, "2023-12-01", "2024-03-01"),
        ],
    )
    def test_an_interval_is_that_many_units_with_the_current_one(
        self, client: httpx.Client, unit: str, interval: int, first: str, last: str
    ) -> None:
        data = answered(client, event='["Page View"]', type="general", unit=unit, interval=interval)["data"]
        assert (data["series"][0], data["series"][-1], len(data["series"])) == (first, last, interval)

    def test_an_interval_of_hours_leaves_out_the_hours_before(
        self, client: httpx.Client, database: duckdb.DuckDBPyConnection
    ) -> None:
        data = answered(client, event='["Page View"]', type="general", unit="hour", interval=3)["data"]
        [(expected,)] = database.execute(
            """
            select count(*) from events
            where name = 'Page View' and time >= epoch(timestamp '2024-03-31 21:00:00')
            """
        ).fetchall()
        assert sum(data["values"]["Page View"].values()) == expected

    def test_a_table_has_the_events_in_the_order_asked_for(self, client: httpx.Client) -> None:
        params = {"event": '["Sign Up", "Purchase"]', "type": "general", "unit": "month", **EVERYTHING}
        answer = client.get(EVENTS, params={**params, "format": "csv"})
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        header, *lines = csv.reader(io.StringIO(answer.text, newline=""))
        assert header == ["date", "Sign Up", "Purchase"]
        values = answered(client, **params)["data"]["values"]
        assert lines == [
            [date, str(values["Sign Up"][date]), str(values["Purchase"][date])] for date in values["Purchase"]
        ]

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"event": ""}, "event is a required parameter"),
            ({"event": "Purchase"}, "event must be a JSON array of strings"),
            ({"event": "[]"}, "event must have at least one name"),
            ({"type": ""}, "type is a required parameter"),
            ({"unit": ""}, "unit is a required parameter"),
            ({"interval": ""}, "either interval or from_date and to_date is required"),
            ({"interval": "0"}, "interval must be at least 1"),
            ({"from_date": "2024-01-01"}, "interval cannot be used together with from_date and to_date"),
            ({"interval": "", "from_date": "2024-01-01"}, "to_date is a required parameter"),
            ({"unit": "hour"}, "unit cannot be hour when type is unique: users are not counted hourly"),
        ],
    )
    def test_wrong_parameters_are_refused_in_words(
        self, client: httpx.Client, changes: dict[str, str], error: str
    ) -> None:
        good = {"event": '["Purchase"]', "type": "unique", "unit": "day", "interval": "7"}
        assert refusal(client, **(good | changes)) == error


class TestTopEvents:
    @pytest.mark.parametrize(("type", "number"), [("general", "count(*)"), ("unique", "count(distinct id)")])
    def test_the_latest_day_is_compared_with_the_day_before(
        self, client: httpx.Client, database: duckdb.DuckDBPyConnection, type: str, number: str
    ) -> None:
        answer = answered(client, "/top", type=type)
        days = series(database, f"select {DAY_OF}, name, {number} from events group by all")
        today, yesterday = days["2024-03-31"], days["2024-03-30"]
        assert answer["type"] == type
        assert {event["event"]: event["amount"] for event in answer["events"]} == today
        for event in answer["events"]:
            before = yesterday[event["event"]]
            assert event["percent_change"] == pytest.approx((event["amount"] - before) / before)
        amounts = [event["amount"] for event in answer["events"]]
        assert amounts == sorted(amounts, reverse=True)

    def test_a_limit_keeps_the_most_common(self, mixpanel: MixpanelClient) -> None:
        answer = mixpanel.events.top(type="general", limit=2)
        assert [event.event for event in answer.events] == ["Page View", "Add to Cart"]

    def test_names_come_by_frequency(
        self, mixpanel: MixpanelClient, database: duckdb.DuckDBPyConnection
    ) -> None:
        recent = "time >= epoch(timestamp '2024-03-01')"
        expected = database.execute(
            f"select name from events where {recent} group by name order by count(*) desc, name"
        ).fetchall()
        assert mixpanel.events.names(type="general") == [name for (name,) in expected] == NAMES
        assert mixpanel.events.names(type="unique", limit=3) == NAMES[:3]

    def test_a_type_is_required(self, client: httpx.Client) -> None:
        assert refusal(client, "/top") == "type is a required parameter"
        assert refusal(client, "/names") == "type is a required parameter"
        assert refusal(client, "/names", type="total") == "type must be one of: general, unique, average"


class TestProperties:
    def test_property_values_have_a_series(
        self, mixpanel: MixpanelClient, database: duckdb.DuckDBPyConnection
    ) -> None:
        answer = mixpanel.events.properties(
            event="Purchase", name="coupon", type="general", unit="day", **RANGE
        )
        expected = series(
            database,
            f"""
            select properties->>'$.coupon' as coupon, {DAY_OF}, count(*) from events
            where name = 'Purchase' and coupon is not null group by all
            """,
        )
        found = answer.data.values.to_dict()
        assert {name: {d: n for d, n in each.items() if n} for name, each in found.items()} == expected
        assert "undefined" not in found

    def test_values_are_limited_to_those_requested(self, client: httpx.Client) -> None:
        parameters = {"event": "Page View", "name": "$browser", "type": "unique", "unit": "month"}
        everything = answered(client, "/properties", **parameters, **EVERYTHING)["data"]["values"]
        some = answered(
            client, "/properties", **parameters, **EVERYTHING, values=json.dumps(["Safari", "Netscape"])
        )
        assert list(some["data"]["values"]) == ["Safari", "Netscape"]
        assert some["data"]["values"]["Safari"] == everything["Safari"]
        assert set(some["data"]["values"]["Netscape"].values()) == {0}

    def test_a_limit_keeps_the_most_common_values(self, client: httpx.Client) -> None:
        parameters = {"event": "Page View", "name": "mp_country_code", "type": "general", "unit": "month"}
        found = answered(client, "/properties", **parameters, interval=3, limit=2)
        assert list(found["data"]["values"]) == ["US", "DE"]

    def test_the_most_common_properties_are_listed_with_their_counts(
        self, client: httpx.Client, database: duckdb.DuckDBPyConnection
    ) -> None:
        found = answered(client, "/properties/top", event="Purchase", limit=100)
        rows = database.execute(
            """
            select key, count(*) from
                (select unnest(json_keys(properties)) as key, properties from events where name = 'Purchase')
            where json_type(json_extract(properties, '$."' || key || '"')) <> 'NULL' group by key
            """
        ).fetchall()
        expected = dict(rows)
        for name in ("time", "distinct_id", "$insert_id", "mp_processing_time_ms"):
            del expected[name]
        assert {name: each["count"] for name, each in found.items()} == expected
        counts = [each["count"] for each in found.values()]
        assert counts == sorted(counts, reverse=True)
        assert expected["coupon"] < expected["revenue"]

    def test_ten_properties_are_listed_the_senders_own_first(self, mixpanel: MixpanelClient) -> None:
        found = mixpanel.events.properties_top(event="Purchase").to_dict()
        assert len(found) == 10
        assert "revenue" in found

    def test_values_come_by_frequency_and_as_text(
        self, mixpanel: MixpanelClient, database: duckdb.DuckDBPyConnection
    ) -> None:
        found = mixpanel.events.properties_values(event="Search", name="results", limit=5)
        rows = database.execute(
            """
            select properties->>'$.results' as results from events where name = 'Search'
            group by results order by count(*) desc, results limit 5
            """
        ).fetchall()
        assert found == [value for (value,) in rows]
        assert found[0] == "0"

    def test_the_items_of_lists_are_values(self, mixpanel: MixpanelClient) -> None:
        found = mixpanel.events.properties_values(event="Search", name="filters")
        assert set(found) == {"in stock", "gift", "under €20"}

    def test_a_property_nobody_sent_has_no_values(self, mixpanel: MixpanelClient) -> None:
        assert mixpanel.events.properties_values(event="Search", name="nothing") == []

    def test_missing_parameters_are_named(self, client: httpx.Client) -> None:
        assert refusal(client, "/properties/top") == "event is a required parameter"
        assert refusal(client, "/properties/values", event="Search") == "name is a required parameter"
        assert refusal(client, "/properties", event="Search") == "name is a required parameter"


def test_the_calls_of_older_clients_find_the_same(client: httpx.Client) -> None:
    params = {"type": "general", "format": "json"}
    assert client.get("/api/2.0/events/names/", params=params).json() == NAMES


def test_dates_may_reach_up_to_today(client: httpx.Client) -> None:
    today = str(datetime.datetime.now(datetime.UTC).date())
    found = answered(
        client, event='["Purchase"]', type="general", unit="month", from_date="2024-01-01", to_date=today
    )
    assert list(found["data"]["values"]["Purchase"])[-1] == f"{today[:7]}-01"

"""One event over time, split by expressions; every number is computed again in SQL."""

from __future__ import annotations

import csv
import datetime
import io
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, Literal

import duckdb
import httpx
import pytest

from mixpanel_export import InvalidArgumentError, MixpanelClient
from mixpanel_export.sandbox import Sandbox
from tests.sandbox.conftest import EVERYTHING
from tests.sandbox.contract import follows_contract

pytestmark = pytest.mark.slow

Numbers = dict[str, dict[str, float]]
Unit = Literal["minute", "hour", "day", "week", "month"]

QUERY = "/api/query/segmentation"
RANGE: Any = EVERYTHING


@pytest.fixture(scope="module")
def mixpanel(sandbox: Sandbox) -> Iterator[MixpanelClient]:
    project_id = sandbox.credentials.project_id
    with MixpanelClient(sandbox.auth, project_id=project_id, base_url=sandbox.url) as client:
        yield client


def numbers(
    database: duckdb.DuckDBPyConnection,
    event: str,
    *,
    number: str = "count(*)",
    unit: str = "day",
    segment: str | None = None,
    where: str = "true",
) -> Numbers:
    """Return segment, date and number, for dates with a number."""
    form = "%Y-%m-%d %H:%M:%S" if unit in {"minute", "hour"} else "%Y-%m-%d"
    rows = database.execute(
        f"""
        select coalesce({segment or "name"}, 'undefined') as segment,
               strftime(date_trunc('{unit}', to_timestamp(time) at time zone 'UTC'), '{form}') as date,
               {number}
        from events where name = ? and {where} group by all
        """,
        [event],
    ).fetchall()
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for name, date, value in rows:
        found[name][date] = value
    return dict(found)


def nonzero(values: Numbers) -> Numbers:
    return {name: {date: value for date, value in series.items() if value} for name, series in values.items()}


def answered(client: httpx.Client, path: str = "", **parameters: object) -> dict[str, Any]:
    sent: dict[str, Any] = {"event": "Purchase", **EVERYTHING, **parameters}
    answer = client.get(QUERY + path, params=sent)
    assert answer.status_code == 200, answer.text
    assert follows_contract(QUERY + path, answer)
    body: dict[str, Any] = answer.json()
    return body


def refusal(client: httpx.Client, path: str = "", **parameters: object) -> str:
    sent: dict[str, Any] = {"event": "Purchase", **EVERYTHING, **parameters}
    answer = client.get(QUERY + path, params=sent)
    assert answer.status_code == 400
    assert follows_contract(QUERY + path, answer)
    assert answer.json()["status"] == "error"
    return str(answer.json()["error"])


class TestCounts:
    @pytest.mark.parametrize("unit", ["minute", "hour", "day", "week", "month"])
    @pytest.mark.sampled(1)
    def test_occurrences_are_counted_in_every_unit(
        self, mixpanel: MixpanelClient, database: duckdb.DuckDBPyConnection, unit: Unit
    ) -> None:
        answer = mixpanel.segmentation.query(event="Purchase", **RANGE, unit=unit)
        assert nonzero(answer.data.values.to_dict()) == numbers(database, "Purchase", unit=unit)
        assert answer.legend_size == 1

    @pytest.mark.parametrize("unit", ["day", "week", "month"])
    @pytest.mark.sampled(1)
    def test_a_user_is_counted_once_a_period(
        self, mixpanel: MixpanelClient, database: duckdb.DuckDBPyConnection, unit: Unit
    ) -> None:
        answer = mixpanel.segmentation.query(event="Page View", **RANGE, unit=unit, type="unique")
        expected = numbers(database, "Page View", number="count(distinct id)", unit=unit)
        assert nonzero(answer.data.values.to_dict()) == expected

    def test_an_average_is_occurrences_per_user(
        self, mixpanel: MixpanelClient, database: duckdb.DuckDBPyConnection
    ) -> None:
        answer = mixpanel.segmentation.query(
            event="Add to Cart", **RANGE, unit="week", type="average", on='properties["category"]'
        )
        expected = numbers(
            database,
            "Add to Cart",
            number="count(*) / count(distinct id)",
            unit="week",
            segment="properties->>'$.category'",
        )
        found = nonzero(answer.data.values.to_dict())
        assert found.keys() == expected.keys()
        for segment, series in expected.items():
            assert found[segment] == pytest.approx(series)

    def test_an_event_that_was_sent_twice_counts_once(self, client: httpx.Client) -> None:
        params = EVERYTHING | {"event": '["Page View"]'}
        sent = client.get("/api/2.0/export", params=params).content.count(b"\n")
        values = answered(client, event="Page View")["data"]["values"]
        assert 0 < sum(values["Page View"].values()) < sent

    def test_every_date_of_the_range_is_there_in_order(self, client: httpx.Client) -> None:
        span = {"from_date": "2023-12-30", "to_date": "2024-01-02"}
        answer = answered(client, **span)["data"]
        assert answer["series"] == ["2023-12-30", "2023-12-31", "2024-01-01", "2024-01-02"]
        assert list(answer["values"]["Purchase"]) == answer["series"]
        assert answer["values"]["Purchase"]["2023-12-31"] == 0

    def test_a_week_is_labelled_monday_and_counts_requested_days(
        self, client: httpx.Client, database: duckdb.DuckDBPyConnection
    ) -> None:
        span = {"from_date": "2024-01-04", "to_date": "2024-01-09"}
        found = answered(client, **span, unit="week")["data"]["values"]
        where = "time >= epoch(timestamp '2024-01-04') and time < epoch(timestamp '2024-01-10')"
        assert found == numbers(database, "Purchase", unit="week", where=where)
        assert list(found["Purchase"]) == ["2024-01-01", "2024-01-08"]

    def test_an_interval_is_a_number_of_days(
        self, mixpanel: MixpanelClient, database: duckdb.DuckDBPyConnection
    ) -> None:
        answer = mixpanel.segmentation.query(event="Purchase", **RANGE, interval=30, type="unique")
        rows = database.execute(
            """
            select strftime(timestamp '2024-01-01' + to_days(cast(30 * period as integer)), '%Y-%m-%d'), users
            from (select (time - cast(epoch(timestamp '2024-01-01') as bigint)) // (30 * 86400) as period,
                         count(distinct id) as users
                  from events where name = 'Purchase' group by period)
            """
        ).fetchall()
        assert answer.data.values["Purchase"].to_dict() == dict(rows)
        assert answer.data.series == ["2024-01-01", "2024-01-31", "2024-03-01", "2024-03-31"]

    def test_an_event_nobody_did_has_a_series_of_zeros(self, client: httpx.Client) -> None:
        answer = answered(client, event="Teleport", unit="month")
        assert answer["data"]["values"] == {"Teleport": {"2024-01-01": 0, "2024-02-01": 0, "2024-03-01": 0}}

    def test_the_older_root_answers_the_same(self, client: httpx.Client) -> None:
        params = {"event": "Purchase", **EVERYTHING}
        older = client.get("/api/2.0/segmentation/", params=params)
        assert older.json() == client.get(QUERY, params=params).json()


class TestSegments:
    @pytest.mark.parametrize(
        ("event", "on", "sql"),
        [
            ("Page View", 'properties["$browser"]', """properties->>'$."$browser"'"""),
            ("Purchase", 'properties["gift"]', "properties->>'$.gift'"),
            (
                "Add to Cart",
                'properties["price"] * properties["quantity"] > 50',
                "cast((properties->>'$.price')::decimal(12,2) * (properties->>'$.quantity')::int > 50 as text)",
            ),
            (
                "Purchase",
                'floor(properties["revenue"] / 100) * 100',
                "cast(cast(floor((properties->>'$.revenue')::double / 100) * 100 as int) as text)",
            ),
            (
                "Sign Up",
                'number(properties["newsletter"])',
                "case properties->>'$.newsletter' when 'true' then '1' else '0' end",
            ),
            ("Page View", 'properties["nothing"]', "null"),
            ("Page View", 'properties["sku"]', "coalesce(properties->>'$.sku', 'null')"),
        ],
    )
    @pytest.mark.sampled(2)
    def test_on_may_be_any_expression(
        self,
        mixpanel: MixpanelClient,
        database: duckdb.DuckDBPyConnection,
        event: str,
        on: str,
        sql: str,
    ) -> None:
        answer = mixpanel.segmentation.query(event=event, **RANGE, on=on)
        expected = numbers(database, event, segment=sql)
        assert nonzero(answer.data.values.to_dict()) == expected
        assert answer.legend_size == len(expected)

    @pytest.mark.parametrize(("type", "number"), [("general", "count(*)"), ("unique", "count(distinct id)")])
    def test_a_list_counts_for_each_of_its_items(
        self,
        client: httpx.Client,
        database: duckdb.DuckDBPyConnection,
        type: str,
        number: str,
    ) -> None:
        found = answered(client, event="Add to Cart", on='properties["tags"]', unit="month", type=type)
        items = "from_json(properties->'$.tags', '[\"varchar\"]')"
        segment = f"unnest(case when len({items}) = 0 then ['undefined'] else {items} end)"
        rows = database.execute(
            f"""
            select segment, strftime(date_trunc('month', to_timestamp(time) at time zone 'UTC'), '%Y-%m-%d'),
                   {number}
            from (select *, {segment} as segment from events where name = 'Add to Cart') group by all
            """
        ).fetchall()
        expected: Numbers = {}
        for name, date, value in rows:
            expected.setdefault(name, {})[date] = value
        assert {"ceramic", "gift", "undefined"} < expected.keys()
        assert found["data"]["values"] == expected

    def test_the_largest_segments_are_answered_the_largest_first(
        self, client: httpx.Client, database: duckdb.DuckDBPyConnection
    ) -> None:
        everything = numbers(database, "Page View", segment="properties->>'$.mp_country_code'")
        totals = Counter({name: sum(series.values()) for name, series in everything.items()})
        answer = answered(client, event="Page View", on='properties["mp_country_code"]', limit=3)
        assert list(answer["data"]["values"]) == [name for name, _ in totals.most_common(3)]
        assert answer["legend_size"] == 3

    def test_sixty_segments_are_answered_without_a_limit(self, client: httpx.Client) -> None:
        answer = answered(client, on='properties["order_id"]', unit="month")
        assert answer["legend_size"] == len(answer["data"]["values"]) == 60

    def test_where_chooses_the_events(
        self, mixpanel: MixpanelClient, database: duckdb.DuckDBPyConnection
    ) -> None:
        answer = mixpanel.segmentation.query(
            event="Purchase",
            **RANGE,
            where='properties["revenue"] >= 50 and not defined(properties["coupon"])',
            on='properties["$os"]',
        )
        expected = numbers(
            database,
            "Purchase",
            segment="""properties->>'$."$os"'""",
            where="(properties->>'$.revenue')::double >= 50 and properties->>'$.coupon' is null",
        )
        assert nonzero(answer.data.values.to_dict()) == expected

    def test_profiles_can_be_asked_about(self, client: httpx.Client) -> None:
        # Events carry the plan too, so both ways must agree.
        by_profile = answered(client, on='user["plan"]', where='defined(user["$email"])')
        assert by_profile == answered(client, on='properties["plan"]')


class TestCsv:
    def test_a_table_has_a_column_for_dates_and_one_for_each_segment(self, client: httpx.Client) -> None:
        params = {"event": "Add to Cart", **EVERYTHING, "on": 'properties["product"]', "unit": "week"}
        table = client.get(QUERY, params={**params, "format": "csv"})
        assert table.headers["content-type"] == "text/csv; charset=utf-8"
        assert follows_contract(QUERY, table)
        data = client.get(QUERY, params=params).json()["data"]
        header, *lines = csv.reader(io.StringIO(table.text, newline=""))
        assert header == ["date", *data["values"]]
        assert 'Notebook, 5.8" × 8.3"' in header
        assert [line[0] for line in lines] == data["series"]
        for date, *row in lines:
            assert [int(number) for number in row] == [series[date] for series in data["values"].values()]

    def test_names_with_commas_and_quotes_are_quoted(self, client: httpx.Client) -> None:
        params = {"event": "Add to Cart", **EVERYTHING, "on": 'properties["product"]', "format": "csv"}
        assert '"Notebook, 5.8"" × 8.3"""' in client.get(QUERY, params=params).text

    @pytest.mark.parametrize("path", ["/sum", "/average", "/numeric"])
    def test_the_other_series_have_tables_too(self, client: httpx.Client, path: str) -> None:
        params = {"event": "Purchase", **EVERYTHING, "on": 'properties["revenue"]', "format": "csv"}
        answer = client.get(f"/api/2.0/segmentation{path}", params=params)
        assert answer.headers["content-type"].startswith("text/csv")
        lines = list(csv.reader(io.StringIO(answer.text, newline="")))
        assert [line[0] for line in lines[:2]] == ["date", "2024-01-01"]
        assert len(lines) == 1 + 91


class TestNumericRanges:
    def test_segments_are_readable_ranges_that_hold_their_numbers(
        self, mixpanel: MixpanelClient, database: duckdb.DuckDBPyConnection
    ) -> None:
        answer = mixpanel.segmentation.numeric(event="Purchase", **RANGE, on='properties["revenue"] * 100')
        cents = database.execute(
            "select round((properties->>'$.revenue')::double * 100) from events where name = 'Purchase'"
        ).fetchall()
        found = answer.data.values.to_dict()
        assert "0 - 10,000" in found
        assert answer.legend_size == len(found)
        assert 5 <= len(found) <= 10
        for name, series in found.items():
            low, high = (int(end.replace(",", "")) for end in name.split(" - "))
            assert sum(series.values()) == sum(low <= value < high for (value,) in cents)

    @pytest.mark.parametrize("buckets", [1, 3, 25])
    def test_there_are_as_many_as_asked_for_at_most(self, client: httpx.Client, buckets: int) -> None:
        answer = answered(client, "/numeric", on='properties["revenue"]', buckets=buckets)
        assert buckets / 3 <= answer["legend_size"] <= buckets
        total = sum(sum(series.values()) for series in answer["data"]["values"].values())
        assert total == sum(answered(client)["data"]["values"]["Purchase"].values())

    def test_users_are_counted_by_day(
        self, client: httpx.Client, database: duckdb.DuckDBPyConnection
    ) -> None:
        answer = answered(client, "/numeric", event="Search", on='properties["results"]', type="unique")
        assert list(answer["data"]["values"])[:2] == ["0 - 5", "5 - 10"]
        start = "((properties->>'$.results')::int // 5) * 5"
        segment = f"{start} || ' - ' || ({start} + 5)"
        expected = numbers(database, "Search", number="count(distinct id)", segment=segment)
        assert nonzero(answer["data"]["values"]) == expected

    def test_values_that_are_not_numbers_are_in_no_range(self, client: httpx.Client) -> None:
        assert answered(client, "/numeric", on='properties["currency"]')["legend_size"] == 0


class TestSumsAndAverages:
    @pytest.mark.parametrize("unit", ["hour", "day"])
    def test_sums_are_exact(
        self, mixpanel: MixpanelClient, database: duckdb.DuckDBPyConnection, unit: Literal["hour", "day"]
    ) -> None:
        answer = mixpanel.segmentation.sum(
            event="Purchase", **RANGE, on='properties["revenue"]', unit=unit, where='properties["gift"]'
        )
        expected = numbers(
            database,
            "Purchase",
            number="sum((properties->>'$.revenue')::decimal(12, 2))",
            unit=unit,
            where="(properties->>'$.gift')::bool",
        )["Purchase"]
        found = {date: total for date, total in answer.results.to_dict().items() if total}
        assert found == pytest.approx({date: float(total) for date, total in expected.items()}, abs=1e-9)
        assert answer.status == "ok"
        assert answer.computed_at is not None
        assert answer.computed_at.tzinfo == datetime.UTC

    @pytest.mark.parametrize("unit", ["hour", "day"])
    @pytest.mark.sampled(1)
    def test_averages_are_over_the_occurrences(
        self, mixpanel: MixpanelClient, database: duckdb.DuckDBPyConnection, unit: Literal["hour", "day"]
    ) -> None:
        answer = mixpanel.segmentation.average(
            event="Page View", **RANGE, on='properties["load_ms"]', unit=unit
        )
        expected = numbers(
            database, "Page View", number="avg((properties->>'$.load_ms')::double)", unit=unit
        )["Page View"]
        found = answer.results.to_dict()
        assert {date: found[date] for date in expected} == pytest.approx(expected)
        assert not any(found[date] for date in found.keys() - expected.keys())

    def test_values_that_are_not_numbers_count_as_zero(
        self, client: httpx.Client, database: duckdb.DuckDBPyConnection
    ) -> None:
        on = 'properties["rating"]'
        rating = "coalesce((properties->>'$.rating')::double, 0)"
        for path, number in (("/sum", f"sum({rating})"), ("/average", f"avg({rating})")):
            found = answered(client, path, event="Support Ticket", on=on)["results"]
            expected = numbers(database, "Support Ticket", number=number)["Support Ticket"]
            assert {date: found[date] for date in expected} == pytest.approx(expected)
        assert set(answered(client, "/sum", on='properties["currency"]')["results"].values()) == {0}


class TestMultiseg:
    @pytest.mark.parametrize(
        ("type", "number"),
        [
            ("general", "count(*)"),
            ("unique", "count(distinct id)"),
            ("average", "count(*) / count(distinct id)"),
        ],
    )
    @pytest.mark.slow
    def test_every_pair_has_its_series(
        self,
        client: httpx.Client,
        database: duckdb.DuckDBPyConnection,
        type: str,
        number: str,
    ) -> None:
        answer = answered(
            client,
            "/multiseg",
            event="Page View",
            outer='properties["mp_country_code"]',
            inner='properties["$browser"]',
            type=type,
            unit="month",
            where='properties["logged_in"]',
        )
        pairs = numbers(
            database,
            "Page View",
            number=number,
            segment="""(properties->>'$.mp_country_code') || '/' || (properties->>'$."$browser"')""",
            unit="month",
            where="(properties->>'$.logged_in')::bool",
        )
        found = {
            f"{outer}/{inner}": series
            for outer, segments in answer["data"]["values"].items()
            for inner, series in nonzero(segments).items()
        }
        assert found.keys() == pairs.keys()
        for pair, series in pairs.items():
            assert found[pair] == pytest.approx(series)

    def test_a_limit_is_for_the_outer_and_for_the_inner_segments(
        self, mixpanel: MixpanelClient, database: duckdb.DuckDBPyConnection
    ) -> None:
        answer = mixpanel.segmentation.multiseg(
            event="Page View",
            **RANGE,
            outer='properties["mp_country_code"]',
            inner='properties["$browser"]',
            limit=2,
            unit="month",
        )
        values = answer.data.values.to_dict()
        largest = {
            segment: [
                name
                for (name,) in database.execute(
                    f"""
                    select properties->>'$."{segment}"' from events where name = 'Page View'
                    group by all order by count(*) desc limit 2
                    """
                ).fetchall()
            ]
            for segment in ("mp_country_code", "$browser")
        }
        assert list(values) == largest["mp_country_code"]
        assert answer.legend_size == 2
        for segments in values.values():
            assert list(segments) == largest["$browser"]


class TestRefusals:
    @pytest.mark.parametrize(
        ("parameters", "error"),
        [
            ({"event": ""}, "event is a required parameter"),
            ({"from_date": ""}, "from_date is a required parameter"),
            ({"to_date": "2999-01-01"}, "to_date cannot be later than today"),
            ({"unit": "year"}, "unit must be one of: minute, hour, day, week, month"),
            ({"type": "median"}, "type must be one of: general, unique, average"),
            ({"format": "xml"}, "format must be one of: json, csv"),
            ({"limit": "0"}, "limit must be at least 1"),
            ({"interval": "7"}, "interval cannot be used when type is general; use unit"),
            (
                {"interval": "7", "type": "unique", "unit": "week"},
                "interval is a number of days and cannot be used together with unit",
            ),
            (
                {"type": "unique", "unit": "hour"},
                "unit cannot be hour when type is unique: users are not counted hourly",
            ),
            (
                {"type": "average", "unit": "minute"},
                "unit cannot be minute when type is average: users are not counted hourly",
            ),
        ],
    )
    def test_wrong_parameters_are_refused_in_words(
        self, client: httpx.Client, parameters: dict[str, str], error: str
    ) -> None:
        assert refusal(client, **parameters) == error

    @pytest.mark.parametrize("parameter", ["on", "where"])
    def test_an_invalid_expression_names_its_parameter(self, client: httpx.Client, parameter: str) -> None:
        assert refusal(client, **{parameter: 'properties["'}).startswith(f"{parameter} is not a valid")
        assert refusal(client, **{parameter: '"a" and true'}).startswith(f"{parameter} cannot be evaluated")

    @pytest.mark.parametrize("path", ["/numeric", "/sum", "/average"])
    def test_numbers_are_needed_by_hour_or_day(self, client: httpx.Client, path: str) -> None:
        assert refusal(client, path) == "on is a required parameter"
        assert refusal(client, path, on="1", unit="week") == "unit must be one of: hour, day"

    def test_multiseg_requires_outer_and_inner(self, client: httpx.Client) -> None:
        assert refusal(client, "/multiseg", outer="1") == "inner is a required parameter"
        assert refusal(client, "/multiseg", inner="1") == "outer is a required parameter"

    def test_an_answer_of_millions_of_numbers_is_refused(self, client: httpx.Client) -> None:
        assert "1,000,000" in refusal(client, unit="minute", on='properties["order_id"]')
        assert "1,000,000" in refusal(client, unit="minute", from_date="0001-01-01")

    def test_the_client_enforces_the_contract_before_sending(self, mixpanel: MixpanelClient) -> None:
        unit: Any = "year"
        with pytest.raises(InvalidArgumentError, match="unit"):
            mixpanel.segmentation.query(event="Purchase", **RANGE, unit=unit)

"""Saved Insights reports, compared with the same sums in SQL."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import duckdb
import httpx
import pytest

from mixpanel_export import APIError, MixpanelClient
from mixpanel_export.sandbox import Sandbox
from mixpanel_export.sandbox.saved.insights import REPORTS
from tests.sandbox.contract import follows_contract

pytestmark = pytest.mark.slow

INSIGHTS = "/api/query/insights"


@pytest.fixture(scope="module")
def mixpanel(sandbox: Sandbox) -> Iterator[MixpanelClient]:
    project_id = sandbox.credentials.project_id
    with MixpanelClient(sandbox.auth, project_id=project_id, base_url=sandbox.url) as client:
        yield client


def by_moment(database: duckdb.DuckDBPyConnection, number: str, unit: str, where: str) -> dict[str, float]:
    rows = database.execute(
        f"""
        select strftime(date_trunc('{unit}', to_timestamp(time) at time zone 'UTC'), '%Y-%m-%dT%H:%M:%S+00:00'),
               {number}
        from events where {where} group by all
        """
    ).fetchall()
    return {moment: float(value) for moment, value in rows}


@pytest.mark.parametrize("bookmark_id", REPORTS)
def test_every_saved_report_answers_as_the_contract_says(client: httpx.Client, bookmark_id: int) -> None:
    answer = client.get(INSIGHTS, params={"bookmark_id": bookmark_id})
    assert answer.status_code == 200
    assert follows_contract(INSIGHTS, answer)
    body = answer.json()
    assert body["headers"] == ["$event"]
    assert list(body["series"]) == [metric.name for metric in REPORTS[bookmark_id].metrics]
    assert datetime.datetime.fromisoformat(body["computed_at"]).tzinfo == datetime.UTC
    assert all(any(series.values()) for series in body["series"].values())


@pytest.mark.slow
def test_occurrences_are_counted_day_by_day(
    mixpanel: MixpanelClient, database: duckdb.DuckDBPyConnection
) -> None:
    answer = mixpanel.insights.query(bookmark_id=5100001)
    where = "time >= epoch(timestamp '2024-03-02') and name = "
    for event in ("Page View", "Add to Cart", "Purchase"):
        expected = by_moment(database, "count(*)", "day", f"{where} '{event}'")
        assert answer.series[event].to_dict() == expected
    assert not isinstance(answer.date_range, str)
    assert answer.to_dict()["date_range"] == {
        "from_date": "2024-03-02T00:00:00+00:00",
        "to_date": "2024-03-31T23:59:59.999000+00:00",
    }


def test_people_are_counted_once_a_week(
    mixpanel: MixpanelClient, database: duckdb.DuckDBPyConnection
) -> None:
    answer = mixpanel.insights.query(bookmark_id=5100002)
    for event in ("Sign Up", "Purchase"):
        expected = by_moment(database, "count(distinct id)", "week", f"name = '{event}'")
        assert answer.series[event].to_dict() == expected


def test_a_property_is_summed_and_a_filter_applied(
    mixpanel: MixpanelClient, database: duckdb.DuckDBPyConnection
) -> None:
    answer = mixpanel.insights.query(bookmark_id=5100003)
    revenue = "sum((properties->>'$.revenue')::decimal(12, 2))"
    everything = by_moment(database, revenue, "month", "name = 'Purchase'")
    with_coupon = by_moment(
        database, revenue, "month", "name = 'Purchase' and properties->>'$.coupon' is not null"
    )
    assert answer.series["Revenue"].to_dict() == pytest.approx(everything)
    assert answer.series["Revenue with a coupon"].to_dict() == pytest.approx(with_coupon)


def test_the_older_root_answers_too(client: httpx.Client) -> None:
    series = [
        client.get(f"{root}/insights", params={"bookmark_id": "5100003"}).json()["series"]
        for root in ("/api/2.0", "/api/query")
    ]
    assert series[0] == series[1]


def test_an_unknown_report_is_404_and_names_the_saved_ones(mixpanel: MixpanelClient) -> None:
    with pytest.raises(APIError, match="no saved report has bookmark_id 7; known ids are 5100001") as caught:
        mixpanel.insights.query(bookmark_id=7)
    assert caught.value.status == 404


@pytest.mark.parametrize(
    ("bookmark_id", "error"),
    [("", "bookmark_id is a required parameter"), ("last", "bookmark_id must be an integer")],
)
def test_a_report_must_be_named_by_number(client: httpx.Client, bookmark_id: str, error: str) -> None:
    answer = client.get(INSIGHTS, params={"bookmark_id": bookmark_id})
    assert answer.status_code == 400
    assert answer.json()["error"] == error

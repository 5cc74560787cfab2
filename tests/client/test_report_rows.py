"""Rows of reports as nested as servers send them: breakdowns, charts without dates, saved funnels and retention."""

from __future__ import annotations

import datetime
from typing import Any

from mixpanel_export_api.models import FunnelResult, InsightsResult, RetentionResult

DAY = datetime.date(2024, 1, 1)


def insights(series: Any, *headers: str) -> list[dict[str, Any]]:
    result = InsightsResult.from_dict({"series": series, "headers": [*headers]})
    rows = result.to_rows()
    assert len(result.to_pandas()) == len(result.to_polars()) == result.to_arrow().num_rows == len(rows)
    return rows


def values_of(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


def test_each_header_is_a_column_and_totals_are_marked() -> None:
    series = {"Purchase": {"$overall": {"all": 13}, "Social": {"$overall": {"all": 8}, "nike": {"all": 5}}}}
    expected = [
        {"date": None, "event": "Purchase", "channel": "$overall", "brand": "$overall", "value": 13},
        {"date": None, "event": "Purchase", "channel": "Social", "brand": "$overall", "value": 8},
        {"date": None, "event": "Purchase", "channel": "Social", "brand": "nike", "value": 5},
    ]
    for headers in (
        ("$event", "channel", "brand"),
        ("$metric", "channel", "brand"),
        ("channel", "brand"),
    ):
        assert insights(series, *headers) == expected


def test_the_hour_that_occurs_twice_stays_two_rows() -> None:
    result = InsightsResult.from_dict(
        {
            "headers": ["$event"],
            "series": {"A": {"2023-11-05T01:00:00-07:00": 3, "2023-11-05T01:00:00-08:00": 5}},
        }
    )
    dates = [row["date"].isoformat() for row in result.to_rows()]
    assert dates == ["2023-11-05T01:00:00-07:00", "2023-11-05T01:00:00-08:00"]
    for dates in (
        list(result.to_pandas()["date"]),
        result.to_polars()["date"].to_list(),
        result.to_arrow().column("date").to_pylist(),
    ):
        assert dates[1] - dates[0] == datetime.timedelta(hours=1)


def test_reports_without_dates_have_none() -> None:
    assert insights({"A": {"all": 3551}}, "$event") == [{"date": None, "event": "A", "value": 3551}]
    assert insights({"A": 3}) == [{"date": None, "event": "A", "value": 3}]
    assert insights({"A": {"all": None}}, "$event") == [{"date": None, "event": "A", "value": None}]
    # A segment can be called "all", or be a day.
    assert insights({"A": {"all": {"2024-01-01": 1}}}, "$event", "plan") == [
        {"date": DAY, "event": "A", "plan": "all", "value": 1}
    ]
    assert insights({"A": {"2024-01-01": {"all": 1}}}, "$event", "day")[0]["day"] == "2024-01-01"


def test_saved_funnels_are_steps() -> None:
    counts = {"1. A": {"all": 10}, "2. B": {"all": 4}}
    metrics = {"count": counts, "avg_time": {"1. A": {"all": None}, "2. B": {"all": 33.5}}}
    steps: list[dict[str, Any]] = [
        {"date": None, "step": 0, "event": "A", "count": 10, "avg_time": None},
        {"date": None, "step": 1, "event": "B", "count": 4, "avg_time": 33.5},
    ]
    assert insights(metrics, "$funnel") == steps
    assert insights({"Mine": metrics}, "$metric") == [
        {"date": None, "funnel": "Mine", **{name: value for name, value in step.items() if name != "date"}}
        for step in steps
    ]
    by_step = {"1. A": {"$overall": {"all": 10}, "mac": {"all": 6}}}
    by_segment = {"$overall": {"1. A": {"all": 10}}, "mac": {"1. A": {"all": 6}}}
    for tree in (by_step, by_segment):
        rows = insights({"count": tree}, "$funnel", "os")
        assert values_of(rows, "os", "step", "count") == [("$overall", 0, 10), ("mac", 0, 6)]
        assert "segment" in insights({"count": tree}, "$funnel")[0]
    dated = insights({"count": {"1. A": {"2024-01-01": 3, "2024-01-02": 2}}})
    assert values_of(dated, "date", "count") == [(DAY, 3), (datetime.date(2024, 1, 2), 2)]
    # An event can have the name of a metric.
    assert insights({"count": {"all": 3}}) == [{"date": None, "event": "count", "value": 3}]


def test_saved_retention_is_periods() -> None:
    group = {"first": 10, "counts": [10, 4], "rates": [1.0, 0.4]}
    names = ("date", "segment", "period", "count", "rate")
    rows = insights({"R": {"2024-01-01": group, "$average": group}}, "$retention")
    assert values_of(rows, *names) == [
        (DAY, "$overall", 0, 10, 1.0),
        (DAY, "$overall", 1, 4, 0.4),
        (None, "$average", 0, 10, 1.0),
        (None, "$average", 1, 4, 0.4),
    ]
    by_segment = {"R": {"2024-01-01": {"$overall": group, "mac": {"first": 1, "counts": [1, None]}}}}
    assert values_of(insights(by_segment, "$retention", "os"), *names)[2:] == [
        (DAY, "mac", 0, 1, None),
        (DAY, "mac", 1, None, None),
    ]
    segment_first = {"R": {"mac": {"2024-01-01": group, "$average": group}}}
    assert values_of(insights(segment_first), *names)[1:3] == [
        (DAY, "mac", 1, 4, 0.4),
        (None, "mac", 0, 10, 1.0),
    ]
    assert values_of(insights({"2024-01-01": group}), "date", "event", "count") == [
        (DAY, None, 10),
        (DAY, None, 4),
    ]


def test_segments_of_funnels_and_retention_are_a_column() -> None:
    step = {"count": 3, "event": "A"}
    funnel = FunnelResult.from_dict({"data": {"2024-01-01": {"$overall": [step], "mac": {"steps": [step]}}}})
    assert values_of(funnel.to_rows(), "date", "segment", "count") == [(DAY, "$overall", 3), (DAY, "mac", 3)]
    undated = FunnelResult.from_dict({"data": {"$overall": {"steps": [step]}}})
    assert values_of(undated.to_rows(), "date", "segment", "count") == [(None, "$overall", 3)]
    group = {"counts": [3.0, None], "first": 3, "rates": [1.0, None]}
    retention = RetentionResult.from_dict({"2024-01-01": {"$overall": group}, "2024-01-02": None})
    assert values_of(retention.to_rows(), "segment", "interval", "users", "rate") == [
        ("$overall", 0, 3, 1.0),
        ("$overall", 1, None, None),
    ]

"""Responses as tidy rows and data frames: each number appears once, under its date and segment."""

from __future__ import annotations

import datetime
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mixpanel_export import MixpanelClient, prop
from mixpanel_export.sandbox import Sandbox
from mixpanel_export.tables import rows, to_arrow
from mixpanel_export_api import models

FIRST = datetime.date(2024, 1, 1)
WEEKS: dict[str, Any] = {"from_date": FIRST, "to_date": "2024-01-14"}
PURCHASE: dict[str, Any] = {"event": "Purchase", **WEEKS}


@pytest.fixture(scope="module")
def client() -> Iterator[MixpanelClient]:
    with Sandbox(limits=None) as sandbox:
        options: dict[str, Any] = {"base_url": sandbox.url, "limits": None}
        project = sandbox.credentials.project_id
        with MixpanelClient(sandbox.auth, project_id=project, **options) as client:
            yield client


TABLES: dict[str, tuple[Callable[[MixpanelClient], Any], set[str]]] = {
    "segmentation": (
        lambda c: c.segmentation.query(**PURCHASE, on=prop("$browser"), unit="week"),
        {"date", "segment", "value"},
    ),
    "hours": (lambda c: c.segmentation.query(**PURCHASE, unit="hour"), {"date", "segment", "value"}),
    "numeric": (
        lambda c: c.segmentation.numeric(**PURCHASE, on=prop("revenue")),
        {"date", "segment", "value"},
    ),
    "sum": (lambda c: c.segmentation.sum(**PURCHASE, on=prop("revenue")), {"date", "value"}),
    "average": (lambda c: c.segmentation.average(**PURCHASE, on=prop("revenue")), {"date", "value"}),
    "multiseg": (
        lambda c: c.segmentation.multiseg(**PURCHASE, inner=prop("plan"), outer=prop("$os")),
        {"date", "outer", "inner", "value"},
    ),
    "events": (
        lambda c: c.events.query(event=["Purchase", "Search"], type="general", unit="day", **WEEKS),
        {"date", "segment", "value"},
    ),
    "funnel": (
        lambda c: c.funnels.query(funnel_id=c.funnels.list()[0].funnel_id, unit="week", **WEEKS),
        {"date", "step", "count", "event"},
    ),
    "funnel by segment": (
        lambda c: c.funnels.query(funnel_id=c.funnels.list()[0].funnel_id, on=prop("plan"), **WEEKS),
        {"date", "segment", "step", "count", "event"},
    ),
    "retention": (
        lambda c: c.retention.query(**PURCHASE, retention_type="compounded", unit="week"),
        {"date", "first", "interval", "users"},
    ),
    "retention by segment": (
        lambda c: c.retention.query(**PURCHASE, retention_type="compounded", unit="week", on=prop("plan")),
        {"date", "segment", "first", "interval", "users"},
    ),
    "frequency": (
        lambda c: c.retention.frequency(**PURCHASE, unit="week", addiction_unit="day"),
        {"date", "times", "users"},
    ),
    "insights": (lambda c: c.insights.query(bookmark_id=5100001), {"date", "event", "value"}),
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.sampled(5)
def test_every_report_becomes_a_frame_of_three_libraries(client: MixpanelClient, name: str) -> None:
    call, columns = TABLES[name]
    result = call(client)
    table = result.to_rows()
    assert table
    assert all(columns <= row.keys() for row in table)
    assert all(isinstance(row["date"], datetime.date) for row in table)
    assert next(iter(table[0])) == "date"
    polars, pandas, arrow = result.to_polars(), result.to_pandas(), result.to_arrow()
    assert polars.to_dicts() == [{name: row.get(name) for name in polars.columns} for row in table]
    assert len(pandas) == len(table) == arrow.num_rows
    assert str(pandas["date"].dtype).startswith("datetime64")
    assert str(arrow.schema.field("date").type) in {
        "date32[day]",
        "timestamp[us]",
        "timestamp[us, tz=UTC]",
    }


def test_a_table_holds_every_number_once(client: MixpanelClient) -> None:
    result = client.segmentation.query(**PURCHASE, on=prop("$browser"))
    assert isinstance(result, models.SegmentationResult)
    found = {(str(row["date"]), row["segment"]): row["value"] for row in result.to_rows()}
    assert found == {
        (date, segment): number
        for segment, dates in result.data.values.items()
        for date, number in dates.items()
    }


def test_maps_are_mappings_and_take_dates(client: MixpanelClient) -> None:
    results = client.segmentation.sum(**PURCHASE, on=prop("revenue")).results
    assert results[FIRST] == results["2024-01-01"] == dict(results)["2024-01-01"]
    assert FIRST in results
    assert datetime.date(1999, 1, 1) not in results
    assert results.get("1999-01-01") is None
    assert len(results) == len(list(results)) == 14


def test_times_count_from_one_and_steps_from_zero(client: MixpanelClient) -> None:
    frequency = client.retention.frequency(**PURCHASE, unit="week", addiction_unit="day").to_rows()
    assert [row["times"] for row in frequency[:7]] == list(range(1, 8))
    steps = TABLES["funnel"][0](client).to_rows()
    assert steps[0]["step"] == 0


EMPTY: list[tuple[Any, dict[str, Any], str]] = [
    (
        models.SegmentationResult,
        {"data": {"series": [], "values": {}}, "legend_size": 0},
        "date segment value",
    ),
    (models.SegmentationSumResult, {"results": {}}, "date value"),
    (
        models.MultisegResult,
        {"data": {"series": [], "values": {}}, "legend_size": 0},
        "date outer inner value",
    ),
    (models.InsightsResult, {"series": {}}, "date event value"),
    (models.RetentionResult, {}, "date interval users"),
    (models.FrequencyResult, {"data": {}}, "date times users"),
    (models.FunnelResult, {"meta": {"dates": []}, "data": {}}, "date step"),
]


@pytest.mark.parametrize(("model", "answer", "columns"), EMPTY)
def test_an_empty_response_is_an_empty_table_with_columns(
    model: Any, answer: dict[str, Any], columns: str
) -> None:
    result = model.from_dict(answer)
    assert result.to_rows() == []
    polars, pandas, arrow = result.to_polars(), result.to_pandas(), result.to_arrow()
    assert polars.shape[0] == len(pandas) == arrow.num_rows == 0
    assert polars.columns == [*pandas.columns] == arrow.column_names == columns.split()
    assert str(pandas["date"].dtype).startswith("datetime64")
    assert str(arrow.schema.field("date").type) == "date32[day]"


def test_a_breakdown_puts_segments_and_dates_in_columns() -> None:
    series = {
        "Purchase": {"US": {"2024-01-01": 1, "2024-01-02": 2}, "counts": {"2024-01-01": 3}},
        "Search": {"2024-01-01": 4},
    }
    result = models.InsightsResult.from_dict({"series": series})
    day, next_day = FIRST, datetime.date(2024, 1, 2)
    assert result.to_rows() == [
        {"date": day, "event": "Purchase", "segment": "US", "value": 1},
        {"date": next_day, "event": "Purchase", "segment": "US", "value": 2},
        {"date": day, "event": "Purchase", "segment": "counts", "value": 3},
        {"date": day, "event": "Search", "value": 4},
    ]
    assert result.to_pandas()["segment"].tolist()[:3] == ["US", "US", "counts"]
    assert result.to_arrow().column("segment").to_pylist() == ["US", "US", "counts", None]
    twice = models.InsightsResult.from_dict({"series": {"A": {"US": {"web": {"2024-01-01": 1}}}}})
    (row,) = twice.to_rows()
    assert [*row.values()] == [day, "A", "US", "web", 1]


def test_a_segment_can_have_the_name_of_a_list() -> None:
    group = {"counts": [5, 2], "first": 5}
    retention = models.RetentionResult.from_dict({"2024-01-01": {"counts": group, "other": group}})
    assert [(row["segment"], row["users"]) for row in retention.to_rows()] == [
        ("counts", 5),
        ("counts", 2),
        ("other", 5),
        ("other", 2),
    ]
    step = {"count": 3, "event": "A"}
    funnel = {"meta": {"dates": ["2024-01-01"]}, "data": {"2024-01-01": {"steps": {"steps": [step]}}}}
    assert rows(models.FunnelResult.layout, funnel) == [
        {"date": FIRST, "segment": "steps", "step": 0, "count": 3, "event": "A"}
    ]


def test_an_arrow_table_has_the_columns_of_every_row() -> None:
    assert to_arrow([{"a": 1}, {"a": 2, "b": "x"}]).to_pylist() == [{"a": 1, "b": None}, {"a": 2, "b": "x"}]


def test_a_date_that_is_not_a_date_stays_text() -> None:
    assert rows({"at": [], "keys": ["date"]}, {"whenever": 1}) == [{"date": "whenever", "value": 1}]


@pytest.mark.parametrize("library", ["pandas", "polars", "arrow"])
@pytest.mark.sampled(1)
def test_a_missing_library_names_its_extra(library: str) -> None:
    module = {"arrow": "pyarrow"}.get(library, library)
    code = (
        f"import sys; sys.modules[{module!r}] = None\n"
        "from mixpanel_export import MissingExtraError\n"
        "from mixpanel_export_api.models import SegmentationResult\n"
        'made = SegmentationResult.from_dict({"data": {"series": [], "values": {}}, "legend_size": 0})\n'
        f"try: made.to_{library}()\n"
        "except MissingExtraError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert f"mixpanel-export-sdk[{library}]" in done.stdout

"""`query` and `annotations`: formats, files, charts and errors."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from mixpanel_export.sandbox import Sandbox

from .runner import DAYS, refused, run

WEEK = ["--from", "2024-01-01", "--to", "2024-01-07"]
SERIES = ["query", "segmentation", "query", "--event", "Purchase", *WEEK, "--sandbox"]
GROUPS = {"activity", "cohorts", "events", "funnels", "insights", "jql", "retention", "segmentation"}


def test_help_lists_every_group_of_the_contract() -> None:
    assert {*run("query", "--help").out.split()} >= GROUPS


@pytest.mark.parametrize("format", ["table", "json", "jsonl", "csv"])
def test_rows_are_written_in_every_format(format: str) -> None:
    result = run("query", "funnels", "list", "--sandbox", "--output", format)
    assert (result.returncode, result.err) == (0, "")
    if format == "json":
        names = [funnel["name"] for funnel in json.loads(result.out)]
    elif format == "jsonl":
        names = [json.loads(line)["name"] for line in result.out.splitlines()]
    elif format == "csv":
        names = [row["name"] for row in csv.DictReader(io.StringIO(result.out))]
    else:
        names = [line.split(" | ")[1].strip() for line in result.out.splitlines()[2:]]
    assert names[:2] == ["Sign up to first purchase", "Search to purchase"]


def test_file_name_decides_the_format(tmp_path: Path) -> None:
    result = run(*SERIES, "--output", str(tmp_path / "series.parquet"))
    assert result.returncode == 0, result.err
    assert pq.read_table(tmp_path / "series.parquet").num_rows == 7
    assert [file.name for file in tmp_path.iterdir()] == ["series.parquet"]


def test_empty_report_keeps_its_columns(tmp_path: Path) -> None:
    by_price = ["--on", 'properties["price"]', "--where", 'properties["of no event"] == 1']
    empty = [*SERIES, *by_price, "--output"]
    assert run(*empty, "csv").out == "date,segment,value\n"
    assert run(*empty, "table").out.split("\n")[0].split() == ["date", "|", "segment", "|", "value"]
    assert run(*empty, str(tmp_path / "none.parquet")).returncode == 0
    table = pq.read_table(tmp_path / "none.parquet")
    assert (table.num_rows, table.column_names) == (0, ["date", "segment", "value"])


class TestCharts:
    def test_series_are_drawn_in_the_terminal(self) -> None:
        result = run(*SERIES, "--plot")
        assert result.returncode == 0, result.err
        assert len(result.out.splitlines()) > 10

    def test_series_are_drawn_to_files(self, tmp_path: Path) -> None:
        for suffix, start in ((".png", b"\x89PNG"), (".svg", b"<?xml"), (".html", b"<!")):
            path = tmp_path / f"chart{suffix}"
            result = run(*SERIES, "--plot", str(path))
            assert result.returncode == 0, result.err
            assert path.read_bytes().startswith(start)

    @pytest.mark.parametrize(
        "query",
        [
            ["funnels", "query", "--funnel-id", "1001"],
            ["retention", "query", "--retention-type", "compounded", "--unit", "day"],
        ],
    )
    def test_funnels_and_retention_are_drawn(self, query: list[str]) -> None:
        result = run("query", *query, *WEEK, "--sandbox", "--plot")
        assert result.returncode == 0, result.err
        assert len(result.out.splitlines()) > 3

    def test_list_cannot_be_drawn(self) -> None:
        assert "--plot" in refused("query", "funnels", "list", "--sandbox", "--plot")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--event", "Purchase", "--from", "2024-01-07", "--to", "2024-01-01"], "--from"),
        (["--event", "Purchase", *WEEK, "--unit", "decade"], "--unit"),
        (["--event", "Purchase", *WEEK, "--where", 'properties["a'], "--where"),
        (WEEK, "--event is required"),
    ],
)
def test_wrong_argument_is_refused_before_sending(
    arguments: list[str], expected: str, mixpanel_sandbox: Sandbox
) -> None:
    environ = mixpanel_sandbox.environment
    assert expected in refused("query", "segmentation", "query", *arguments, environ=environ)
    assert len(mixpanel_sandbox.requests) == 0


def test_error_quotes_mixpanel() -> None:
    result = run("query", "funnels", "query", "--funnel-id", "5", *WEEK, "--sandbox")
    assert (result.returncode, result.out) == (1, "")
    assert "funnel_id 5 is not a saved funnel" in result.err


def test_annotations_are_created_updated_and_deleted(mixpanel_sandbox: Sandbox) -> None:
    def call(*arguments: str) -> Any:
        result = run("annotations", *arguments, "--output", "json", environ=mixpanel_sandbox.environment)
        assert result.returncode == 0, result.err
        return json.loads(result.out)

    days = ["--from", "2024-01-20", "--to", "2024-01-21"]
    created = call("create", "--date", "2024-01-20 12:00:00", "--description", "Prices")
    number = str(created["results"]["id"])
    call("update", "--id", number, "--description", "New prices")
    assert call("get", "--id", number)["results"]["description"] == "New prices"
    listed = call("list", *days)["results"]
    assert [annotation["description"] for annotation in listed] == ["New prices"]
    call("delete", "--id", number)
    assert call("list", *days)["results"] == []


def test_the_last_of_several_events_counts_with_a_warning() -> None:
    query = ["query", "segmentation", "query", "--event", "Search", *DAYS, "--sandbox"]
    result = run(*query, "--event", "Purchase")
    assert "warning: --event takes one value and is given 2 times; the last one counts" in result.err
    assert "Purchase" in result.out
    assert "warning" not in run(*query).err


def test_a_first_event_that_nobody_had_is_told() -> None:
    query = ["query", "retention", "query", *DAYS, "--sandbox", "--born-event"]
    assert run(*query, "Sign Up", "--event", "Purchase").err == ""
    result = run(*query, "Sign up")
    assert "warning: --born-event 'Sign up': no events from 2024-01-01 to 2024-01-02" in result.err
    # A name without events is not remembered as one that the project has.
    assert "did you mean 'Sign Up'?" in run(*query, "Sign up").err

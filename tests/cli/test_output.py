"""Tables and charts: widths, numbers, dates, nested values, axes and labels."""

from __future__ import annotations

import datetime
import io
import re
from pathlib import Path
from typing import Any

import pytest

from mixpanel_export.cli.output.charts import Bars, HeatMap, Lines, chart_of
from mixpanel_export.cli.output.grid import flattened, format_grid
from mixpanel_export.cli.output.tables import WRITERS
from mixpanel_export.cli.output.ticks import axis_ticks, number_ticks
from mixpanel_export.cli.output.titles import title_of
from mixpanel_export.errors import InvalidArgumentError, MixpanelError
from mixpanel_export.sandbox import Sandbox

from .runner import run

MONTH = ["--from", "2024-01-01", "--to", "2024-01-31"]
TWO_EVENTS = [
    "events",
    "query",
    "--event",
    "Purchase",
    "--event",
    "Search",
    "--type",
    "general",
    "--unit",
    "day",
]
DAY = datetime.date(2024, 1, 1)


def grid(rows: list[dict[str, object]], width: int | None = None) -> tuple[list[str], str | None]:
    text, note = format_grid([*dict.fromkeys(name for row in rows for name in row)], rows, width)
    return text.splitlines(), note


def test_numbers_have_four_digits_and_align_at_the_point() -> None:
    rows: list[dict[str, object]] = [
        {"value": value} for value in (401.5, 822.7900000000001, 12, 169074.818, 0.73333333)
    ]
    lines, _ = grid(rows)
    assert [line.strip() for line in lines[2:]] == ["401.5", "822.8", "12", "169075", "0.7333"]
    assert len({line.index(".") for line in lines[2:] if "." in line}) == 1


def test_dates_are_whole_at_any_width() -> None:
    rows: list[dict[str, object]] = [{"date": DAY, "event": "x" * 90, "other": "y" * 90}]
    for width in (40, 80, 110, 160):
        lines, note = grid(rows, width)
        assert "2024-01-01" in lines[2]
        assert max(map(len, lines)) <= width
        assert note is not None
        assert "fit the width" in note


def test_columns_that_do_not_fit_are_named() -> None:
    lines, note = grid([{name: name * 10 for name in "abcdefghij"}], 60)
    assert lines[0].split() == ["a", "|", "b", "|", "c", "|", "d"]
    assert note is not None
    assert note.startswith("6 columns left out (e, f, g, h, i, …)")


def test_wide_characters_keep_columns_aligned() -> None:
    lines, _ = grid([{"city": "東京", "n": 1}, {"city": "Berlin", "n": 22}])
    assert lines[2] == " 東京   |  1"
    assert lines[3] == " Berlin | 22"


def test_control_characters_do_not_break_a_table() -> None:
    lines, _ = grid([{"name": "a\nb\x1b[31m"}])
    assert lines[2] == r" a\nb\u001b[31m"


def test_nested_values_become_columns() -> None:
    rows = flattened([{"id": 1, "user": {"id": 7, "name": "Ada"}, "tags": [{"name": "a"}, {"name": "b"}]}])
    assert [*rows[0]] == ["id", "user.id", "name", "tags"]
    assert "a, b" in grid(rows)[0][2]


def test_infinite_numbers_are_never_written_as_json() -> None:
    """JSON has none; one comes of a number too large for a double. A table shows it."""
    rows: list[dict[str, object]] = [{"big": [float("inf")]}]
    for format in ("json", "jsonl"):
        file = io.BytesIO()
        with pytest.raises(MixpanelError, match="too large for a double"):
            WRITERS[format](rows, file)
        assert file.getvalue() == b""
    assert grid(rows)[0][2] == " inf"


def test_empty_table_says_so() -> None:
    result = run("query", "activity", "stream", "--distinct-ids", "nobody", *MONTH, "--sandbox")
    assert (result.returncode, result.out, result.err) == (0, "", "no rows\n")


@pytest.mark.parametrize(("columns", "most"), [("80", 80), ("0", 100), ("9" * 20, 1000)])
def test_chart_fits_the_terminal(mixpanel_sandbox: Sandbox, columns: str, most: int) -> None:
    environ = {**mixpanel_sandbox.environment, "COLUMNS": columns}
    result = run("query", *TWO_EVENTS, *MONTH, "--plot", environ=environ)
    assert 40 < max(map(len, result.out.splitlines())) <= most


@pytest.mark.slow
@pytest.mark.parametrize("width", [80, 110, 160])
def test_everything_fits_the_terminal(mixpanel_sandbox: Sandbox, width: int) -> None:
    environ = {**mixpanel_sandbox.environment, "COLUMNS": str(width)}
    retention = ["retention", "query", "--born-event", "Sign Up", "--interval-count", "30", *MONTH, "--plot"]
    for query in (
        ["profiles", "query"],
        ["schemas", "list"],
        ["segmentation", "query", "--event", "Purchase", *MONTH, "--plot"],
        [*TWO_EVENTS, *MONTH, "--plot"],
        ["funnels", "query", "--funnel-id", "1001", *MONTH, "--plot"],
        retention,
    ):
        result = run("query", *query, environ=environ)
        assert result.returncode == 0, result.err
        assert max(map(len, result.out.splitlines())) <= width, query


def test_titles_name_the_event_and_the_range() -> None:
    days: dict[str, Any] = {"from_date": "2024-01-01", "to_date": "2024-01-31"}
    plan = 'properties["plan"]'
    for operation, arguments, title in (
        ("segmentation.query", {"event": "Purchase"}, "Purchase"),
        ("segmentation.query", {"event": "Purchase", "on": plan}, "Purchase by plan"),
        (
            "segmentation.sum",
            {"event": "Purchase", "on": 'properties["revenue"]'},
            "Sum of revenue: Purchase",
        ),
        ("events.query", {"event": ("A", "B")}, "A, B"),
        ("retention.query", {"born_event": "Sign Up"}, "Retention: Sign Up"),
        ("retention.frequency", {}, "Frequency: all events"),
        ("funnels.query", {"funnel_id": 7}, "Funnel 7"),
    ):
        assert title_of(operation, {**arguments, **days}) == f"{title}, 2024-01-01 to 2024-01-31"


class TestCharts:
    def test_kind_follows_from_the_response(self, mixpanel_sandbox: Sandbox) -> None:
        days: dict[str, Any] = {"from_date": "2024-01-01", "to_date": "2024-01-14"}
        with mixpanel_sandbox.client() as client:
            series = chart_of(client.segmentation.query(event="Purchase", **days), "t")
            funnel = chart_of(client.funnels.query(funnel_id=1001, **days), "t")
            retention = chart_of(client.retention.query(born_event="Sign Up", interval_count=3, **days), "t")
            with pytest.raises(InvalidArgumentError, match="expected a query for a series"):
                chart_of(client.cohorts.list(), "t")
        assert isinstance(series, Lines)
        assert series.x[0] == DAY
        assert isinstance(funnel, Bars)
        assert funnel.labels == ["1. Sign Up", "2. Add to Cart", "3. Purchase"]
        assert re.fullmatch(r"\d+ \(\d+%\)", funnel.note("", 2))
        assert isinstance(retention, HeatMap)
        assert (retention.rows[0], len(retention.rows), retention.columns) == (
            "2024-01-01",
            14,
            ["0", "1", "2", "3"],
        )

    def test_counts_have_whole_ticks_and_dates_stand_at_days(self) -> None:
        assert number_ticks(0, 3, 5, integers=True) == [0, 1, 2, 3]
        assert number_ticks(0, 42, 5, integers=True) == [0, 10, 20, 30, 40, 50]
        week = [DAY + datetime.timedelta(days=offset) for offset in range(7)]
        assert [label for _, label in axis_ticks(week, 8)] == [f"Jan {day}" for day in range(1, 8)]
        years = [DAY, datetime.date(2029, 6, 1)]
        assert [label for _, label in axis_ticks(years, 8)] == [
            "2024",
            "2025",
            "2026",
            "2027",
            "2028",
            "2029",
        ]
        hours = [datetime.datetime(2024, 1, 1, hour) for hour in range(24)]  # noqa: DTZ001
        assert [label for _, label in axis_ticks(hours, 5)] == ["Jan 1", "06:00", "12:00", "18:00"]

    def test_one_point_is_drawn(self, mixpanel_sandbox: Sandbox, tmp_path: Path) -> None:
        day = ["--from", "2024-01-01", "--to", "2024-01-01", "--plot"]
        for target in ([], [str(tmp_path / "c.html")]):
            query = ["query", "segmentation", "query", "--event", "Purchase", *day, *target]
            assert run(*query, environ=mixpanel_sandbox.environment).returncode == 0

    def test_page_shows_numbers_under_the_pointer(self, mixpanel_sandbox: Sandbox, tmp_path: Path) -> None:
        path = tmp_path / "chart.html"
        query = ["query", "segmentation", "query", "--event", "Purchase", *MONTH, "--plot", str(path)]
        assert run(*query, environ=mixpanel_sandbox.environment).returncode == 0
        page = path.read_text(encoding="utf-8")
        assert "2024-01-20\\nPurchase: 39" in page
        assert "width: 100%" in page
        assert not re.search(r'(src|href)="http|url\(http|@import', page)

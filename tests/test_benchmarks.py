"""The benchmarks' tables, chart and limits; measuring itself is slow, and only tried out."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from benchmarks import run
from benchmarks.instructions import LIMITS, over_limits
from benchmarks.ours import OURS
from benchmarks.report import FREE, LARGE, LIMITED, SLOW, Measurement, Run, costs, ratios, write_chart

MIB = 2**20
SIZES = {"small": 100, "medium": 1_000, LARGE: 10_000, "largest": 100_000}


def measurement(*runs: Run) -> Measurement:
    return Measurement("Python", SIZES, {"curl": "8.1"}, list(runs))


def a_run(
    contender: str,
    seconds: float,
    *,
    cpu: float = 1.0,
    size: str = LARGE,
    condition: str = FREE,
    refused: int = 0,
) -> Run:
    return Run(condition, size, contender, seconds, cpu, 10 * MIB, 1 + refused, refused)


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_ratio_says_how_many_times_as_fast_we_are() -> None:
    measured = measurement(
        a_run("curl", 3.0),
        a_run("floor", 9.0, cpu=2.0),
        a_run("events", 1.5, cpu=2.4),
    )
    head, _, group, row = map(cells, ratios(measured))
    assert head == ["times as fast as", "curl 8.1", "CPU time ÷ floor"]
    assert group[0] == f"**{FREE}**: large"
    assert row == ["`events`", "2.0", "1.20"]


def test_ratios_compare_the_best_runs_of_each_size() -> None:
    measured = measurement(
        a_run("events", 1.0, size="small"),
        a_run("curl", 0.5, size="small"),
        *(a_run("events", seconds) for seconds in (3.0, 1.0)),
        *(a_run("curl", seconds) for seconds in (20.0, 40.0)),
        a_run("events", 50.0, size="largest"),
        a_run("directory", 1.0, size="small"),
    )
    _, _, group, events, directory = map(cells, ratios(measured))
    assert group[0] == f"**{FREE}**: small · large"
    assert events[1] == "0.50 · 20"
    assert directory[1] == "0.50 · –"


def test_each_condition_has_its_own_ratios() -> None:
    measured = measurement(
        *(a_run("curl", 2.0, condition=condition) for condition in (FREE, LIMITED)),
        a_run("events", 1.0),
        a_run("events", 4.0, condition=LIMITED),
    )
    rows = [cells(line) for line in ratios(measured)]
    assert [row[1] for row in rows if row[0] == "`events`"] == ["2.0", "0.50"]


def test_costs_have_seconds_memory_and_requests() -> None:
    measured = measurement(
        a_run("curl", 1.25),
        a_run("events", 0.5, size="largest"),
        a_run("events", 12.4, condition=LIMITED, refused=2),
        a_run("events", 3.0, condition=SLOW),
    )
    head, _, curl, events = map(cells, costs(measured))
    assert head[1:3] == ["large: 10,000 events", "largest: 100,000 events"]
    assert curl == ["curl", "1.2 s, 10 MiB", "", "", ""]
    assert events == ["`events`", "", "0.50 s, 10 MiB", "12 s, 3 requests, 2 refused", "3.0 s, 1 request"]


def test_a_measurement_reads_back_as_it_was_written(tmp_path: Path) -> None:
    measured = measurement(a_run("events", 1.0), a_run("curl", 2.0))
    measured.write(tmp_path / "measured.json")
    assert Measurement.read(tmp_path / "measured.json") == measured


def test_the_chart_shows_time_and_memory_to_scale(tmp_path: Path) -> None:
    write_chart(measurement(a_run("mixpanel-utils", 4.0), a_run("events", 1.0)), tmp_path / "chart.svg")
    root = ET.parse(tmp_path / "chart.svg").getroot()
    bars = root.findall("{*}rect")
    assert [int(bar.attrib["width"]) for bar in bars] == [210, 190, 52, 190]
    assert "events() 1.0 s and 10 MiB" in root.attrib["aria-label"]


def test_a_loop_over_its_limit_of_instructions_is_named() -> None:
    at_the_limit = {"floor": 1000.0, **{name: limit * 1000 for name, limit in LIMITS.items()}}
    assert list(over_limits(at_the_limit)) == []
    (sentence,) = over_limits({**at_the_limit, "events": 2000.0})
    assert sentence.startswith("events: 2.000 times the instructions of the floor")


@pytest.mark.slow
def test_every_contender_of_ours_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    size = ("--events", "300", "--size", "large", "--rounds", "1", "--no-limits")
    run.main([*size, "--cache", str(tmp_path)])
    measured = Measurement.read(tmp_path / "measured.json")
    assert set(OURS) <= {entry.contender for entry in measured.runs}
    assert "| `parquet-json` |" in capsys.readouterr().out

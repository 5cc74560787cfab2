"""`events` and `plan`: files, directories, standard output, messages and exit codes."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from attrs import evolve

from mixpanel_export import Progress
from mixpanel_export.cli.progress import ExportDescriber
from mixpanel_export.sandbox import Sandbox

from .runner import DAYS, EVENTS, Result, refused, run

FIRST, SECOND = (f"events_2024-01-0{day}_2024-01-0{day}.jsonl.gz" for day in (1, 2))


def lines(text: bytes) -> list[bytes]:
    return text.split(b"\n")[:-1]


def names(directory: Path) -> list[str]:
    return sorted(file.name for file in directory.iterdir())


class TestDirectory:
    def test_gets_gzip_files_and_a_manifest(self, tmp_path: Path) -> None:
        result = run(*EVENTS, str(tmp_path / "out"))
        assert (result.returncode, result.out) == (0, ""), result.err
        assert names(tmp_path / "out") == [FIRST, SECOND, "manifest.json"]
        events = [
            json.loads(line)
            for name in (FIRST, SECOND)
            for line in lines(gzip.decompress((tmp_path / "out" / name).read_bytes()))
        ]
        assert f"{len(events):,} events, 2 files" in result.err
        assert "2 slices fetched, 0 already complete" in result.err

    def test_second_run_fetches_nothing(self, tmp_path: Path) -> None:
        run(*EVENTS, str(tmp_path))
        result = run(*EVENTS, str(tmp_path), "--verify")
        assert result.returncode == 0, result.err
        assert "0 slices fetched, 2 already complete" in result.err

    def test_columns_can_be_fixed_excluded_and_named(self, tmp_path: Path) -> None:
        with Sandbox() as sandbox, sandbox.client() as client:
            columns = client.export.columns("2024-01-01", "2024-01-02", column_names="safe", lexicon=False)
        columns.save(tmp_path / "columns.json")
        options = ("--format", "parquet", "--columns", str(tmp_path / "columns.json"), "--exclude", "$city")
        for output in ("out", "events.parquet"):
            result = run(*EVENTS, str(tmp_path / output), *options)
            assert result.returncode == 0, result.err
        files = [*(tmp_path / "out").glob("*.parquet"), tmp_path / "events.parquet"]
        expected = columns.without(["$city"]).arrow_schema().names
        assert {tuple(pq.read_schema(file).names) for file in files} == {tuple(expected)}
        safe = run(*EVENTS, str(tmp_path / "safe.parquet"), "--column-names", "safe")
        assert safe.returncode == 0, safe.err
        assert "browser" in pq.read_schema(tmp_path / "safe.parquet").names
        assert "--columns" in refused(*EVENTS, str(tmp_path / "lines.jsonl"), *options[2:])
        missing = refused(*EVENTS, str(tmp_path / "e.parquet"), "--columns", "missing.json")
        assert missing.startswith("error: --columns: cannot be read: no such file")

    def test_other_query_needs_overwrite(self, tmp_path: Path) -> None:
        run(*EVENTS, str(tmp_path))
        other = [*EVENTS, str(tmp_path), "--event", "Purchase"]
        message = refused(*other)
        assert "--event is not set there" in message
        assert "--overwrite" in message
        result = run(*other, "--overwrite", "--slice-days", "2")
        assert result.returncode == 0, result.err
        assert names(tmp_path) == ["events_2024-01-01_2024-01-02.jsonl.gz", "manifest.json"]

    def test_other_range_needs_overwrite(self, tmp_path: Path) -> None:
        assert run(*EVENTS, str(tmp_path)).returncode == 0
        longer = ["events", "--from", "2024-01-01", "--to", "2024-01-03", "--sandbox"]
        message = refused(*longer, "--output", str(tmp_path))
        assert "--to is 2024-01-02 there, and 2024-01-03 here" in message
        assert "--overwrite" in message

    def test_since_last_extends_an_export(self, tmp_path: Path) -> None:
        command = ["events", "--since-last", "--sandbox", "--output", str(tmp_path)]
        assert "--from" in refused(*command)
        first = run(*command, *DAYS, "--event", "Purchase", "--slice-days", "1")
        assert first.returncode == 0, first.err
        result = run(*command, "--to", "2024-01-04", "--look-back", "1")
        assert "2 slices fetched, 1 already complete" in result.err
        assert (tmp_path / "events_2024-01-02_2024-01-02_r2.jsonl.gz").exists()

    def test_damaged_and_unknown_files_are_reported(self, tmp_path: Path) -> None:
        unknown = "events_2020-01-01_2020-01-01.jsonl.gz"
        run(*EVENTS, str(tmp_path))
        (tmp_path / FIRST).unlink()
        (tmp_path / unknown).touch()
        result = run(*EVENTS, str(tmp_path))
        assert f"{FIRST} is missing; it was fetched again" in result.err
        assert f"{unknown} is not in the manifest" in result.err

    def test_parquet_is_partitioned_by_day(self, tmp_path: Path) -> None:
        arguments = ["--format", "parquet", "--partition-by", "date", "--layout", "json"]
        result = run(*EVENTS, str(tmp_path), *arguments)
        assert result.returncode == 0, result.err
        assert names(tmp_path)[0] == "date=2024-01-01"
        assert pq.read_table(sorted(tmp_path.rglob("*.parquet"))[0]).column_names[-1] == "properties"
        assert run("verify", str(tmp_path)).returncode == 0


class TestFile:
    @pytest.mark.parametrize("format", ["jsonl", "jsonl.gz"])
    def test_name_decides_the_compression(self, tmp_path: Path, format: str) -> None:
        file = tmp_path / f"january.{format}"
        assert run(*EVENTS, str(file)).returncode == 0
        assert (file.read_bytes()[:2] == b"\x1f\x8b") is (format == "jsonl.gz")

    def test_name_decides_the_columnar_format(self, tmp_path: Path) -> None:
        for name in ("events.parquet", "events.csv"):
            result = run(*EVENTS, str(tmp_path / name))
            assert result.returncode == 0, result.err
        with (tmp_path / "events.csv").open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == pq.read_table(tmp_path / "events.parquet").num_rows > 0

    def test_name_with_a_slash_is_a_directory(self, tmp_path: Path) -> None:
        assert run(*EVENTS, f"{tmp_path}/new.jsonl/").returncode == 0
        assert (tmp_path / "new.jsonl" / "manifest.json").exists()


class TestStandardOutput:
    def test_gets_json_lines_of_the_named_events(self) -> None:
        result = run(*EVENTS, "-", "--event", "Sign Up", "--event", "Purchase")
        assert result.returncode == 0
        assert {json.loads(line)["event"] for line in lines(result.stdout)} == {"Sign Up", "Purchase"}
        assert "\x1b" not in result.err

    def test_deduplicate_drops_and_counts_duplicates(self) -> None:
        days = ["events", "--from", "2024-01-01", "--to", "2024-01-06", "--output", "-", "--sandbox"]
        raw, clean = run(*days), run(*days, "--deduplicate")
        kept = lines(clean.stdout)
        dropped = len(lines(raw.stdout)) - len(kept)
        assert dropped > 0
        assert f"{len(kept):,} events, {dropped:,} duplicates left out" in clean.err
        assert set(kept) < set(lines(raw.stdout))

    def test_where_filters_events(self) -> None:
        result = run(*EVENTS, "-", "--where", 'properties["mp_country_code"] == "DE"')
        assert result.returncode == 0, result.err
        countries = {json.loads(line)["properties"]["mp_country_code"] for line in lines(result.stdout)}
        assert countries == {"DE"}

    def test_credentials_come_from_the_environment(self, mixpanel_sandbox: Sandbox) -> None:
        environ = mixpanel_sandbox.credentials.environment(mixpanel_sandbox.url)
        result = run("events", *DAYS, "--output", "-", environ=environ)
        assert result.returncode == 0, result.err
        assert lines(result.stdout)


class TestPlan:
    def plan(self, directory: Path, *options: str) -> Result:
        days = ["--from", "2024-01-01", "--to", "2024-01-06"]
        return run("events", *days, "--output", str(directory), "--sandbox", *options)

    def test_dry_run_prints_requests_and_budget(self, tmp_path: Path) -> None:
        planned = self.plan(tmp_path / "out", "--dry-run", "--slice-days", "4")
        assert planned.returncode == 0, planned.err
        assert planned.out.splitlines() == [
            "Range: 2024-01-01 to 2024-01-06",
            "Done: 0 slices, 0 events, 0 bytes",
            "To fetch: 6 days in 2 requests: the slices are fixed",
            "  2024-01-01 to 2024-01-04",
            "  2024-01-05 to 2024-01-06",
            "Budget: 60 requests an hour, 0 used in the last hour; no waiting",
        ]
        assert not (tmp_path / "out").exists()

    def test_dry_run_counts_what_is_complete(self, tmp_path: Path) -> None:
        self.plan(tmp_path, "--slice-days", "4")
        (tmp_path / "events_2024-01-05_2024-01-06.jsonl.gz").unlink()
        again = self.plan(tmp_path, "--dry-run").out
        assert "Done: 1 slice, " in again
        assert "To fetch: 2 days in 1 to 3 requests: the sizes of other days are known" in again
        update = ["events", "--since-last", "--to", "2024-01-07", "-o", str(tmp_path), "--sandbox"]
        assert "Range: 2024-01-01 to 2024-01-07" in run(*update, "--dry-run").out

    def test_plan_needs_no_output_and_takes_any_format(self) -> None:
        result = run("plan", *DAYS, "--sandbox", "--format", "parquet", "--layout", "json")
        assert result.returncode == 0, result.err
        assert "To fetch" in result.out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["events", "--from", "2024-01-02", "--to", "2024-01-01", "-o", "x", "--sandbox"], "--from: "),
        (["events", "--from", "2024-1-2", "--to", "2024-01-03", "-o", "x", "--sandbox"], "YYYY-MM-DD"),
        ([*EVENTS, "x", "--format", "xml"], "'jsonl', 'jsonl.gz'"),
        ([*EVENTS, "x.xml"], "expected a directory"),
        ([*EVENTS, "x.jsonl", "--format", "jsonl.gz"], "--format: "),
        ([*EVENTS, "-", "--format", "jsonl.gz"], "standard output"),
        (["events", *DAYS, "-o", "x"], "MIXPANEL_SERVICE_ACCOUNT_USERNAME"),
        (["events", *DAYS], "--output is required"),
        (["nonsense"], "nonsense"),
        ([*EVENTS, "-", "--verify"], "--verify requires a directory"),
        (["events", "-o", "e.jsonl", "--sandbox", "--since-last"], "--since-last requires a directory"),
        ([*EVENTS, "d", "--since-last", "--overwrite"], "--overwrite cannot be used with --since-last"),
        ([*EVENTS, "d", "--look-back", "3"], "--look-back requires --since-last"),
        (["events", "-o", "d", "--from", "2024-01-01"], "--to is required unless --since-last is given"),
        (["events", "-o", "d", "--to", "2024-01-01"], "--from is required unless --since-last is given"),
        ([*EVENTS, "d", "--parallel", "0"], "--parallel: "),
        ([*EVENTS, "d", "--slice-days", "0"], "--slice-days: "),
        ([*EVENTS, "d", "--since-last", "--look-back", "-1"], "--look-back: "),
    ],
)
def test_wrong_usage_is_refused_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: Sequence[str], expected: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert expected in refused(*arguments)
    assert names(tmp_path) == []


def test_refused_credentials_exit_with_1(mixpanel_sandbox: Sandbox, tmp_path: Path) -> None:
    environ = {**mixpanel_sandbox.environment, "MIXPANEL_SERVICE_ACCOUNT_SECRET": "a-wrong-secret"}
    result = run("--debug", "events", *DAYS, "--output", str(tmp_path / "e.jsonl"), environ=environ)
    assert result.returncode == 1
    assert "401" in result.err
    assert "Traceback" in result.err
    assert "a-wrong-secret" not in result.err
    assert names(tmp_path) == []


def test_progress_describes_days_and_waits() -> None:
    describe, parts = ExportDescriber().describe, ExportDescriber().parts
    totals = Progress(days=31, days_done=3, events=4567, received=2_000_000, seconds=4.0)
    assert describe(totals, 0.0) == "3 of 31 days, 4,567 events, 2.0 MB received, 500.0 kB/s"
    assert parts(totals) == (0, None)
    known = evolve(totals, remaining=36.0)
    assert describe(known, 1.0).startswith("3 of 31 days, about 35 s left, 4,567 events, ")
    assert parts(known) == (40, 401)
    waiting = evolve(known, waiting=("attempt 2 of 6: connection refused", 4.2))
    assert describe(waiting, 0.0).startswith("attempt 2 of 6 in 4 s: connection refused, 3 of 31 days, ")
    assert describe(waiting, 1.0).startswith("attempt 2 of 6 in 3 s: ")
    assert describe(waiting, 4.0).startswith("3 of 31 days, about 32 s left")


def test_misspelt_event_is_a_warning_with_similar_names(tmp_path: Path) -> None:
    days = ["--from", "2024-01-01", "--to", "2024-01-02", "--sandbox"]
    assert run("query", "events", "names", "--type", "general", "--sandbox").returncode == 0
    result = run("events", *days, "--event", "Purchse", "--output", str(tmp_path / "none.jsonl"))
    assert result.returncode == 0
    assert (
        "--event 'Purchse': no events from 2024-01-01 to 2024-01-02; did you mean 'Purchase'?" in result.err
    )

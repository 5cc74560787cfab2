"""`profiles`: files, standard output, filters and exit codes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from mixpanel_export.sandbox import Sandbox
from mixpanel_export.sandbox.data.sample import sample_data

from .runner import refused, run

SAMPLE = [dict(profile) for profile in sample_data().profiles]


def profiles_in(text: bytes) -> list[object]:
    return [json.loads(line) for line in text.split(b"\n")[:-1]]


def test_directory_gets_one_gzip_file(tmp_path: Path) -> None:
    result = run("profiles", "--output", str(tmp_path / "out"), "--sandbox")
    assert (result.returncode, result.out) == (0, ""), result.err
    (file,) = (tmp_path / "out").iterdir()
    assert file.name == "profiles.jsonl.gz"
    assert profiles_in(gzip.decompress(file.read_bytes())) == SAMPLE
    assert "2,150 profiles, 3 pages fetched" in result.err


def test_standard_output_gets_filtered_profiles() -> None:
    where = 'properties["$country_code"] == "DE"'
    filters = ["--property", "plan", "--property", "$city", "--where", where, "--cohort", "2001"]
    result = run("profiles", "--output", "-", "--sandbox", *filters)
    assert result.returncode == 0, result.err
    found = [json.loads(line) for line in result.out.splitlines()]
    assert 0 < len(found) < 1290
    assert {name for profile in found for name in profile["$properties"]} == {"plan", "$city"}
    assert "\x1b" not in result.err


def test_file_gets_the_named_profiles(tmp_path: Path) -> None:
    wanted = [SAMPLE[7], SAMPLE[1900]]
    filters = [part for profile in wanted for part in ("--distinct-id", profile["$distinct_id"])]
    result = run("profiles", "-o", str(tmp_path / "two.jsonl"), "--sandbox", *filters)
    assert result.returncode == 0, result.err
    assert profiles_in((tmp_path / "two.jsonl").read_bytes()) == wanted


def test_format_decides_the_file_in_a_directory(tmp_path: Path) -> None:
    for options in (["-o", f"{tmp_path}/", "--format", "parquet"], ["-o", str(tmp_path / "profiles.csv")]):
        result = run("profiles", *options, "--sandbox", "--cohort", "2001", "--property", "plan")
        assert (result.returncode, result.out) == (0, ""), result.err
    assert sorted(file.name for file in tmp_path.iterdir()) == ["profiles.csv", "profiles.parquet"]
    lines = (tmp_path / "profiles.csv").read_text().splitlines()
    assert lines[0] == '"distinct_id","plan"'
    parquet: Any = pq
    table = parquet.read_table(tmp_path / "profiles.parquet")
    assert table.column_names == ["distinct_id", "plan"]
    assert table.num_rows == len(lines) - 1 == 1290


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-o", "x.txt", "--sandbox"], "expected a directory"),
        (["-o", "s3://bucket/x", "--sandbox"], "expected a local path"),
        (["-o", "-", "--format", "csv", "--sandbox"], "standard output"),
        (["-o", "x.jsonl", "--format", "jsonl.gz", "--sandbox"], "--format: "),
        (["-o", "-", "--format", "jsonl.gz", "--sandbox"], "standard output"),
        (["-o", "x", "--where", 'properties["a" ==', "--sandbox"], "--where: "),
        (["-o", "x", "--cohort", "many"], "--cohort: "),
        (["-o", "x"], "MIXPANEL_SERVICE_ACCOUNT_USERNAME"),
    ],
)
def test_wrong_usage_is_refused_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], expected: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert expected in refused("profiles", *arguments)
    assert list(tmp_path.iterdir()) == []


def test_refused_credentials_exit_with_1(mixpanel_sandbox: Sandbox, tmp_path: Path) -> None:
    environ = {**mixpanel_sandbox.environment, "MIXPANEL_SERVICE_ACCOUNT_SECRET": "a-wrong-secret"}
    result = run("profiles", "--output", str(tmp_path / "p.jsonl"), environ=environ)
    assert result.returncode == 1
    assert "401" in result.err
    assert list(tmp_path.iterdir()) == []

"""`mixpanel-export profiles` as a process: what it writes, says and returns."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mixpanel_export.sandbox import Fault, Sandbox
from mixpanel_export.sandbox.data.sample import sample_data
from tests.cli.test_events_command import COMMAND, lines, run

SAMPLE = [dict(each) for each in sample_data().profiles]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(limits=None) as server:
        yield server


def test_a_folder_gets_one_complete_file_and_a_summary(tmp_path: Path) -> None:
    done = run("profiles", "--output", str(tmp_path / "out"), "--sandbox")
    assert done.returncode == 0, done.stderr
    (file,) = (tmp_path / "out").iterdir()
    assert file.name == "profiles.jsonl.gz"
    assert [json.loads(line) for line in lines(gzip.decompress(file.read_bytes()))] == SAMPLE
    assert b"2,150 profiles, 3 pages fetched" in done.stderr
    assert done.stdout == b""


def test_standard_output_gets_json_lines_and_nothing_else() -> None:
    where = 'properties["$country_code"] == "DE"'
    wanted = ["--property", "plan", "--property", "$city", "--where", where, "--cohort", "2001"]
    done = run("profiles", "--output", "-", "--sandbox", *wanted)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in lines(done.stdout)]
    assert 0 < len(found) < 1290
    assert {name for each in found for name in each["$properties"]} == {"plan", "$city"}
    assert b"\x1b" not in done.stderr


def test_distinct_ids_and_the_files_name_are_obeyed(tmp_path: Path) -> None:
    wanted = [SAMPLE[7]["$distinct_id"], SAMPLE[1900]["$distinct_id"]]
    named = [part for each in wanted for part in ("--distinct-id", each)]
    done = run("profiles", "-o", str(tmp_path / "two.jsonl"), "--sandbox", *named)
    assert done.returncode == 0, done.stderr
    assert [json.loads(line) for line in lines((tmp_path / "two.jsonl").read_bytes())] == [
        SAMPLE[7],
        SAMPLE[1900],
    ]


def test_what_was_interrupted_goes_on_where_it_stopped(sandbox: Sandbox, tmp_path: Path) -> None:
    environ = sandbox.credentials.environment(sandbox.url)
    arguments = ["profiles", "--output", str(tmp_path / "people.jsonl")]
    sandbox.faults.add(None, Fault.hang(), Fault.hang(), path="/engage")
    process = subprocess.Popen([*COMMAND, *arguments], env=environ, stderr=subprocess.PIPE)
    state = tmp_path / ".people.jsonl.part" / "state.json"
    while not state.exists() or len(sandbox.requests) < 3:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130, said
    assert not (tmp_path / "people.jsonl").exists()
    sandbox.requests.clear()
    sandbox.faults.clear()
    done = run(*arguments, environ=environ)
    assert done.returncode == 0, done.stderr
    assert b"2,150 profiles, 2 pages fetched, 1 found done" in done.stderr
    assert [json.loads(line) for line in lines((tmp_path / "people.jsonl").read_bytes())] == SAMPLE
    assert len(sandbox.requests) == 2
    assert [each.name for each in tmp_path.iterdir()] == ["people.jsonl"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "x.csv", "--sandbox"], "a folder"),
        (["-o", "x.jsonl", "--format", "jsonl.gz", "--sandbox"], "agree"),
        (["-o", "-", "--format", "jsonl.gz", "--sandbox"], "standard output"),
        (["-o", "x", "--where", 'properties["a" ==', "--sandbox"], "where"),
        (["-o", "x", "--cohort", "many"], "--cohort"),
        (["-o", "x"], "MIXPANEL_SERVICE_ACCOUNT_USERNAME"),
    ],
)
def test_wrong_usage_exits_with_2_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("profiles", *arguments)
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
    assert list(tmp_path.iterdir()) == []


def test_a_refusal_exits_with_1(sandbox: Sandbox, tmp_path: Path) -> None:
    environ = sandbox.credentials.environment(sandbox.url)
    environ["MIXPANEL_SERVICE_ACCOUNT_SECRET"] = "a-wrong-secret"
    done = run("profiles", "--output", str(tmp_path / "p.jsonl"), environ=environ)
    assert done.returncode == 1
    assert "401" in done.stderr.decode()
    assert list(tmp_path.iterdir()) == []

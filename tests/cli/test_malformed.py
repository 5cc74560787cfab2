"""`events --on-malformed` and `--allow-unproved`: files, messages and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.export.test_malformed import KINDS, NAMES, names_in, serve
from tests.wire_server import Wire

from .runner import Result, run

BASE = ["events", "--from", "2024-01-01", "--to", "2024-01-03", "--slice-days", "1"]


def export(wire: Wire, *arguments: str) -> Result:
    environment = {
        "MIXPANEL_BASE_URL": wire.url,
        "MIXPANEL_PROJECT_ID": "1",
        "MIXPANEL_SERVICE_ACCOUNT_USERNAME": "tester",
        "MIXPANEL_SERVICE_ACCOUNT_SECRET": "hush-hush",
    }
    return run(*BASE, *arguments, environ=environment)


@pytest.mark.parametrize("name", ["e.jsonl.gz", "e.parquet", "folder"])
def test_quarantine_exits_with_3_and_reports_the_lines(wire: Wire, tmp_path: Path, name: str) -> None:
    serve(wire, KINDS["line break"])
    target = tmp_path / name
    result = export(wire, "-o", str(target), "--on-malformed", "quarantine", "--progress", "json")
    assert result.returncode == 3, result.err
    documents = [json.loads(line) for line in result.err.splitlines()]
    (summary,) = (document for document in documents if document["type"] == "summary")
    assert summary["malformed"] == 2
    assert "2 malformed lines set aside" in summary["message"]
    (bad,) = tmp_path.rglob("*.malformed.jsonl")
    assert bad.read_bytes() == KINDS["line break"]
    files = sorted(target.glob("events_*.gz")) if target.is_dir() else [target]
    assert [event for file in files for event in names_in(file)] == NAMES
    if target.is_dir():
        again = export(wire, "-o", str(target))
        assert (again.returncode, len(wire.requests)) == (3, 3)
        verified = run("verify", str(target))
        assert verified.returncode == 0, verified.err
        assert "Malformed: 2 lines left out" in verified.out


def test_raise_exits_with_1_after_all_other_slices(wire: Wire, tmp_path: Path) -> None:
    serve(wire, KINDS["byte"])
    result = export(wire, "-o", str(tmp_path / "d"))
    assert result.returncode == 1
    assert "line 2 of the slice 2024-01-02 is not an event" in result.message
    assert len(list((tmp_path / "d").glob("events_*"))) == 2
    assert len(wire.requests) == 3
    repaired = export(wire, "-o", str(tmp_path / "d"), "--on-malformed", "replace")
    assert repaired.returncode == 0, repaired.err


def test_stdout_warns_about_lines_left_out(wire: Wire, tmp_path: Path) -> None:
    serve(wire, KINDS["byte"])
    bad = tmp_path / "bad.jsonl"
    result = export(wire, "-o", "-", "--on-malformed", "quarantine", "--malformed-path", str(bad))
    assert result.returncode == 3, result.err
    assert [json.loads(line)["event"] for line in result.stdout.splitlines()] == NAMES
    assert bad.read_bytes() == KINDS["byte"]


def test_an_unproved_response_can_be_allowed(wire: Wire, tmp_path: Path) -> None:
    body = b'{"event":"A","properties":{"time":1}}\n'
    wire.script = lambda connection: connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + body)
    assert export(wire, "-o", str(tmp_path / "e.jsonl"), "--allow-unproved").returncode == 0
    assert (tmp_path / "e.jsonl").read_bytes() == body * 3

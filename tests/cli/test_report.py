"""Messages on standard error: logs, JSON for programs, `--quiet` and `--debug`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mixpanel_export.sandbox import Fault, Sandbox

from .runner import EVENTS, run

STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ "


def test_log_lines_of_an_export_have_a_time_and_no_color(tmp_path: Path) -> None:
    result = run(*EVENTS, str(tmp_path / "out"))
    assert [bool(re.match(STAMP, line)) for line in result.err.splitlines()] == [True]
    assert "\x1b" not in result.err


def test_errors_are_one_line_of_what_and_one_of_what_to_do() -> None:
    wrong = run(*EVENTS, "-", "--slice-days", "0")
    what, hint = wrong.err.splitlines()
    assert what.startswith("error: --slice-days: ")
    assert hint == "hint: see mixpanel-export events --help"
    assert "\x1b" not in wrong.err


def test_warning_is_a_log_line(mixpanel_sandbox: Sandbox) -> None:
    environ = mixpanel_sandbox.credentials.environment(mixpanel_sandbox.url, "project_secret")
    result = run("query", "funnels", "list", environ=environ)
    assert result.returncode == 0
    assert result.err.startswith("warning: Mixpanel retires project secrets on 2027-03-03")


def test_json_progress_ends_with_a_summary(tmp_path: Path) -> None:
    result = run(*EVENTS, str(tmp_path / "out"), "--progress", "json")
    messages = [json.loads(line) for line in result.err.splitlines()]
    assert messages[-1]["type"] == "summary"
    assert messages[-1]["slices_done"] == messages[-1]["slices"] == 2


def test_repeated_attempts_are_reported(mixpanel_sandbox: Sandbox) -> None:
    mixpanel_sandbox.faults.add(Fault.status(503), path="/funnels/list")
    result = run("query", "funnels", "list", environ=mixpanel_sandbox.environment)
    assert re.fullmatch(
        r"funnels\.list: attempt 2 of 6 in 0\.\d s: 503 Service Unavailable", result.err.splitlines()[0]
    )
    mixpanel_sandbox.faults.add(Fault.status(503), path="/funnels/list")
    assert run("query", "funnels", "list", "--quiet", environ=mixpanel_sandbox.environment).err == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--progress", "json", "--debug", *EVENTS, "-", "--where", "("],
        ["--progress", "json", "nonsense"],
        ["events", "--progress", "json"],
    ],
)
def test_json_errors_are_objects(arguments: list[str]) -> None:
    result = run(*arguments)
    (message,) = map(json.loads, result.err.splitlines())
    assert (result.returncode, message["type"], message["exit_code"]) == (2, "error", 2)
    assert "\x1b" not in result.err


def test_quiet_prints_nothing(tmp_path: Path) -> None:
    assert run(*EVENTS, str(tmp_path / "out"), "--quiet") == (0, b"", b"")


def test_traceback_needs_debug() -> None:
    wrong = [*EVENTS, "-", "--where", "("]
    assert "Traceback" not in run(*wrong).err
    assert "Traceback" in run(*wrong, "--debug").err

"""Error messages: options instead of library arguments, and hints for system errors."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

import pytest

from mixpanel_export.cli.errors import format_error
from mixpanel_export.errors import (
    BudgetExhaustedError,
    InvalidArgumentError,
    MissingExtraError,
    MixpanelError,
    NetworkError,
    SliceFailedError,
)
from mixpanel_export.sandbox import Fault, Sandbox

from .runner import DAYS, EVENTS, refused, run

OPTIONS = {"to_date": "--to", "timezone": "--timezone", "layout": "--layout", "overwrite": "--overwrite"}


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (InvalidArgumentError("to_date", "to_date", "x"), "--to: "),
        (InvalidArgumentError("x", 1, "after to_date"), "after --to"),
        (InvalidArgumentError("x", 1, "set timezone= to UTC"), "set --timezone to UTC"),
        (InvalidArgumentError("x", 1, "pass overwrite=True there"), "pass --overwrite there"),
        (InvalidArgumentError("x", 1, "a layout of columns"), "a layout of columns"),
        (InvalidArgumentError("x", "a to_date", "x"), "'a to_date'"),
        (InvalidArgumentError("x", 1, "GET /a?to_date=1"), "/a?to_date=1"),
        (
            BudgetExhaustedError("it frees in 1 h", 3600, "Try again then, or raise Limits(max_wait=…)"),
            "it frees in 1 h. try again then, or raise --max-wait",
        ),
        (
            MissingExtraError("A chart", "plot"),
            "A chart needs packages that are not installed. pip install 'mixpanel-export-sdk[plot]'",
        ),
        (
            OSError(errno.ENOSPC, "No space left on device", "x"),
            "x: no space left on device. free some space",
        ),
    ],
)
def test_error_names_options(error: MixpanelError | OSError, message: str) -> None:
    assert message in str(format_error(error, OPTIONS))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--from", "2024-01-02", "--to", "2024-01-01"], ["--from: ", "--to", "2024-01-02"]),
        (["--from", "2024-1-2", "--to", "2024-01-03"], ["--from: ", "YYYY-MM-DD", "'2024-1-2'"]),
        (["--from", "2024-01-01", "--to", "2999-01-01"], ["--to: ", "--timezone"]),
        (["--from", "2024-01-01"], ["--to is required"]),
        ([*DAYS, "--slice-days", "0"], ["--slice-days: "]),
        ([*DAYS, "--where", 'from_date == "to_date"'], ["--where: ", 'from_date == "to_date"']),
        ([*DAYS, "--event", ""], ["--event: ", "''"]),
        (["--since-last"], ["--from: "]),
        (["--output", "", *DAYS], ["--output: ", "''"]),
        (["--output", "s3:/bucket/prefix", *DAYS], ["--output: a URL has two slashes"]),
    ],
)
def test_events_errors_name_options(tmp_path: Path, arguments: list[str], expected: list[str]) -> None:
    message = refused("events", "--sandbox", "--output", str(tmp_path), *arguments)
    for part in expected:
        assert part in message
    assert "from_date:" not in message


BACKWARDS = ["--from", "2024-01-02", "--to", "2024-01-01"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["profiles", "-o", "-", "--distinct-id", ""], ["--distinct-id: ", "''"]),
        (["profiles", "-o", "-", "--cohort", "0"], ["--cohort: "]),
        (["profiles", "-o", "-", "--cohort", "many"], ["--cohort: "]),
        (["query", "segmentation", "sum", "--event", "A", "--on", "1", *BACKWARDS], ["--from: ", "--to"]),
        (["query", "profiles", "query", "--page", "1"], ["--page: ", "--session-id"]),
        (["query", "profiles", "query", "--behaviors", "{"], ["--behaviors: expected JSON, got '{'"]),
        (["annotations", "create", "--date", "now", "--description", "x"], ["--date: ", "'now'"]),
        (["query", "profiles", "query", "--filter-by-cohort", "5"], ["--filter-by-cohort: "]),
        (["profiles", "-o", ""], ["--output: ", "''"]),
        (["sandbox", "--events", "nowhere"], ["--events: ", "nowhere"]),
    ],
)
def test_other_errors_name_options(arguments: list[str], expected: list[str]) -> None:
    message = refused(*arguments, "--sandbox")
    for part in expected:
        assert part in message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--parallel", "many"], "error: --parallel: expected an integer, got 'many' hint: see"),
        (["--layout", "tall"], "error: --layout: expected 'wide' or 'json', got 'tall' hint: see"),
        (["--region", "uk"], "error: --region: expected one of 'us', 'eu', 'in', got 'uk'"),
        (["--timezone", "Mars"], "error: --timezone: expected an IANA time zone name"),
        (["--form", "x"], "error: no such option --form hint: did you mean --format, --from or --to?"),
    ],
)
def test_wrong_options_are_refused_in_one_voice(tmp_path: Path, arguments: list[str], message: str) -> None:
    assert refused("events", "--sandbox", *DAYS, "-o", str(tmp_path / "x"), *arguments).startswith(message)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["evens"], "error: no such command 'evens' hint: did you mean events?"),
        (["query", "funels", "list"], "error: no such command 'funels' hint: did you mean funnels?"),
        (["query", "zzz"], "error: no such command 'zzz' hint: see mixpanel-export query --help"),
    ],
)
def test_similar_commands_are_suggested(arguments: list[str], message: str) -> None:
    assert refused(*arguments) == message


def test_a_wrong_chart_is_named_as_in_the_help() -> None:
    query = ["query", "segmentation", "query", "--event", "Purchase", *DAYS, "--sandbox"]
    assert refused(*query, "--plot", "chart.gif").startswith("error: CHART: expected a file ending in .png, ")


def test_a_refused_connection_is_reported_in_words() -> None:
    url = "GET https://mixpanel.com/api/query/funnels/list"
    error = NetworkError(
        f"ConnectError: [Errno 111] Connection refused ({url})",
        was_sent=False,
        reason="connection refused",
        request=url,
    )
    assert str(format_error(error, {})).startswith(f"connection refused ({url}). check the network")
    failed = format_error(SliceFailedError("2024-01-01", 3, error), {})
    assert failed.what.endswith(f"the last time: connection refused ({url})")
    assert failed.hint.startswith("check the network")


def test_mixpanels_words_are_kept_but_the_hint_is_not(mixpanel_sandbox: Sandbox) -> None:
    words = {"error": "to_date cannot be later than today, and from_date neither"}
    mixpanel_sandbox.faults.add(Fault.status(400, words), path="/export")
    result = run("events", *DAYS, "--output", "-", environ=mixpanel_sandbox.environment)
    assert result.returncode == 1
    assert "from_date neither" in result.err
    assert "from_date=2024" in result.err
    assert "--timezone" in result.err


def test_system_error_names_the_file() -> None:
    result = run(*EVENTS, "x" * 300)
    assert result.returncode == 1
    assert f"{'x' * 300}: file name too long\nhint: choose another path" in result.err
    assert "Errno" not in result.err


@pytest.mark.skipif(sys.platform == "win32", reason="no directory in use can be removed there")
def test_a_current_directory_that_is_gone_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert run(*EVENTS, "out").message.startswith(
        "error: the current directory no longer exists hint: change to"
    )

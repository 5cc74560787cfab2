"""Terminals: names that would steer them, old and dumb ones, other encodings, readers that go away."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from attrs import frozen

from mixpanel_export import APIError, MixpanelClient, ServiceAccountAuth
from mixpanel_export._text import visible
from mixpanel_export.cli.destinations import data_stream
from mixpanel_export.cli.report import Reporter
from mixpanel_export.progress_bar import ProgressBar
from mixpanel_export.sandbox import Sandbox
from tests.cli.runner import COMMAND, EVENTS, clean_environment, run

NAMES = [
    "red\x1b[31m",
    "bell\x07",
    "c1\x9b31m",
    "bidi\u202egpj.exe",
    "line\nfeed",
    "half\ud800",
    "tab\t",
    "$a$",
]
ESCAPED = [
    r"red\u001b[31m",
    r"bell\u0007",
    r"c1\u009b31m",
    r"bidi\u202egpj.exe",
    r"line\nfeed",
    r"half\ud800",
    r"tab\t",
    "$a$",
]
DAYS = ("--from", "2024-01-01", "--to", "2024-01-01")


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Serve a project whose events have hostile names."""
    file = tmp_path_factory.mktemp("hostile") / "events.jsonl"
    properties = {"time": 1704067200, "distinct_id": "u", "plan": "red\x1b[31m"}
    lines = [
        json.dumps({"event": name, "properties": {**properties, "$insert_id": str(number)}})
        for number, name in enumerate(NAMES)
    ]
    file.write_text("\n".join(lines) + "\n")
    with Sandbox(events=file) as sandbox:
        yield dict(sandbox.credentials.environment(sandbox.url))


def test_all_controls_are_escaped_and_text_is_not() -> None:
    for number in [*range(0x20), *range(0x7F, 0xA0), 0x61C, 0x200E, 0x202E, 0x2066, 0xD800, 0xDFFF, 0x2028]:
        shown = visible(f"a{chr(number)}b")
        assert shown.isascii()
        assert shown.isprintable()
        assert json.loads(f'"{shown}"') == f"a{chr(number)}b"
    for text in [
        "",
        "déjà vu",
        "日本語",
        "\u05e9\u05dc\u05d5\u05dd",
        "\U0001f469\u200d\U0001f4bb",
        "a\\nb",
        "\u00a0",
    ]:
        assert visible(text) == text
    assert visible("a\nb\r", keep="\n") == "a\nb\\r"


def test_tables_escape_names(environ: dict[str, str]) -> None:
    result = run("query", "events", "names", "--type", "general", environ=environ)
    assert sorted(line.strip() for line in result.out.splitlines()[2:]) == sorted(ESCAPED)


def test_data_keeps_names(environ: dict[str, str], tmp_path: Path) -> None:
    names = ("query", "events", "names", "--type", "general", "--output")
    run(*names, str(tmp_path / "names.json"), environ=environ)
    assert sorted(json.loads((tmp_path / "names.json").read_bytes())) == sorted(NAMES)
    for ending in ("csv", "parquet"):
        result = run(*names, str(tmp_path / f"names.{ending}"), environ=environ)
        assert result.returncode == 1
        assert "text that is not valid Unicode" in result.err
    run("events", *DAYS, "--output", str(tmp_path / "events.jsonl"), environ=environ)
    lines = (tmp_path / "events.jsonl").read_bytes().splitlines()
    assert sorted(json.loads(line)["event"] for line in lines) == sorted(NAMES)


def test_charts_escape_names(environ: dict[str, str], tmp_path: Path) -> None:
    query = ("query", "segmentation", "query", "--event", "$a$", *DAYS, "--on", 'properties["plan"]')
    result = run(*query, "--plot", "--output", "table", environ=environ)
    assert result.returncode == 0, result.err
    assert r"red\u001b[31m" in result.out
    assert not any(unicodedata.category(character) == "Cc" for character in result.out.replace("\n", ""))


def test_messages_escape_names(environ: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "out\x1b[31m\u202e.jsonl"
    result = run("events", *DAYS, "--output", str(path), environ=environ)
    assert path.exists()
    assert r"out\u001b[31m\u202e.jsonl" in result.err
    missing = run("verify", str(tmp_path / "gone\x9b"), environ=environ)
    assert r"gone\x9b" in missing.err


def test_errors_escape_what_servers_say() -> None:
    body = {"error": "no\x1b]0;title\x07 \u202eevent\ud800"}
    transport = httpx.MockTransport(lambda _: httpx.Response(400, content=json.dumps(body)))
    with (
        MixpanelClient(ServiceAccountAuth("u", "s"), project_id=1, transport=transport) as client,
        pytest.raises(APIError) as raised,
    ):
        client.cohorts.list()
    assert r"no\u001b]0;title\u0007 \u202eevent\ud800" in str(raised.value)
    assert "\x1b" in raised.value.message


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_charts_need_no_unicode(encoding: str) -> None:
    query = ("query", "segmentation", "query", "--event", "Purchase", "--sandbox", "--plot")
    stdout = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    result = run(*query, "--from", "2024-01-01", "--to", "2024-01-05", stdout=stdout)
    assert result.returncode == 0, result.err
    stdout.seek(0)
    chart = stdout.read()
    assert "***" in chart
    assert "\\u28" not in chart


class _Terminal(io.TextIOWrapper):
    """Standard output that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_data_in_a_terminal_does_nothing_to_it(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON stays the same data; redirected, it is left as it is."""
    event = {"event": "a\x9b31m\u202eb\x1b]0;title\x07\u2028", "properties": {"é": "\u65e5\U0001f600\t"}}
    line = json.dumps(event, ensure_ascii=False).encode() + b"\n"
    terminal = _Terminal(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", terminal)
    stream = data_stream()
    assert sum(stream.write(line[at : at + 3]) for at in range(0, len(line), 3)) == len(line)
    stream.write(b"not UTF-8: \xff\n")
    stream.flush()
    terminal.seek(0)
    shown, other = terminal.read().splitlines()
    assert other == "not UTF-8: \\xff"
    assert shown.isprintable()
    assert encoding == "ascii" or json.loads(shown) == event
    piped = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stdout", piped)
    assert data_stream() is piped.buffer


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_messages_to_a_full_disk_fail_nothing(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        command = [*COMMAND, *EVENTS, str(tmp_path / "events")]
        done = subprocess.run(command, env=clean_environment(), stderr=full, check=False)
    assert done.returncode == 0
    assert (tmp_path / "events" / "manifest.json").exists()


@frozen
class _Totals:
    """The totals of an export."""

    days_done: int
    days: int = 2
    events: int = 5
    received: int = 7
    waiting: None = None


@pytest.mark.parametrize(
    ("term", "encoding", "shown"),
    [
        ("xterm", "utf-8", "\r\x1b[K███████████████░░░░░░░░░░░░░░░ 1 of 2 days"),
        ("xterm", "ascii", "\r\x1b[K###############--------------- 1 of 2 days"),
        ("dumb", "utf-8", "2 of 2 days, 5 events, 0.0 MB\n"),
    ],
)
def test_progress_bars_suit_the_terminal(
    term: str, encoding: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    terminal = _Terminal(io.BytesIO(), encoding=encoding, newline="")
    bar = ProgressBar(terminal)
    bar(_Totals(1))
    bar(_Totals(2))
    terminal.seek(0)
    assert terminal.read().startswith(shown)


def test_progress_bars_need_no_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = _Terminal(io.BytesIO(), encoding="utf-8")
    closed.close()
    for stream in (None, closed, _BrokenTerminal()):
        monkeypatch.setattr(sys, "stderr", stream)
        ProgressBar()(_Totals(2))


class _Broken(io.TextIOBase):
    """Standard error that nobody reads any more."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")

    def flush(self) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    def close(self) -> None:
        # The base class flushes here, also when the object is collected, and Python 3.13 reports the error.
        pass


class _BrokenTerminal(_Broken):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("mode", ["auto", "json"])
def test_messages_that_nobody_reads_stop_nothing(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", _Broken())
    reporter = Reporter(mode, quiet=False)
    reporter.note("one")
    reporter.error("two")


def test_dumb_terminals_get_lines_and_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert not Reporter("bar", quiet=False)._bar
    monkeypatch.setenv("TERM", "xterm")
    assert Reporter("bar", quiet=False)._bar


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("arguments", [[*EVENTS, "-"], ["query", "cohorts", "list", "--sandbox"]])
def test_readers_that_go_away_end_the_command(arguments: list[str]) -> None:
    """Exits as if by SIGPIPE, like other commands before `head`."""
    with subprocess.Popen(
        [*COMMAND, *arguments], env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141

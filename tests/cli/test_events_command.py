"""`mixpanel-export events` as a process: what it writes, says and returns."""

from __future__ import annotations

import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from mixpanel_export import Progress
from mixpanel_export.cli import app
from mixpanel_export.cli.output.summaries import ExportProgress
from mixpanel_export.sandbox import Fault, Sandbox

COMMAND = [sys.executable, "-c", "from mixpanel_export.cli import main; main()"]
RANGE = ["--from", "2024-01-01", "--to", "2024-01-02"]


def run(*arguments: str, environ: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("MIXPANEL_", "MP_"))}
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, env=clean | dict(environ or {}), timeout=60, check=False
    )


def lines(text: bytes) -> list[bytes]:
    return text.split(b"\n")[:-1]


def test_a_folder_gets_complete_gzip_files_a_manifest_and_a_summary(tmp_path: Path) -> None:
    done = run("events", *RANGE, "--output", str(tmp_path / "out"), "--sandbox")
    assert done.returncode == 0, done.stderr
    manifest, *files = sorted((tmp_path / "out").iterdir(), reverse=True)
    assert manifest.name == "manifest.json"
    assert [each.name for each in reversed(files)] == [
        "events_2024-01-01_2024-01-01.jsonl.gz",
        "events_2024-01-02_2024-01-02.jsonl.gz",
    ]
    events = [json.loads(line) for each in files for line in lines(gzip.decompress(each.read_bytes()))]
    assert f"{len(events):,} events, 2 files" in done.stderr.decode()
    assert "2 slices fetched, 0 found done" in done.stderr.decode()
    assert done.stdout == b""


@pytest.mark.parametrize("format", ["jsonl", "jsonl.gz"])
def test_the_files_name_says_the_format(tmp_path: Path, format: str) -> None:
    file = tmp_path / f"january.{format}"
    assert run("events", *RANGE, "--output", str(file), "--sandbox").returncode == 0
    body = file.read_bytes()
    assert (body[:2] == b"\x1f\x8b") is (format == "jsonl.gz")


def test_events_sent_again_are_left_out_on_request_and_counted() -> None:
    raw, clean = (
        run("events", "--from", "2024-01-01", "--to", "2024-01-06", "--output", "-", "--sandbox", *option)
        for option in ([], ["--deduplicate"])
    )
    dropped = len(lines(raw.stdout)) - len(lines(clean.stdout))
    assert dropped > 0
    assert f"{len(lines(clean.stdout)):,} events, {dropped:,} duplicates left out" in clean.stderr.decode()
    assert set(lines(clean.stdout)) < set(lines(raw.stdout))


def test_standard_output_gets_json_lines_and_nothing_else(tmp_path: Path) -> None:
    done = run("events", *RANGE, "--output", "-", "--sandbox", "--event", "Sign Up", "--event", "Purchase")
    assert done.returncode == 0
    names = {json.loads(line)["event"] for line in lines(done.stdout)}
    assert names == {"Sign Up", "Purchase"}
    assert b"\x1b" not in done.stderr


def test_where_narrows_the_export() -> None:
    where = 'properties["mp_country_code"] == "DE"'
    done = run("events", *RANGE, "--output", "-", "--sandbox", "--where", where)
    assert done.returncode == 0, done.stderr
    assert {json.loads(line)["properties"]["mp_country_code"] for line in lines(done.stdout)} == {"DE"}


def test_credentials_come_from_the_environment(mixpanel_sandbox: Sandbox) -> None:
    environ = mixpanel_sandbox.credentials.environment(mixpanel_sandbox.url)
    done = run("events", *RANGE, "--output", "-", environ=environ)
    assert done.returncode == 0, done.stderr
    assert lines(done.stdout)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["events", "--from", "2024-01-02", "--to", "2024-01-01", "-o", "x", "--sandbox"], "--from"),
        (["events", "--from", "2024-1-2", "--to", "2024-01-03", "-o", "x", "--sandbox"], "YYYY-MM-DD"),
        (["events", *RANGE, "-o", "x", "--format", "xml", "--sandbox"], "'jsonl', 'jsonl.gz'"),
        (["events", *RANGE, "-o", "x.xml", "--sandbox"], "a folder"),
        (["events", *RANGE, "-o", "x.jsonl", "--format", "jsonl.gz", "--sandbox"], "agree"),
        (["events", *RANGE, "-o", "-", "--format", "jsonl.gz", "--sandbox"], "standard output"),
        (["events", *RANGE, "-o", "x"], "MIXPANEL_SERVICE_ACCOUNT_USERNAME"),
        (["events", *RANGE], "--output"),
        (["nonsense"], "nonsense"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_what_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*arguments)
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
    assert list(tmp_path.iterdir()) == []


def test_a_refusal_exits_with_1_and_tells_no_secret(mixpanel_sandbox: Sandbox, tmp_path: Path) -> None:
    environ = mixpanel_sandbox.credentials.environment(mixpanel_sandbox.url)
    environ["MIXPANEL_SERVICE_ACCOUNT_SECRET"] = "a-wrong-secret"
    done = run("--debug", "events", *RANGE, "--output", str(tmp_path / "e.jsonl"), environ=environ)
    assert done.returncode == 1
    assert "401" in done.stderr.decode()
    assert "Traceback" in done.stderr.decode()
    assert "a-wrong-secret" not in done.stderr.decode()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_leaves_no_file_behind(tmp_path: Path, number: int, code: int) -> None:
    """Against a server that sends half an export and then nothing more."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        environ = {
            **os.environ,
            "MIXPANEL_SERVICE_ACCOUNT_USERNAME": "u",
            "MIXPANEL_SERVICE_ACCOUNT_SECRET": "s",
            "MIXPANEL_PROJECT_ID": "1",
            "MIXPANEL_BASE_URL": f"http://127.0.0.1:{listener.getsockname()[1]}",
        }
        arguments = ["events", *RANGE, "--output", str(tmp_path / "e.jsonl")]
        process = subprocess.Popen([*COMMAND, *arguments], env=environ, stderr=subprocess.PIPE)
        listener.settimeout(30)
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            line = b'{"event":"A","properties":{}}\n' * 100
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n" + line)
            while not (parts := list(tmp_path.glob(".*.part"))) or not parts[0].exists():
                time.sleep(0.01)
            process.send_signal(number)
            _, said = process.communicate(timeout=30)
    assert process.returncode == code
    assert (b"interrupted" if code == 130 else b"terminated") in said
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    process = subprocess.Popen(
        [*COMMAND, "events", "--from", "2024-01-01", "--to", "2024-03-31", "--output", "-", "--sandbox"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    said = process.stderr.read()
    process.stderr.close()
    process.wait(30)
    assert b"Traceback" not in said


class Said(NamedTuple):
    code: int
    out: str
    err: str


Here = Callable[..., Said]


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> Here:
    """Runs the command in this process, which has made the sample data once."""

    def run_here(*arguments: str) -> Said:
        code = app.run([*arguments, "--sandbox"])
        return Said(code, *capsys.readouterr())

    return run_here


class TestFolder:
    def test_the_same_command_again_finds_it_done(self, here: Here, tmp_path: Path) -> None:
        command = ["events", *RANGE, "--output", str(tmp_path)]
        here(*command)
        done = here(*command, "--verify")
        assert done.code == 0, done.err
        assert "0 slices fetched, 2 found done" in done.err

    def test_another_query_is_refused_and_overwrite_helps(self, here: Here, tmp_path: Path) -> None:
        command = ["events", *RANGE, "--output", str(tmp_path)]
        here(*command)
        refused = here(*command, "--event", "Purchase")
        assert refused.code == 2
        assert 'event is not set there, and ["Purchase"] here' in refused.err
        done = here(*command, "--event", "Purchase", "--overwrite", "--slice-days", "2", "--parallel", "1")
        assert done.code == 0, done.err
        assert sorted(each.name for each in tmp_path.iterdir()) == [
            "events_2024-01-01_2024-01-02.jsonl.gz",
            "manifest.json",
        ]

    def test_since_last_extends_it_and_fetches_the_last_days_again(self, here: Here, tmp_path: Path) -> None:
        command = ["events", "--since-last", "--output", str(tmp_path)]
        missing = here(*command)
        assert missing.code == 2
        assert "--from" in missing.err
        first = here(*command, "--from", "2024-01-01", "--to", "2024-01-02", "--event", "Purchase")
        assert first.code == 0, first.err
        done = here(*command, "--to", "2024-01-04", "--look-back", "1")
        assert "3 slices fetched, 1 found done" in done.err
        assert (tmp_path / "events_2024-01-02_2024-01-02_r2.jsonl.gz").exists()

    def test_a_damaged_file_and_a_foreign_one_are_told(self, here: Here, tmp_path: Path) -> None:
        command = ["events", *RANGE, "--output", str(tmp_path)]
        here(*command)
        (tmp_path / "events_2024-01-01_2024-01-01.jsonl.gz").unlink()
        (tmp_path / "events_2020-01-01_2020-01-01.jsonl.gz").touch()
        done = here(*command)
        assert "events_2024-01-01_2024-01-01.jsonl.gz is missing; it was fetched again" in done.err
        assert "events_2020-01-01_2020-01-01.jsonl.gz is not in the manifest" in done.err

    def test_a_dry_run_prints_the_plan(self, here: Here, tmp_path: Path) -> None:
        folder = tmp_path / "out"
        command = [
            "events",
            "--from",
            "2024-01-01",
            "--to",
            "2024-01-06",
            "--output",
            str(folder),
            "--sandbox",
        ]
        planned = here(*command, "--dry-run", "--slice-days", "4")
        assert planned.code == 0, planned.err
        assert planned.out.splitlines() == [
            "Range: 2024-01-01 to 2024-01-06",
            "Done: 0 slices, 0 events, 0 bytes",
            "To fetch: 2 requests for 6 days, 8 at a time",
            "  2024-01-01 to 2024-01-04",
            "  2024-01-05 to 2024-01-06",
            "Budget: 60 requests an hour, 0 used within the last hour; no waiting",
        ]
        assert not folder.exists()
        here(*command, "--slice-days", "4")
        (folder / "events_2024-01-05_2024-01-06.jsonl.gz").unlink()
        again = here(*command, "--dry-run").out
        assert "Done: 1 slice, " in again
        assert "To fetch: 1 request for 2 days" in again
        later = here(
            "events", "--since-last", "--to", "2024-01-07", "-o", str(folder), "--sandbox", "--dry-run"
        )
        assert "Range: 2024-01-01 to 2024-01-07" in later.out

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ([*RANGE, "-o", "e.jsonl", "--overwrite"], "--overwrite"),
            ([*RANGE, "-o", "-", "--verify"], "--verify"),
            (["-o", "e.jsonl", "--since-last"], "--since-last"),
            ([*RANGE, "-o", "d", "--since-last", "--overwrite"], "--overwrite"),
            ([*RANGE, "-o", "d", "--look-back", "3"], "--since-last"),
            (["-o", "d", "--from", "2024-01-01"], "--to"),
            (["-o", "d", "--to", "2024-01-01"], "--from"),
            ([*RANGE, "-o", "d", "--parallel", "0"], "parallel"),
            ([*RANGE, "-o", "d", "--slice-days", "0"], "--slice-days: "),
            ([*RANGE, "-o", "d", "--since-last", "--look-back", "-1"], "--look-back: "),
        ],
    )
    def test_options_that_do_not_go_together_are_wrong_usage(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        here: Here,
        options: list[str],
        said: str,
    ) -> None:
        monkeypatch.chdir(tmp_path)
        done = here("events", *options)
        assert done.code == 2
        assert said in done.err
        assert list(tmp_path.iterdir()) == []

    def test_an_interrupt_leaves_what_is_complete(self, mixpanel_sandbox: Sandbox, tmp_path: Path) -> None:
        mixpanel_sandbox.faults.add(None, Fault.stall(), path="/export")
        process = subprocess.Popen(
            [*COMMAND, "events", *RANGE, "--output", str(tmp_path), "--parallel", "1"],
            env={**os.environ, **mixpanel_sandbox.environment},
            stderr=subprocess.PIPE,
        )
        part = tmp_path / ".events_2024-01-02_2024-01-02.jsonl.gz.part"
        manifest, until = tmp_path / "manifest.json", time.monotonic() + 20
        while not part.exists() or b"sha256" not in manifest.read_bytes():
            assert time.monotonic() < until
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
        assert process.returncode == 143, said
        assert sorted(each.name for each in tmp_path.iterdir()) == [
            "events_2024-01-01_2024-01-01.jsonl.gz",
            "manifest.json",
        ]
        done = run("events", *RANGE, "--output", str(tmp_path), environ=mixpanel_sandbox.environment)
        assert "1 slice fetched, 1 found done" in done.stderr.decode()


def test_the_line_that_moves_says_how_far_it_is_and_what_it_waits_for() -> None:
    totals = Progress(slices=12, slices_done=3, events=4567, received=2_000_000, seconds=4.0)
    describe = ExportProgress().describe
    assert describe(totals, 0.0) == "3 of 12 slices, 4,567 events, 2.0 MB received, 500.0 kB/s"
    totals.waiting = ("for the request budget", 61.2)
    assert describe(totals, 0.0).endswith("waiting for the request budget, 61 s")
    totals.waiting = ("for the request budget", 0.05)
    assert "waiting" not in describe(totals, 0.0)

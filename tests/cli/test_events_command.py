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
from collections.abc import Mapping
from pathlib import Path

import pytest

from mixpanel_export.sandbox import Sandbox

COMMAND = [sys.executable, "-c", "from mixpanel_export.cli import main; main()"]
RANGE = ["--from", "2024-01-01", "--to", "2024-01-02"]


def run(*arguments: str, environ: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("MIXPANEL_")}
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, env=clean | dict(environ or {}), timeout=60, check=False
    )


def lines(text: bytes) -> list[bytes]:
    return text.split(b"\n")[:-1]


def test_a_folder_gets_one_complete_gzip_file_and_a_summary(tmp_path: Path) -> None:
    done = run("events", *RANGE, "--output", str(tmp_path / "out"), "--sandbox")
    assert done.returncode == 0, done.stderr
    (file,) = (tmp_path / "out").iterdir()
    assert file.name == "events_2024-01-01_2024-01-02.jsonl.gz"
    events = [json.loads(line) for line in lines(gzip.decompress(file.read_bytes()))]
    assert f"{len(events):,} events" in done.stderr.decode()
    assert done.stdout == b""


@pytest.mark.parametrize("format", ["jsonl", "jsonl.gz"])
def test_the_files_name_says_the_format(tmp_path: Path, format: str) -> None:
    file = tmp_path / f"january.{format}"
    assert run("events", *RANGE, "--output", str(file), "--sandbox").returncode == 0
    body = file.read_bytes()
    assert (body[:2] == b"\x1f\x8b") is (format == "jsonl.gz")


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
        (["events", "--from", "2024-01-02", "--to", "2024-01-01", "-o", "x", "--sandbox"], "from_date"),
        (["events", "--from", "2024-1-2", "--to", "2024-01-03", "-o", "x", "--sandbox"], "YYYY-MM-DD"),
        (["events", *RANGE, "-o", "x", "--format", "xml", "--sandbox"], "'jsonl', 'jsonl.gz'"),
        (["events", *RANGE, "-o", "x.csv", "--sandbox"], "a folder"),
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


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 130)])
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
    assert b"interrupted" in said
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

"""Ctrl-C, SIGTERM and a reader that goes away, in processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mixpanel_export.sandbox import Fault, Sandbox

from .runner import COMMAND, DAYS, clean_environment, run, start, wait_until

if sys.platform == "win32":
    pytest.skip("POSIX signals", allow_module_level=True)

SIGNALS = pytest.mark.parametrize(
    ("number", "code", "word"), [(signal.SIGINT, 130, "Interrupted"), (signal.SIGTERM, 143, "Terminated")]
)


def stop(process: subprocess.Popen[bytes], number: int) -> tuple[int, str]:
    """Send a signal, and return the exit code and standard error."""
    process.send_signal(number)
    _, err = process.communicate()
    assert b"Traceback" not in err
    return process.returncode, err.decode()


def manifest_of(directory: Path) -> list[str]:
    """Return the files that a manifest lists; none before there is one."""
    path = directory / "manifest.json"
    if not path.exists():
        return []
    return [slice_["file"] for slice_ in json.loads(path.read_bytes()).get("slices", [])]


@SIGNALS
@pytest.mark.sampled(1)
@pytest.mark.slow
def test_signal_stops_a_query_without_a_file(
    mixpanel_sandbox: Sandbox, tmp_path: Path, number: int, code: int, word: str
) -> None:
    mixpanel_sandbox.faults.add(Fault.hang(), path="/funnels/list")
    query = ["query", "funnels", "list", "--output", str(tmp_path / "funnels.csv")]
    process = start(*query, environ=mixpanel_sandbox.environment)
    wait_until(lambda: mixpanel_sandbox.requests)
    ended, err = stop(process, number)
    assert ended == code
    assert f"{word}; no partial file was left behind." in err
    assert list(tmp_path.iterdir()) == []


@SIGNALS
@pytest.mark.sampled(1)
def test_signal_stops_an_export_without_a_file(
    mixpanel_sandbox: Sandbox, tmp_path: Path, number: int, code: int, word: str
) -> None:
    mixpanel_sandbox.faults.add(Fault.stall(), path="/export")
    arguments = ["events", *DAYS, "--output", str(tmp_path / "e.jsonl")]
    process = start(*arguments, environ=mixpanel_sandbox.environment)
    wait_until(lambda: mixpanel_sandbox.requests and any(tmp_path.glob(".*.part")))
    ended, err = stop(process, number)
    assert ended == code
    assert word in err
    assert list(tmp_path.iterdir()) == []


def test_interrupted_directory_keeps_complete_slices(mixpanel_sandbox: Sandbox, tmp_path: Path) -> None:
    environ = mixpanel_sandbox.environment
    command = ["events", *DAYS, "--slice-days", "1", "--output", str(tmp_path)]
    mixpanel_sandbox.faults.add(None, Fault.hang(), path="/export")
    process = start(*command, "--parallel", "1", environ=environ)
    wait_until(lambda: len(mixpanel_sandbox.requests) == 2 and manifest_of(tmp_path))
    code, err = stop(process, signal.SIGTERM)
    assert code == 143
    assert "Terminated: 1 of 2 days saved; run the same command to resume." in err
    (saved,) = manifest_of(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == [saved, "manifest.json"]
    mixpanel_sandbox.faults.clear()
    result = run(*command, environ=environ)
    assert "1 slice fetched, 1 already complete" in result.err


@pytest.mark.slow
def test_interrupted_profiles_resume(tmp_path: Path) -> None:
    with Sandbox(limits=None) as sandbox:
        environ = sandbox.environment
        command = ["profiles", "--output", str(tmp_path / "people.jsonl")]
        sandbox.faults.add(None, Fault.hang(), Fault.hang(), path="/engage")
        process = start(*command, environ=environ)
        state = tmp_path / ".people.jsonl.part" / "state.json"
        wait_until(lambda: state.exists() and len(sandbox.requests) >= 3)
        code, err = stop(process, signal.SIGINT)
        assert code == 130
        assert "Interrupted: run the same command to resume." in err
        assert not (tmp_path / "people.jsonl").exists()
        sandbox.requests.clear()
        sandbox.faults.clear()
        result = run(*command, environ=environ)
        assert result.returncode == 0, result.err
        assert "2,150 profiles, 2 pages fetched, 1 already complete" in result.err
        assert len(sandbox.requests) == 2
    complete = run("profiles", "--output", "-", "--sandbox")
    assert (tmp_path / "people.jsonl").read_bytes() == complete.stdout
    assert [file.name for file in tmp_path.iterdir()] == ["people.jsonl"]


def test_interrupt_during_startup_prints_no_traceback() -> None:
    code = (
        "import builtins, os, signal\n"
        "real = builtins.__import__\n"
        "def loading(name, *rest):\n"
        "    if name == 'mixpanel_export.cli.app': os.kill(os.getpid(), signal.SIGINT)\n"
        "    return real(name, *rest)\n"
        "builtins.__import__ = loading\n"
        "from mixpanel_export.cli import main; main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code, "--help"], capture_output=True, check=False)
    assert done.returncode == 130
    assert b"Traceback" not in done.stderr


@pytest.mark.slow
def test_reader_that_goes_away_prints_no_traceback() -> None:
    events = ["events", "--from", "2024-01-01", "--to", "2024-03-31", "--output", "-", "--sandbox"]
    read, write = os.pipe()
    process = subprocess.Popen(
        [*COMMAND, *events], stdout=write, stderr=subprocess.PIPE, env=clean_environment()
    )
    os.close(write)
    assert os.read(read, 1)
    os.close(read)
    _, err = process.communicate()
    assert process.returncode == 141
    assert b"Traceback" not in err

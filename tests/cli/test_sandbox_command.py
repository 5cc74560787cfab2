"""`mixpanel-export sandbox`: prints how to reach it, and ends when told to."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx

from mixpanel_export import MixpanelClient

COMMAND = [sys.executable, "-u", "-c", "from mixpanel_export.cli import main; main()", "sandbox"]


@contextlib.contextmanager
def started(*options: str) -> Iterator[dict[str, str]]:
    """What it says to export, with where its control API is, while it runs."""
    process = subprocess.Popen(
        [*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    environ: dict[str, str] = {}
    while "MIXPANEL_BASE_URL" not in environ:
        line = process.stdout.readline()
        assert line, "it ended before it said where it is"
        if line.startswith("export "):
            name, _, value = line.removeprefix("export ").strip().partition("=")
            environ[name] = value
        elif line.rstrip().endswith("/sandbox"):
            environ["CONTROL"] = line.split()[-1]
    try:
        yield environ
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert process.returncode == 130


def export_status(environ: Mapping[str, str]) -> int:
    return httpx.get(
        f"{environ['MIXPANEL_BASE_URL']}/api/2.0/export",
        params={
            "from_date": "2024-01-01",
            "to_date": "2024-01-01",
            "project_id": environ["MIXPANEL_PROJECT_ID"],
        },
        auth=(
            environ["MIXPANEL_SERVICE_ACCOUNT_USERNAME"],
            environ["MIXPANEL_SERVICE_ACCOUNT_SECRET"],
        ),
        verify=False,
    ).status_code


def test_what_it_prints_can_be_pasted_and_works() -> None:
    with started() as environ, MixpanelClient.from_env(environ) as client:
        assert list(client.export.events("2024-01-01", "2024-01-01"))


def test_it_keeps_the_limits_unless_told_not_to() -> None:
    for options, refused in (((), True), (("--no-limits",), False)):
        with started(*options) as environ:
            statuses = {export_status(environ) for _ in range(5)}
            assert (429 in statuses) is refused


def test_it_says_where_it_is_told_to_misbehave() -> None:
    with started() as environ:
        control = environ["CONTROL"]
        fault = {"kind": "status", "status": 503}
        assert httpx.post(f"{control}/faults", json=fault, verify=False).status_code == 200
        assert export_status(environ) == 503


def test_it_serves_exported_events(tmp_path: Path) -> None:
    event = b'{"event":"Mine","properties":{"time":1704067200,"distinct_id":"me"}}\n'
    (tmp_path / "events.jsonl").write_bytes(event)
    with started("--events", str(tmp_path)) as environ, MixpanelClient.from_env(environ) as client:
        assert [event.name for event in client.export.events("2024-01-01", "2024-01-01")] == ["Mine"]


def test_a_folder_without_events_is_a_usage_error(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "--events", str(tmp_path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "no files named .jsonl" in done.stderr
    assert "Traceback" not in done.stderr

"""`sandbox`: it prints how to reach it, and runs until it is interrupted."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from mixpanel_export import MixpanelClient

from .runner import COMMAND, clean_environment, refused


@contextlib.contextmanager
def running(*options: str) -> Iterator[dict[str, str]]:
    """Run it, and yield the variables it prints, with the control API as CONTROL."""
    python, *rest = COMMAND
    process = subprocess.Popen(
        [python, "-u", *rest, "sandbox", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(),
    )
    assert process.stdout is not None
    environ: dict[str, str] = {}
    while "MIXPANEL_BASE_URL" not in environ:
        line = process.stdout.readline()
        assert line, "it ended before it printed its address"
        if line.startswith("export "):
            name, _, value = line.removeprefix("export ").strip().partition("=")
            environ[name] = value
        elif line.rstrip().endswith("/sandbox"):
            environ["CONTROL"] = line.split()[-1]
    try:
        yield environ
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert process.returncode == 130


@pytest.fixture(scope="module")
def environ() -> Iterator[dict[str, str]]:
    with running() as variables:
        yield variables


def export_status(environ: Mapping[str, str]) -> int:
    days = {"from_date": "2024-01-01", "to_date": "2024-01-01"}
    return httpx.get(
        f"{environ['MIXPANEL_BASE_URL']}/api/2.0/export",
        params={**days, "project_id": environ["MIXPANEL_PROJECT_ID"]},
        auth=(environ["MIXPANEL_SERVICE_ACCOUNT_USERNAME"], environ["MIXPANEL_SERVICE_ACCOUNT_SECRET"]),
        verify=False,
    ).status_code


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


def test_printed_variables_make_a_client(environ: dict[str, str]) -> None:
    with MixpanelClient.from_env(environ) as client:
        assert list(client.export.events("2024-01-01", "2024-01-01"))


def test_printed_control_api_injects_faults(environ: dict[str, str]) -> None:
    fault = {"kind": "status", "status": 503}
    assert httpx.post(f"{environ['CONTROL']}/faults", json=fault, verify=False).status_code == 200
    assert export_status(environ) == 503


def test_limits_are_enforced(environ: dict[str, str]) -> None:
    assert 429 in {export_status(environ) for _ in range(70)}


@pytest.mark.slow
def test_exported_events_are_served_without_limits(tmp_path: Path) -> None:
    event = b'{"event":"Mine","properties":{"time":1704067200,"distinct_id":"me"}}\n'
    (tmp_path / "events.jsonl").write_bytes(event)
    with running("--no-limits", "--events", str(tmp_path)) as environ:
        with MixpanelClient.from_env(environ) as client:
            assert [event.name for event in client.export.events("2024-01-01", "2024-01-01")] == ["Mine"]
        assert {export_status(environ) for _ in range(70)} == {200}


def test_directory_without_events_is_refused(tmp_path: Path) -> None:
    message = refused("sandbox", "--events", str(tmp_path))
    assert "--events: " in message
    assert ".jsonl" in message

"""`mixpanel-export sandbox`: prints how to reach it, and ends when told to."""

from __future__ import annotations

import signal
import subprocess
import sys

from mixpanel_export import MixpanelClient


def test_what_it_prints_can_be_pasted_and_works() -> None:
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", "from mixpanel_export.cli import main; main()", "sandbox"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    environ: dict[str, str] = {}
    while "MIXPANEL_BASE_URL" not in environ:
        line = process.stdout.readline()
        assert line, "it ended before it said where it is"
        if line.startswith("export "):
            name, _, value = line.removeprefix("export ").strip().partition("=")
            environ[name] = value
    with MixpanelClient.from_env(environ) as client:
        assert list(client.export.events("2024-01-01", "2024-01-01"))
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 130

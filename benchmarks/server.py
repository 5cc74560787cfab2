"""The server of the benchmarks: the sandbox in its own process, serving generated events.

A separate process shares neither memory nor interpreter lock with the contender. The sandbox compresses a day on
its first request and keeps the result, so every measurement starts with one request for all days.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import urllib.request
from collections.abc import Generator
from typing import Any

from attrs import frozen

from benchmarks.data import Dataset
from mixpanel_export.sandbox import Limits, Sandbox, SandboxCredentials

__all__ = ["Server", "serving"]


@frozen
class Server:
    """A running server."""

    url: str

    @property
    def violations(self) -> int:
        """The number of requests refused because of a limit."""
        return sum(self._control("GET", "requests")["violations"].values())

    @property
    def requests(self) -> int:
        """The number of requests received."""
        return len(self._control("GET", "requests")["requests"])

    def set_bandwidth(self, bandwidth: float | None) -> None:
        """Limit every connection to this many bytes per second; None for no limit."""
        self._control("PUT", "bandwidth", bandwidth)

    def reset(self) -> None:
        """Clear the request log."""
        self._control("POST", "reset")

    def _control(self, method: str, what: str, *body: Any) -> Any:
        data = json.dumps(body[0]).encode() if body else None
        request = urllib.request.Request(f"{self.url}/sandbox/{what}", data, method=method)
        with urllib.request.urlopen(request) as response:
            return json.load(response)


@contextlib.contextmanager
def serving(data: Dataset, *, limits: bool = False) -> Generator[Server]:
    """Serve the events, with or without Mixpanel's request limits."""
    command = [sys.executable, "-m", "benchmarks.server", str(data.folder), "limits" if limits else "free"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Server(process.stdout.readline().strip())
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def _main(folder: str, limits: str) -> None:
    # The contenders run in other processes, so they know only credentials that are fixed.
    credentials = SandboxCredentials()
    enforced = Limits.mixpanel() if limits == "limits" else None
    with Sandbox(events=folder, limits=enforced, credentials=credentials) as sandbox:
        print(sandbox.url, flush=True)
        # Run until the process that started it closes the pipe.
        sys.stdin.read()


if __name__ == "__main__":
    _main(*sys.argv[1:])

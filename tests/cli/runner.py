"""Runs the command in this process, or in one of its own for signals, pipes and closed streams."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from typing import NamedTuple

import pytest

from mixpanel_export.cli import main

__all__ = [
    "COMMAND",
    "DAYS",
    "EVENTS",
    "Result",
    "clean_environment",
    "refused",
    "run",
    "start",
    "wait_until",
]

DAYS = ["--from", "2024-01-01", "--to", "2024-01-02"]
EVENTS = ["events", *DAYS, "--slice-days", "1", "--sandbox", "--output"]
COMMAND = [sys.executable, "-c", "from mixpanel_export.cli import main; main()"]


class Result(NamedTuple):
    """What a run returned and printed."""

    returncode: int
    stdout: bytes
    stderr: bytes

    @property
    def out(self) -> str:
        return self.stdout.decode()

    @property
    def err(self) -> str:
        return self.stderr.decode()

    @property
    def message(self) -> str:
        """Standard error on one line."""
        return " ".join(self.err.split())


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of this process without its settings, plus the given ones."""
    ours = ("MIXPANEL_", "MP_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | dict(
        extra or {}
    )


def run(
    *arguments: str,
    environ: Mapping[str, str] | None = None,
    stdout: io.TextIOBase | None = None,
    closed: bool = False,
) -> Result:
    """Run the command in this process.

    Args:
        environ: variables to add to a clean environment.
        stdout: replaces standard output, which is not captured then.
        closed: run without standard output, as if it had been closed before Python started.
    """
    out, err = _Stream(), _Stream()
    with pytest.MonkeyPatch.context() as patch, _environment(clean_environment(environ)):
        patch.setattr(sys, "argv", ["mixpanel-export", *arguments])
        patch.setattr(sys, "stdout", None if closed else stdout or out.text)
        patch.setattr(sys, "stderr", err.text)
        with pytest.raises(SystemExit) as ended:
            main()
    code = ended.value.code
    assert isinstance(code, int), code
    return Result(code, out.value(), err.value())


def refused(*arguments: str, environ: Mapping[str, str] | None = None) -> str:
    """Run a command that must be refused as wrong usage, and return the message on one line."""
    result = run(*arguments, environ=environ)
    assert (result.returncode, result.out) == (2, ""), result.err
    assert "Traceback" not in result.err
    assert "Errno" not in result.err
    return result.message


def start(*arguments: str, environ: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start the command in a process of its own."""
    return subprocess.Popen(
        [*COMMAND, *arguments],
        env=clean_environment(environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def wait_until(condition: Callable[[], object]) -> None:
    """Wait for another process; only the timeout of the test ends this early, however loaded the machine is."""
    while not condition():
        time.sleep(0.01)


class _Stream:
    """A standard stream that is kept in memory."""

    def __init__(self) -> None:
        self._bytes = io.BytesIO()
        self.text = io.TextIOWrapper(self._bytes, encoding="utf-8", newline="\n")

    def value(self) -> bytes:
        self.text.flush()
        return self._bytes.getvalue()


@contextlib.contextmanager
def _environment(environ: Mapping[str, str]) -> Generator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)

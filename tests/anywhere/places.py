"""Run Python where something is missing: in namespaces of Linux, as another user, with other mounts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

import mixpanel_export
import mixpanel_export_api

UID = 4242
"""A user that no machine knows."""

SOURCES = [str(Path(module.__path__[0]).parent) for module in (mixpanel_export, mixpanel_export_api)]
# Python looks for its packages from where it is installed, so an empty environment needs nothing more.
_ALONE = {"PYTHONPATH": os.pathsep.join(SOURCES), "PYTHONDONTWRITEBYTECODE": "1"}


def run(
    code: str,
    *arguments: str,
    environ: Mapping[str, str] | None = None,
    mounts: Sequence[str] = (),
    uid: int | None = None,
    cwd: Path | None = None,
    before: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run a program and return what it printed; skip the test where the machine has no namespaces for it.

    Args:
        code: the program.
        environ: the whole environment, except for the path to our sources.
        mounts: shell commands to run first, in a mount namespace, as its administrator.
        uid: the user to run it as.
        before: another program, to run before it in the same interpreter.
    """
    command = [sys.executable, "-c", before + textwrap.dedent(code), *arguments]
    if uid is not None:
        command = ["unshare", "--user", f"--map-user={uid}", f"--map-group={uid}", "--", *command]
    if mounts:
        script = "\n".join(["set -e", "mount --make-rprivate /", *mounts, 'exec "$@"'])
        command = ["unshare", "--mount", "--map-root-user", "--", "sh", "-c", script, "sh", *command]
    if mounts or uid is not None:
        _need_namespaces()
    return subprocess.run(
        command,
        env={**_ALONE, "PATH": os.defpath, **(environ or {})},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def output_of(result: subprocess.CompletedProcess[str]) -> str:
    """Return what a program printed; fail the test if it failed, or printed a traceback."""
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    return result.stdout


@cache
def _has_namespaces() -> bool:
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return False
    inner = ["unshare", "--user", f"--map-user={UID}", f"--map-group={UID}", "--", "true"]
    outer = [
        "unshare",
        "--mount",
        "--map-root-user",
        "--",
        "sh",
        "-c",
        'mount --make-rprivate / && "$@"',
        "sh",
    ]
    return subprocess.run([*outer, *inner], capture_output=True, check=False).returncode == 0


def _need_namespaces() -> None:
    if not _has_namespaces():
        pytest.skip("this machine lets nobody make user and mount namespaces")

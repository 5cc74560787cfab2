"""The package as a whole: what importing it costs, and what the project's papers promise."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import get_origin

import mixpanel_export

ROOT = Path(__file__).parents[1]
COMMAND = {"click", "rich"}
SERVER = {"starlette", "uvicorn"}
HEAVY = {*COMMAND, *SERVER, "duckdb", "numpy", "obstore", "pandas", "polars", "pyarrow"}


def test_importing_the_library_imports_no_optional_packages() -> None:
    code = (
        "import sys; from mixpanel_export import MixpanelClient; "
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert HEAVY.isdisjoint(loaded.stdout.split())


def test_everything_public_is_there_and_documented() -> None:
    for name in mixpanel_export.__all__:
        value = getattr(mixpanel_export, name)
        # A type alias has none.
        assert value.__doc__ or get_origin(value) is not None, name


def test_ci_runs_the_readmes_own_test_command() -> None:
    commands = re.findall(r"```sh\n(.+?)\n```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    steps = [line for line in ci.splitlines() if line.startswith(("python3 -m venv", ".venv/"))]
    assert steps == [*commands[1].split(" && "), ".venv/bin/nox -t ci"]

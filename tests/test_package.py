"""The package as a whole: what importing it costs, and what the project's papers promise."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import get_origin

import pytest

import mixpanel_export
from mixpanel_export import _public

ROOT = Path(__file__).parents[1]
COMMAND = {"click", "rich"}
SERVER = {"starlette", "uvicorn"}
HEAVY = {*COMMAND, *SERVER, "duckdb", "numpy", "obstore", "pandas", "polars", "pyarrow"}


def modules_after(code: str) -> set[str]:
    """Return the modules that a fresh interpreter has loaded after some code, without those that it starts with."""
    run = f"import sys; started = {{*sys.modules}}\n{code}\nprint(*{{*sys.modules}} - started)"
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, check=True)
    return {*done.stdout.splitlines()[-1].split()}


def test_importing_a_client_imports_hardly_anything() -> None:
    # Counted, because a clock would fail on a loaded machine: 7 of ours, and 30 of Python's.
    loaded = modules_after("from mixpanel_export import MixpanelClient")
    ours = {name for name in loaded if name.startswith("mixpanel_export")}
    assert len(ours) <= 9, sorted(ours)
    assert len(loaded - ours) <= 45, sorted(loaded - ours)
    packages = {name.split(".")[0] for name in loaded}
    assert HEAVY.isdisjoint(packages)
    assert packages.isdisjoint({"asyncio", "attr", "filelock", "httpx", "msgspec", "ssl"})


@pytest.mark.slow
def test_making_a_client_imports_only_what_every_call_needs() -> None:
    loaded = modules_after(
        "from mixpanel_export import MixpanelClient, ServiceAccountAuth\n"
        "client = MixpanelClient(ServiceAccountAuth('name', 'secret'), project_id=1)"
    )
    assert unused(loaded, "columns", "directory", "download", "export", "expressions", "profiles", "reports")
    # 47 when this was counted.
    assert len([name for name in loaded if name.startswith("mixpanel_export")]) <= 50
    assert {name.split(".")[0] for name in loaded}.isdisjoint({*HEAVY, "asyncio", "filelock", "msgspec"})


@pytest.mark.slow
def test_an_export_imports_no_other_kind_of_export() -> None:
    loaded = modules_after(
        "from mixpanel_export import MixpanelClient, ServiceAccountAuth\n"
        "client = MixpanelClient(ServiceAccountAuth('name', 'secret'), project_id=1)\n"
        "client.export.events('2024-01-01', '2024-01-31')"
    )
    assert unused(loaded, "columns", "directory.run", "directory.manifest", "export.writer", "export.plans")
    assert unused(loaded, "expressions", "profiles", "reports")
    assert "asyncio" not in loaded
    # 90 when this was written.
    assert len([name for name in loaded if name.startswith("mixpanel_export")]) <= 97


def unused(loaded: set[str], *modules: str) -> bool:
    """Return True if none of these modules and packages of ours is loaded."""
    names = {f"mixpanel_export.{module}" for module in modules}
    return not [name for name in loaded if name in names or name.startswith(tuple(f"{n}." for n in names))]


def test_each_public_name_is_listed_with_its_module() -> None:
    listed = {name for names in vars(mixpanel_export)["_MODULES"].values() for name in names.split()}
    others = {name for name in _public.__all__ if name not in listed and not name.endswith("Error")}
    # They need the extra `arrow`.
    assert others == {"AsyncRecordBatches", "ColumnSchema", "RecordBatches"}
    for name in listed:
        assert getattr(mixpanel_export, name) is getattr(_public, name), name


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

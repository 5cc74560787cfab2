"""The pytest plugin, run in a separate pytest as in a user's project."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Loaded by name, to work without installing the package and its entry point.
CONFTEST = "from mixpanel_export.sandbox.pytest_plugin import mixpanel_sandbox\n"
TESTS = """
import threading
import httpx

urls = []

def export(sandbox):
    day = {"from_date": "2024-01-01", "to_date": "2024-01-01"}
    params = {**day, "project_id": sandbox.credentials.project_id}
    return httpx.get(f"{sandbox.url}/api/2.0/export", params=params, auth=sandbox.auth, timeout=60)

def test_the_fixture_sandbox_responds(mixpanel_sandbox):
    urls.append(mixpanel_sandbox.url)
    assert export(mixpanel_sandbox).status_code == 200

def test_the_fixture_stops_its_sandbox():
    assert threading.active_count() == 1

def test_the_next_test_has_its_own(mixpanel_sandbox):
    assert mixpanel_sandbox.url not in urls
    assert export(mixpanel_sandbox).status_code == 200
"""


def run_pytest(directory: Path, prelude: str = "") -> subprocess.CompletedProcess[str]:
    (directory / "conftest.py").write_text(prelude + CONFTEST)
    (directory / "test_it.py").write_text(TESTS)
    (directory / "pytest.ini").write_text("[pytest]\n")
    paths = [str(ROOT), str(ROOT / "generated"), os.environ.get("PYTHONPATH", "")]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            # Other plugins installed here would only take time.
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
    )


def test_a_test_gets_a_running_sandbox_of_its_own(tmp_path: Path) -> None:
    done = run_pytest(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


@pytest.mark.slow
def test_a_missing_extra_fails_only_tests_that_use_the_fixture(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, prelude="import sys\nsys.modules['uvicorn'] = None\n")
    assert "1 passed, 2 errors" in done.stdout, done.stdout + done.stderr
    assert "pip install 'mixpanel-export-sdk[sandbox]'" in done.stdout


def test_the_entry_point_leads_to_the_fixture() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    plugin = importlib.import_module(project["entry-points"]["pytest11"]["mixpanel_export_sandbox"])
    assert hasattr(plugin, "mixpanel_sandbox")

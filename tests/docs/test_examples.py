"""Every example runs on the sandbox, unchanged."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

EXAMPLES = Path(__file__).parents[2] / "examples"
SCRIPTS = sorted(EXAMPLES.glob("*.py"))
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))


@pytest.fixture(autouse=True)
def no_project(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MIXPANEL_")]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_runs(script: Path, tmp_path: Path) -> None:
    # Each can be copied alone.
    alone = shutil.copy(script, tmp_path)
    done = subprocess.run(
        [sys.executable, "-W", "error", alone], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout or done.stderr


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.name)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_notebook_runs(notebook: Path) -> None:
    read = nbformat.reads(notebook.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(read)
    kinds = {
        kind for cell in read.cells for output in cell.get("outputs", []) for kind in output.get("data", {})
    }
    assert {"text/html", "image/png"} <= kinds, "commit it with its outputs"
    NotebookClient(read, timeout=100, resources={"metadata": {"path": str(EXAMPLES)}}).execute()


def test_the_readme_lists_every_example() -> None:
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in [*SCRIPTS, *NOTEBOOKS] if f"`{path.name}`" not in readme] == []

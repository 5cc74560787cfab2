"""Options and fixtures of the whole suite."""

from __future__ import annotations

import os
import shutil
import tempfile

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--live",
        action="store_true",
        help="run the cassette tests against a sandbox that is started for them, without cassettes",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Budgets are shared through the temporary folder; a run has its own, for ports are used again."""
    folder = tempfile.mkdtemp(prefix="mixpanel-export-tests-")
    os.environ["TMPDIR"] = folder
    tempfile.tempdir = None
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))

"""Options, Hypothesis profiles and fixtures of the whole suite."""

from __future__ import annotations

import os
import shutil
import tempfile

import pytest
from hypothesis import settings

# The default run is quick; `nox -s slow` looks harder.
settings.register_profile("dev", max_examples=25, deadline=None)
settings.register_profile("thorough", max_examples=300, deadline=None)
settings.load_profile("dev")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--live",
        action="store_true",
        help="run the cassette tests against a sandbox that is started for them, without cassettes",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Give each process a temporary folder, since budgets are shared through it and ports are reused."""
    folder = tempfile.mkdtemp(prefix="mixpanel-export-tests-")
    os.environ["TMPDIR"] = folder
    tempfile.tempdir = None
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))

"""Options, Hypothesis profiles and fixtures of the whole suite."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator

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


@pytest.hookimpl(hookwrapper=True)
def pytest_collection() -> Iterator[None]:
    """Keep the garbage collector off what stays until the end: it would take a third of the time to collect."""
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the cases beyond the first few of a `sampled` test to `nox -s slow`."""
    seen: Counter[str] = Counter()
    for item in items:
        if mark := item.get_closest_marker("sampled"):
            function = item.nodeid.partition("[")[0]
            seen[function] += 1
            if seen[function] > mark.args[0]:
                item.add_marker("slow")

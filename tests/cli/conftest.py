"""Fixtures of this package."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.wire_server import wire

__all__ = ["cache", "wire"]


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give the tests a cache directory of their own, for the names of events."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield

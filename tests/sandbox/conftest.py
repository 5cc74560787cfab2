"""A shared sandbox for read-only tests, and plain httpx clients for it."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import httpx
import pytest

from mixpanel_export.sandbox import Sandbox
from tests.sandbox.exported_events import load

DAY = {"from_date": "2024-02-29", "to_date": "2024-02-29"}
EVERYTHING = {"from_date": "2024-01-01", "to_date": "2024-03-31"}


@pytest.fixture(scope="package")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(limits=None) as running:
        yield running


@pytest.fixture(scope="package")
def anonymous(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """Make a client without credentials that accepts no compression."""
    with httpx.Client(
        verify=False, timeout=60, base_url=sandbox.url, headers={"Accept-Encoding": "identity"}
    ) as client:
        yield client


@pytest.fixture(scope="package")
def client(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """Make a client with the service account and the project that accepts no compression."""
    with httpx.Client(
        verify=False,
        timeout=60,
        base_url=sandbox.url,
        auth=sandbox.auth,
        params={"project_id": sandbox.credentials.project_id},
        headers={"Accept-Encoding": "identity"},
    ) as client:
        yield client


@pytest.fixture(scope="package")
def database(
    client: httpx.Client, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Make a database with the exported events."""
    exported = client.get("/api/2.0/export", params=EVERYTHING)
    assert exported.status_code == 200
    with load(exported.content, tmp_path_factory.mktemp("export")) as connection:
        yield connection

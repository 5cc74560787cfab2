"""A shared sandbox for read-only tests, and plain httpx clients for it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from mixpanel_export.sandbox import Sandbox

DAY = {"from_date": "2024-02-29", "to_date": "2024-02-29"}
EVERYTHING = {"from_date": "2024-01-01", "to_date": "2024-03-31"}


@pytest.fixture(scope="package")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(limits=None) as running:
        yield running


@pytest.fixture(scope="package")
def anonymous(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """Make a client without credentials that accepts no compression."""
    with httpx.Client(timeout=60, base_url=sandbox.url, headers={"Accept-Encoding": "identity"}) as client:
        yield client


@pytest.fixture(scope="package")
def client(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """Make a client with the service account and the project that accepts no compression."""
    with httpx.Client(
        timeout=60,
        base_url=sandbox.url,
        auth=sandbox.auth,
        params={"project_id": sandbox.credentials.project_id},
        headers={"Accept-Encoding": "identity"},
    ) as client:
        yield client

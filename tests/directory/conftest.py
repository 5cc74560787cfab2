"""Fixtures of this package."""

from __future__ import annotations

import pytest

from mixpanel_export import MixpanelClient, ServiceAccountAuth
from mixpanel_export.http.context import Context
from tests.wire_server import async_client, client, sandbox, shop, wire

__all__ = ["async_client", "client", "context", "sandbox", "shop", "wire"]


@pytest.fixture
def context() -> Context:
    """Return the settings of a client; nothing is sent."""
    with MixpanelClient(ServiceAccountAuth("tester", "hush"), project_id=1) as client:
        return client.export._context

"""A sandbox and a client for each test; `nox -s integrations` installs the libraries."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mixpanel_export import MixpanelClient
from mixpanel_export.sandbox import Sandbox
from tests.wire_server import client_of, sandbox

__all__ = ["client", "sandbox"]


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[MixpanelClient]:
    with client_of(sandbox) as client:
        yield client

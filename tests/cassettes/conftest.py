"""Where the cassette tests find Mixpanel: in a cassette, in a live sandbox, or in a real project.

By default requests are replayed from `cassettes/` with the network blocked. `--live` starts a sandbox
instead. `--record-mode=rewrite` (what `nox -s record` passes) records: against the sandbox, or against the
project that `MIXPANEL_*` variables name. A test here must hold for all of them, so it asks for the types, the
shapes and the relations of answers; it knows no number of the sample data.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from mixpanel_export import MixpanelClient, ServiceAccountAuth
from mixpanel_export.auth import MixpanelAuth
from mixpanel_export.sandbox import Sandbox, SandboxCredentials
from mixpanel_export.settings import read

from . import readable, scrub

CASSETTES = Path(__file__).parents[2] / "cassettes"


@frozen
class Connection:
    """What a client is made with."""

    auth: MixpanelAuth
    options: dict[str, Any]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Replay with the network blocked, unless the sandbox is to answer."""
    here = Path(__file__).parent
    for item in items:
        if here not in item.path.parents or "connection" not in getattr(item, "fixturenames", ()):
            continue
        if not config.getoption("--live"):
            item.add_marker(pytest.mark.vcr)
            if config.getoption("--record-mode") in (None, "none"):
                item.add_marker(pytest.mark.block_network)


@pytest.fixture(scope="session")
def connection(pytestconfig: pytest.Config) -> Iterator[Connection]:
    """Return the server that this run talks to."""
    recording = pytestconfig.getoption("--record-mode") not in (None, "none")
    credentials = SandboxCredentials()
    if recording and any(name.startswith("MIXPANEL_") for name in os.environ):
        settings = read()
        yield Connection(settings.auth, dict(settings.options))
    elif recording or pytestconfig.getoption("--live"):
        with Sandbox(limits=None) as sandbox:
            options = {"project_id": sandbox.credentials.project_id, "base_url": sandbox.url, "limits": None}
            yield Connection(sandbox.auth, options)
    else:
        auth = ServiceAccountAuth(credentials.username, credentials.secret)
        options = {"project_id": credentials.project_id, "base_url": scrub.BASE_URL, "limits": None}
        yield Connection(auth, options)


@pytest.fixture
def client(connection: Connection) -> Iterator[MixpanelClient]:
    with MixpanelClient(connection.auth, **connection.options) as client:
        yield client


def pytest_recording_configure(config: pytest.Config, vcr: Any) -> None:
    # The name of a serializer is the suffix of its files.
    vcr.register_serializer("yaml", readable)


@pytest.fixture
def vcr_cassette_dir(request: pytest.FixtureRequest) -> str:
    return str(CASSETTES / request.path.stem.removeprefix("test_"))


@pytest.fixture(scope="session")
def vcr_config() -> dict[str, Any]:
    return scrub.vcr_config()

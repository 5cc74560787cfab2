"""The recording server, and the older client's drop-in connected to it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mixpanel_export import RetryPolicy
from mixpanel_export.compat import MixpanelQueryClient, SecretAuth, SignatureAuth
from mixpanel_export.sandbox import Sandbox
from tests.compat.calls_to_record import API_KEY, API_SECRET
from tests.recording_server import Server, _listening, server

__all__ = ["AGAIN", "Connect", "_listening", "sandbox_client", "server"]

AGAIN = RetryPolicy(initial_wait=0.01, max_wait=0.01)

Connect = Callable[..., MixpanelQueryClient]
"""`connect(auth_class, **options)` returns a client of the server that never retries or waits."""


@pytest.fixture(scope="module")
def _clients() -> Iterator[dict[Any, MixpanelQueryClient]]:
    made: dict[Any, MixpanelQueryClient] = {}
    yield made
    for client in made.values():
        client.connection.close()


@pytest.fixture
def connect(server: Server, _clients: dict[Any, MixpanelQueryClient]) -> Connect:
    def make(auth_class: Any = SignatureAuth, **options: Any) -> MixpanelQueryClient:
        key = (server.url, auth_class, *options.items())
        if key not in _clients:
            with warnings.catch_warnings():
                if auth_class is SecretAuth:
                    warnings.simplefilter("ignore", DeprecationWarning)
                settings = {"retry": RetryPolicy(attempts=1), "limits": None, **options}
                _clients[key] = MixpanelQueryClient(
                    API_KEY, API_SECRET, auth_class=auth_class, base_url=server.url, **settings
                )
        return _clients[key]

    return make


def sandbox_client(sandbox: Sandbox, auth_class: Any = SignatureAuth) -> MixpanelQueryClient:
    """Return a client of a sandbox that retries quickly."""
    keys = sandbox.credentials
    return MixpanelQueryClient(
        keys.api_key, keys.api_secret, None, auth_class, sandbox.url, retry=AGAIN, limits=None
    )


@pytest.fixture
def client(connect: Connect) -> MixpanelQueryClient:
    """Return a client that signs its requests."""
    return connect()

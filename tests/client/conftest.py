"""Fixtures of this package."""

from tests.recording_server import _listening, _service_account_client, ask, ask_sync, client, server
from tests.wire_server import sandbox

__all__ = ["_listening", "_service_account_client", "ask", "ask_sync", "client", "sandbox", "server"]

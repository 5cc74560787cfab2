"""Fixtures of this package."""

from tests.recording_server import _listening, _service_account_client, ask, ask_sync, client, server

__all__ = ["_listening", "_service_account_client", "ask", "ask_sync", "client", "server"]

"""Fixtures of this package."""

from tests.wire_server import async_client, client, sandbox, shop, wire

__all__ = ["async_client", "client", "sandbox", "shop", "wire"]

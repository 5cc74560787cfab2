"""Fixtures of this package."""

from tests.wire_server import sandbox, shop

__all__ = ["sandbox", "shop"]

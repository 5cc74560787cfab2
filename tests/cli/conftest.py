"""Fixtures of this package."""

from tests.wire_server import wire

__all__ = ["wire"]

"""The exit codes of the command."""

from __future__ import annotations

__all__ = ["BROKEN_PIPE", "DONE", "FAILED", "INTERRUPTED", "MALFORMED", "TERMINATED", "USAGE"]

DONE, FAILED, USAGE, MALFORMED, INTERRUPTED, BROKEN_PIPE, TERMINATED = 0, 1, 2, 3, 130, 141, 143
"""The exit codes.

Nothing was sent to Mixpanel when the code is `USAGE`. With `MALFORMED`, an export is complete, except for lines
that are not events and were set aside.
"""

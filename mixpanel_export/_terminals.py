"""Terminals and what they obey: an old Windows console prints escape sequences instead."""

from __future__ import annotations

import os
import sys
from typing import TextIO

__all__ = ["can_print", "is_terminal", "obeys_escapes"]


def is_terminal(stream: TextIO | None) -> bool:
    """Return True for an open terminal."""
    try:
        # None if it was closed before Python started.
        return stream is not None and stream.isatty()
    except ValueError:
        # Closed since.
        return False


def obeys_escapes(stream: TextIO | None) -> bool:
    """Return True for a terminal that obeys ANSI escape sequences, after switching them on where that is needed."""
    if stream is None or not is_terminal(stream) or os.environ.get("TERM") == "dumb":
        return False
    if sys.platform == "win32":
        return _switch_on(stream)
    return True


def can_print(text: str, stream: TextIO) -> bool:
    """Return True if the stream's encoding has the characters of a text."""
    try:
        text.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


if sys.platform == "win32":
    _VIRTUAL_TERMINAL = 0x0004

    def _switch_on(stream: TextIO) -> bool:
        """Ask the console to obey escape sequences, which Windows 10 and later can."""
        import ctypes
        import msvcrt

        mode = ctypes.c_ulong()
        try:
            handle = msvcrt.get_osfhandle(stream.fileno())
        except OSError:
            return False
        if not ctypes.windll.kernel32.GetConsoleMode(handle, ctypes.byref(mode)):
            return False
        wanted = mode.value | _VIRTUAL_TERMINAL
        return bool(ctypes.windll.kernel32.SetConsoleMode(handle, wanted))

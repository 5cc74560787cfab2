"""A progress bar for scripts and notebooks, without further packages: `progress=ProgressBar()`."""

from __future__ import annotations

import contextlib
import html
import importlib
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, TextIO, cast

from mixpanel_export._terminals import can_print, is_terminal, obeys_escapes

__all__ = ["ProgressBar"]

_INTERVAL = 0.1
_WIDTH = 30
_BLOCKS = "█░"


class ProgressBar:
    """Show how far an export has come: a line that moves in a terminal, a bar in Jupyter, nothing in a log.

    A terminal whose lines cannot move (`TERM=dumb`, an old Windows console) gets one line, at the end.

    Takes the totals of exports (`Progress`) and of profiles (`ProfilesProgress`). Use one for each export.

    Args:
        file: the terminal; standard error by default.

    Examples:
        >>> client.export.to_file("january.csv", first, last, progress=ProgressBar())  # doctest: +SKIP
    """

    def __init__(self, file: TextIO | None = None) -> None:
        # None if it was closed before Python started.
        self._file = cast("TextIO", sys.stderr if file is None else file)
        self._display: Callable[..., Any] | None = None if file is not None else _notebook_display()
        self._handle: Any = None
        self._shown = -_INTERVAL
        self._lock = threading.Lock()

    def __call__(self, totals: Any) -> None:
        """Show new totals; called by the export, from its threads."""
        done, total = _parts(totals)
        complete = total is not None and done >= total
        with self._lock:
            now = time.monotonic()
            if now - self._shown < _INTERVAL and not complete:
                return
            self._shown = now
            text = _words(totals)
            if self._display is not None:
                self._show_html(self._display, done, total, text)
            elif is_terminal(self._file):
                # Nobody reads it any more: no reason to stop an export.
                with contextlib.suppress(OSError, ValueError):
                    self._show_line(done, total, text, complete=complete)

    def _show_html(self, display: Callable[..., Any], done: int, total: int | None, text: str) -> None:
        value = f' value="{done}" max="{total}"' if total else ""
        bundle = {
            "text/html": f"<progress{value}></progress> {html.escape(text)}",
            "text/plain": text,
        }
        if self._handle is None:
            self._handle = display(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)

    def _show_line(self, done: int, total: int | None, text: str, *, complete: bool) -> None:
        if not obeys_escapes(self._file):
            if complete:
                self._file.write(f"{text}\n")
                self._file.flush()
            return
        filled = _WIDTH * done // total if total else 0
        full, empty = list(_BLOCKS if can_print(_BLOCKS, self._file) else "#-")
        bar = full * filled + empty * (_WIDTH - filled)
        self._file.write(f"\r\x1b[K{bar} {text}{chr(10) if complete else ''}")
        self._file.flush()


def _notebook_display() -> Callable[..., Any] | None:
    """Return IPython's `display` in a notebook, else None."""
    ipython: Any = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython is not None else None
    if shell is None or not hasattr(shell, "kernel"):
        return None
    display: Callable[..., Any] = importlib.import_module("IPython.display").display
    return display


def _parts(totals: Any) -> tuple[int, int | None]:
    if hasattr(totals, "days_done"):
        return totals.days_done, totals.days or None
    return totals.profiles, totals.total


def _words(totals: Any) -> str:
    if not hasattr(totals, "days_done"):
        of = f" of {totals.total:,}" if totals.total is not None else ""
        return f"{totals.profiles:,}{of} profiles"
    parts = [
        f"{totals.days_done:,} of {totals.days:,} days",
        f"{totals.events:,} events",
        f"{totals.received / 1e6:,.1f} MB",
    ]
    if totals.waiting is not None:
        reason, seconds = totals.waiting
        parts.append(f"waiting {seconds:.0f} s: {reason}")
    return ", ".join(parts)

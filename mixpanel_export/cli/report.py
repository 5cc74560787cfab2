"""Messages on standard error: a progress bar for people, lines for logs, JSON for programs.

Data never goes here, and no secret does. See `progress` for the bar.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import logging
import sys
import time
import warnings
from collections.abc import Callable, Generator, Mapping
from typing import Any, cast

from attrs import asdict
from rich.console import Console
from rich.markup import escape

from mixpanel_export._text import visible
from mixpanel_export.cli.progress import Describer, moving_bar

__all__ = ["Reporter"]

# Seconds between two progress lines of a log, and between two progress objects.
_LOG_INTERVAL = 30.0
_JSON_INTERVAL = 1.0


class Reporter:
    """Prints messages on standard error.

    Args:
        mode: `bar`, `json` or `none`; `auto` is `bar` in a terminal, and timestamped lines elsewhere.
        quiet: print only warnings and errors.
    """

    def __init__(self, mode: str, *, quiet: bool) -> None:
        self._console = _Console(
            stderr=True, highlight=False, soft_wrap=True, force_terminal=True if mode == "bar" else None
        )
        self._json = mode == "json"
        self._quiet = quiet
        moves = self._console.is_terminal and not self._console.is_dumb_terminal
        self._bar = not self._json and mode in {"auto", "bar"} and moves
        self._silent = quiet or mode == "none"
        self._is_log = False
        self._shows_waits = False

    def summary(self, text: str, facts: Mapping[str, Any] | None = None) -> None:
        """Report the result; `facts` are its numbers, for programs."""
        if not self._quiet:
            self._print("summary", text, facts)

    def note(self, text: str) -> None:
        """Report something worth knowing."""
        if not self._quiet:
            self._print("note", text)

    def warning(self, text: str) -> None:
        """Report something that should be changed."""
        self._print("warning", text, prefix="[bold yellow]warning:[/] ")

    def error(self, text: str, hint: str = "", facts: Mapping[str, Any] | None = None) -> None:
        """Report why the command failed, and what to do about it."""
        if self._json:
            self._print("error", text, {**({"hint": hint} if hint else {}), **(facts or {})})
            return
        self._print("error", text, prefix="[bold red]error:[/] ")
        if hint:
            self._print("error", hint, prefix="[bold]hint:[/] ")

    @contextlib.contextmanager
    def progress(self, describer: Describer, waiting: str) -> Generator[Callable[[Any], None] | None]:
        """Yield a listener that reports progress, or None when progress is switched off.

        Args:
            waiting: the text before there is any progress.
        """
        # From here on, the time of a message is worth knowing.
        self._is_log = not self._console.is_terminal
        if self._silent:
            yield None
        elif self._bar:
            self._shows_waits = True
            with moving_bar(self._console, describer, waiting) as show:
                yield show
            self._shows_waits = False
        else:
            yield self._at_intervals(describer)

    @contextlib.contextmanager
    def capture_warnings(self) -> Generator[None]:
        """Report what the library logs and warns about: warnings, and attempts that are repeated."""
        handler, retry_handler = _Handler(self.warning), _RetryHandler(self._retry)
        logger, retries = logging.getLogger("mixpanel_export"), logging.getLogger("mixpanel_export.retries")
        logger.addHandler(handler)
        retries.addHandler(retry_handler)
        propagates, logger.propagate = logger.propagate, False
        level = retries.level
        retries.setLevel(logging.INFO)

        def show(message: Warning | str, *_: object, **__: object) -> None:
            self.warning(str(message))

        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("default", message="Mixpanel retires", category=DeprecationWarning)
                warnings.showwarning = show
                yield
        finally:
            retries.setLevel(level)
            logger.propagate = propagates
            retries.removeHandler(retry_handler)
            logger.removeHandler(handler)

    def _retry(self, text: str) -> None:
        # A bar shows them itself, the longest wait of all slices.
        if not self._shows_waits and not self._silent:
            self._print("note", text)

    def _at_intervals(self, describer: Describer) -> Callable[[Any], None]:
        interval = _JSON_INTERVAL if self._json else _LOG_INTERVAL
        last = time.monotonic() - (interval if self._json else 0.0)

        def show(totals: Any) -> None:
            nonlocal last
            if time.monotonic() - last < interval:
                return
            last = time.monotonic()
            self._print("progress", describer.describe(totals, 0.0), asdict(totals))

        return show

    def _print(self, kind: str, text: str, facts: Mapping[str, Any] | None = None, prefix: str = "") -> None:
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        if self._json:
            document = {"type": kind, "time": now, "message": text, **(facts or {})}
            line = visible(json.dumps(document, ensure_ascii=False, default=str))
        else:
            stamp = f"{now} " if self._is_log and kind != "error" else ""
            shown = visible(text, keep="\n")
            line = f"{stamp}{prefix}{escape(shown)}"
        # Nobody reads it, or its disk is full: no reason to stop an export.
        with contextlib.suppress(OSError, ValueError):
            if not self._json:
                self._console.print(line)
            # Without standard error, print would use standard output, where the data goes.
            elif cast("object", sys.stderr) is not None:
                print(line, file=sys.stderr, flush=True)


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Go on when nobody reads the messages any more; rich would end the process."""
        self.quiet = True


class _Handler(logging.Handler):
    def __init__(self, report: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._report = report

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        argument = getattr(record, "argument", None)
        # A message that begins with an argument of the library, which here is an option.
        if argument and text.startswith(argument):
            text = f"--{argument.replace('_', '-')}{text.removeprefix(argument)}"
        self._report(text)


class _RetryHandler(logging.Handler):
    """Reports attempts that are repeated; slices that fail together, once."""

    def __init__(self, report: Callable[[str], None]) -> None:
        super().__init__(logging.INFO)
        self._report = report
        self._last: tuple[object, ...] = ()

    def emit(self, record: logging.LogRecord) -> None:
        # The name of the call and the seconds differ from slice to slice.
        arguments = record.args if isinstance(record.args, tuple) else ()
        seen = (*arguments[1:3], *arguments[4:])
        if seen != self._last:
            self._last = seen
            self._report(record.getMessage())

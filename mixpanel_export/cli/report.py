"""What a command says on standard error: for people who watch, for logs, or as JSON for programs.

Never data: that goes to standard output. Never a secret: nothing here knows one.
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
from typing import Any, Protocol, cast

from attrs import asdict
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, ProgressColumn, SpinnerColumn, Task, TimeElapsedColumn
from rich.progress import Progress as ProgressBar
from rich.text import Text

from mixpanel_export.cli.errors import without_python

__all__ = ["Progressing", "Reporter"]

# How often a log gets a line, and a program an object.
_LOG_SECONDS = 30.0
_JSON_SECONDS = 1.0


class Progressing(Protocol):
    """How far something has come, in words."""

    def describe(self, totals: Any, since: float) -> str:
        """One line.

        Args:
            totals: what a listener was told last.
            since: how many seconds ago that was.
        """
        ...

    def parts(self, totals: Any) -> tuple[int, int | None]:
        """How many parts are done, and of how many."""
        ...


class Reporter:
    """Says things on standard error.

    Args:
        mode: `bar`, `json` or `none`; `auto` is `bar` in a terminal, and lines with the time elsewhere.
        quiet: leave out all but warnings and errors.
    """

    def __init__(self, mode: str, *, quiet: bool) -> None:
        self._console = Console(
            stderr=True, highlight=False, soft_wrap=True, force_terminal=True if mode == "bar" else None
        )
        self._json = mode == "json"
        self._quiet = quiet
        self._bar = not self._json and mode in {"auto", "bar"} and self._console.is_terminal
        self._silent = quiet or mode == "none"

    def summary(self, text: str, facts: Mapping[str, Any] | None = None) -> None:
        """Say what was done; `facts` are the same for programs."""
        if not self._quiet:
            self._say("summary", text, facts)

    def note(self, text: str) -> None:
        """Say something worth knowing."""
        if not self._quiet:
            self._say("note", text)

    def warning(self, text: str) -> None:
        """Say something that should be changed."""
        self._say("warning", text, prefix="[bold yellow]warning:[/] ")

    def error(self, text: str, facts: Mapping[str, Any] | None = None) -> None:
        """Say why it ends."""
        self._say("error", text, facts, prefix="[bold red]error:[/] ")

    @contextlib.contextmanager
    def progress(self, about: Progressing, waiting: str) -> Generator[Callable[[Any], None] | None]:
        """A listener that shows how far it has come; None when nobody wants to know.

        Args:
            about: puts it into words.
            waiting: what is said before there is any.
        """
        if self._silent:
            yield None
        elif self._bar:
            with self._moving(about, waiting) as show:
                yield show
        else:
            yield self._now_and_then(about)

    @contextlib.contextmanager
    def capture_warnings(self) -> Generator[None]:
        """While this lasts, what the library logs and warns of is said here too."""
        handler = _Handler(self.warning)
        logger = logging.getLogger("mixpanel_export")
        logger.addHandler(handler)
        propagates, logger.propagate = logger.propagate, False

        def show(message: Warning | str, *_: object, **__: object) -> None:
            self.warning(without_python(str(message)))

        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("default", message="Mixpanel retires", category=DeprecationWarning)
                warnings.showwarning = show
                yield
        finally:
            logger.propagate = propagates
            logger.removeHandler(handler)

    @contextlib.contextmanager
    def _moving(self, about: Progressing, waiting: str) -> Generator[Callable[[Any], None]]:
        line = _Line(about, waiting)
        columns = (SpinnerColumn(), BarColumn(bar_width=20), line, TimeElapsedColumn())
        with ProgressBar(*columns, console=self._console, transient=True) as bar:
            task = bar.add_task("", total=None)

            def show(totals: Any) -> None:
                line.tell(totals)
                done, total = about.parts(totals)
                bar.update(task, completed=done, total=total or None)

            yield show

    def _now_and_then(self, about: Progressing) -> Callable[[Any], None]:
        pause = _JSON_SECONDS if self._json else _LOG_SECONDS
        last = time.monotonic() - (pause if self._json else 0.0)

        def show(totals: Any) -> None:
            nonlocal last
            if time.monotonic() - last < pause:
                return
            last = time.monotonic()
            self._say("progress", about.describe(totals, 0.0), asdict(totals))

        return show

    def _say(self, kind: str, text: str, facts: Mapping[str, Any] | None = None, prefix: str = "") -> None:
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        if self._json:
            document = {"type": kind, "time": now, "message": text, **(facts or {})}
            # Without standard error, print would take standard output, where the data goes.
            if cast("object", sys.stderr) is not None:
                print(json.dumps(document, ensure_ascii=False, default=str), file=sys.stderr, flush=True)
        else:
            stamp = "" if self._console.is_terminal else f"{now} "
            self._console.print(f"{stamp}{prefix}{escape(text)}")


class _Line(ProgressColumn):
    """Says how far it is; counts the seconds of a wait down while it lasts."""

    def __init__(self, about: Progressing, waiting: str) -> None:
        super().__init__()
        self._about = about
        self._waiting = waiting
        self._told: tuple[Any, float] | None = None

    def tell(self, totals: Any) -> None:
        self._told = totals, time.monotonic()

    def render(self, task: Task) -> Text:
        if self._told is None:
            return Text(self._waiting)
        totals, at = self._told
        return Text(self._about.describe(totals, time.monotonic() - at))


class _Handler(logging.Handler):
    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        self._say(record.getMessage())

"""Progress of an export: the moving bar of a terminal, and the words that say how far it is.

See `report` for who decides between a bar, log lines and JSON.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, Protocol

from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, ProgressColumn, SpinnerColumn, Task, TimeElapsedColumn
from rich.progress import Progress as ProgressBar
from rich.text import Text

from mixpanel_export.http.clock import in_words

if TYPE_CHECKING:
    from mixpanel_export import Progress
    from mixpanel_export.profiles.file import ProfilesProgress

__all__ = ["Describer", "ExportDescriber", "ProfilesDescriber", "moving_bar"]

# A shorter wait is over before anyone has read about it.
_MIN_WAIT_SHOWN = 0.3
_MIN_REST_SHOWN = 2.0


class Describer(Protocol):
    """Progress in words and in numbers."""

    def describe(self, totals: Any, since: float) -> str:
        """Return one line.

        Args:
            totals: the latest totals.
            since: their age in seconds.
        """
        ...

    def parts(self, totals: Any) -> tuple[int, int | None]:
        """Return how many parts are done, and how many there are."""
        ...


class ExportDescriber:
    """Progress of an export of events."""

    def describe(self, totals: Progress, since: float) -> str:
        """Return one line; waits are counted down.

        A terminal cuts the end off, so the news is first.
        """
        parts = [
            f"{totals.days_done:,} of {totals.days:,} days",
            f"{totals.events:,} events",
            f"{decimal(totals.received)} received",
            f"{decimal(int(totals.rate))}/s",
        ]
        if totals.retries:
            parts.append(f"{totals.retries} retried")
        if totals.waiting is not None and (left := totals.waiting[1] - since) >= _MIN_WAIT_SHOWN:
            step, _, reason = totals.waiting[0].partition(": ")
            parts.insert(0, f"{step} in {in_words(left)}: {reason}")
        elif totals.remaining is not None and (left := totals.remaining - since) >= _MIN_REST_SHOWN:
            parts.insert(1, f"about {in_words(left)} left")
        return ", ".join(parts)

    def parts(self, totals: Progress) -> tuple[int, int | None]:
        """Return the tenths of a second that have passed, and about how many there are in all."""
        if totals.remaining is None:
            return 0, None
        return int(10 * totals.seconds), int(10 * (totals.seconds + totals.remaining)) + 1


class ProfilesDescriber:
    """Progress of an export of profiles."""

    def describe(self, totals: ProfilesProgress, since: float) -> str:
        """Return one line."""
        of = f" of {totals.total:,}" if totals.total is not None else ""
        return f"{totals.profiles:,}{of} profiles"

    def parts(self, totals: ProfilesProgress) -> tuple[int, int | None]:
        """Return the profiles that were read, and all of them."""
        return totals.profiles, totals.total


@contextlib.contextmanager
def moving_bar(console: Console, describer: Describer, waiting: str) -> Generator[Callable[[Any], None]]:
    """Show a progress bar; yields the listener that moves it.

    Args:
        waiting: the text before the first totals.
    """
    line = _Line(describer, waiting)
    columns = (SpinnerColumn(), BarColumn(bar_width=20), line, TimeElapsedColumn())
    with ProgressBar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(totals: Any) -> None:
            line.update(totals)
            done, total = describer.parts(totals)
            bar.update(task, completed=done, total=total or None)

        yield show


class _Line(ProgressColumn):
    """The words beside the bar; counts down the seconds of a wait."""

    def __init__(self, describer: Describer, waiting: str) -> None:
        super().__init__()
        self._describer = describer
        self._waiting = waiting
        self._latest: tuple[Any, float] | None = None

    def update(self, totals: Any) -> None:
        self._latest = totals, time.monotonic()

    def render(self, task: Task) -> Text:
        if self._latest is None:
            return Text(self._waiting)
        totals, at = self._latest
        return Text(self._describer.describe(totals, time.monotonic() - at))

"""What the command says of an export: a line that moves while it runs, a summary, a plan."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator

from rich.console import Console
from rich.filesize import decimal
from rich.progress import Progress as ProgressBar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from mixpanel_export import Progress
from mixpanel_export.export.summaries import DirectoryExport, PlanSummary

__all__ = ["described", "display", "print_plan", "said_of_directory"]

# A shorter wait is over before it is read.
_WORTH_SAYING = 1.0


@contextlib.contextmanager
def display(console: Console) -> Generator[Callable[[Progress], None] | None]:
    """A listener that moves the line; None where there is no terminal: a log wants none of it."""
    if not console.is_terminal:
        yield None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with ProgressBar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("waiting for the first byte …")

        def show(totals: Progress) -> None:
            bar.update(task, description=described(totals))

        yield show


def described(totals: Progress) -> str:
    """How far an export has come, in one line."""
    parts = [
        f"{totals.slices_done} of {totals.slices} slices",
        f"{totals.events:,} events",
        f"{decimal(totals.received)} received",
        f"{decimal(int(totals.rate))}/s",
    ]
    if totals.retries:
        parts.append(f"{totals.retries} tried again")
    if totals.waiting is not None and totals.waiting[1] >= _WORTH_SAYING:
        reason, seconds = totals.waiting
        parts.append(f"waiting {reason}, {seconds:.0f} s")
    return ", ".join(parts)


def said_of_directory(done: DirectoryExport) -> tuple[str, list[str]]:
    """What an export to a directory has done, in one line, and what else is worth knowing."""
    said = f"{done.events:,} events, {_many(len(done.files), 'file')}, {decimal(done.bytes)}, to {done.path}"
    if done.dropped:
        said += f", {done.dropped:,} duplicates left out"
    said += f": {_many(done.fetched, 'slice')} fetched, {done.found:,} found done"
    notes = [f"{name} {why}; it was fetched again" for name, why in done.damaged.items()]
    notes += [f"{name} is not in the manifest, and was left alone" for name in done.unknown]
    return said, notes


def print_plan(plan: PlanSummary) -> None:
    """A plan, on standard output."""
    done = plan.done
    print(f"Range: {plan.from_date} to {plan.to_date}")
    print(
        f"Done: {_many(len(done), 'slice')}, {sum(each.events for each in done):,} events, "
        f"{decimal(sum(each.bytes for each in done))}"
    )
    for name, why in plan.damaged.items():
        print(f"Damaged: {name} {why}")
    print(
        f"To fetch: {_many(plan.requests, 'request')} for {_many(plan.days, 'day')}, {plan.parallel} at a time"
    )
    for each in plan.slices:
        print(f"  {each}")
    if plan.per_hour is None:
        print("Budget: none is kept")
        return
    wait = f"about {plan.hours_to_wait} h of waiting" if plan.hours_to_wait else "no waiting"
    print(f"Budget: {plan.per_hour} requests an hour, {plan.used} used within the last hour; {wait}")


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"

"""What the command says of an export: how far it is, a summary, a plan."""

from __future__ import annotations

from rich.filesize import decimal

from mixpanel_export import Progress
from mixpanel_export.directory.results import DirectoryExport, PlanSummary

__all__ = ["ExportProgress", "pluralize", "print_plan", "summarize_directory"]

# A shorter wait is over before it is read.
_WORTH_SAYING = 1.0


class ExportProgress:
    """How far an export has come, in words."""

    def describe(self, totals: Progress, since: float) -> str:
        """One line; a wait has become shorter since it was told."""
        parts = [
            f"{totals.slices_done} of {totals.slices} slices",
            f"{totals.events:,} events",
            f"{decimal(totals.received)} received",
            f"{decimal(int(totals.rate))}/s",
        ]
        if totals.retries:
            parts.append(f"{totals.retries} tried again")
        if totals.waiting is not None and (left := totals.waiting[1] - since) >= _WORTH_SAYING:
            parts.append(f"waiting {totals.waiting[0]}, {left:.0f} s")
        return ", ".join(parts)

    def parts(self, totals: Progress) -> tuple[int, int | None]:
        """Slices that are done, and all."""
        return totals.slices_done, totals.slices


def summarize_directory(done: DirectoryExport) -> tuple[str, list[str]]:
    """What an export to a directory has done, in one line, and what else is worth knowing."""
    said = (
        f"{done.events:,} events, {pluralize(len(done.files), 'file')}, {decimal(done.bytes)}, to {done.path}"
    )
    if done.dropped:
        said += f", {done.dropped:,} duplicates left out"
    said += f": {pluralize(done.fetched, 'slice')} fetched, {done.found:,} found done"
    notes = [f"{name} {why}; it was fetched again" for name, why in done.damaged.items()]
    notes += [f"{name} is not in the manifest, and was left alone" for name in done.unknown]
    return said, notes


def print_plan(plan: PlanSummary) -> None:
    """A plan, on standard output."""
    done = plan.done
    print(f"Range: {plan.from_date} to {plan.to_date}")
    print(
        f"Done: {pluralize(len(done), 'slice')}, {sum(each.events for each in done):,} events, "
        f"{decimal(sum(each.bytes for each in done))}"
    )
    for name, why in plan.damaged.items():
        print(f"Damaged: {name} {why}")
    print(
        f"To fetch: {pluralize(plan.requests, 'request')} for {pluralize(plan.days, 'day')}, "
        f"{plan.parallel} at a time"
    )
    for each in plan.slices:
        print(f"  {each}")
    if plan.per_hour is None:
        print("Budget: none is kept")
        return
    wait = f"about {plan.hours_to_wait} h of waiting" if plan.hours_to_wait else "no waiting"
    print(f"Budget: {plan.per_hour} requests an hour, {plan.used} used within the last hour; {wait}")


def pluralize(count: int, what: str) -> str:
    """A number and what it counts."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"

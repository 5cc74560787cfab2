"""Summaries and plans of exports, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.filesize import decimal

if TYPE_CHECKING:
    from mixpanel_export.directory.results import DirectoryExport
    from mixpanel_export.export.plans import PlanSummary
    from mixpanel_export.profiles.file import ProfilesProgress

__all__ = ["pluralize", "print_plan", "summarize_directory", "summarize_profiles"]


def summarize_directory(done: DirectoryExport) -> tuple[str, list[str]]:
    """Return what an export to a directory did, in one line, and notes about its files."""
    summary = (
        f"{done.events:,} events, {pluralize(len(done.files), 'file')}, {decimal(done.bytes)}, to {done.path}"
    )
    if done.dropped:
        summary += f", {done.dropped:,} duplicates left out"
    if done.malformed:
        summary += f", {pluralize(done.malformed, 'malformed line')} set aside"
    summary += f": {pluralize(done.fetched, 'slice')} fetched, {done.found:,} already complete"
    notes = [f"{name} {problem}; it was fetched again" for name, problem in done.damaged.items()]
    notes += [f"{name} is not in the manifest and was left alone" for name in done.unknown]
    return summary, notes


def summarize_profiles(totals: ProfilesProgress) -> str:
    """Return what an export of profiles did, in one line."""
    parts = [pluralize(totals.profiles, "profile"), f"{pluralize(totals.pages, 'page')} fetched"]
    if totals.found:
        parts.append(f"{totals.found:,} already complete")
    if totals.restarts:
        parts.append(f"restarted {pluralize(totals.restarts, 'time')} because Mixpanel lost the session")
    return ", ".join(parts)


def print_plan(plan: PlanSummary) -> None:
    """Print a plan on standard output."""
    done = plan.done
    click.echo(f"Range: {plan.from_date} to {plan.to_date}")
    click.echo(
        f"Done: {pluralize(len(done), 'slice')}, {sum(slice_.events for slice_ in done):,} events, "
        f"{decimal(sum(slice_.bytes for slice_ in done))}"
    )
    for name, problem in plan.damaged.items():
        click.echo(f"Damaged: {name} {problem}")
    if plan.slices:
        most = f" to {plan.most_requests:,}" if plan.most_requests > plan.requests else ""
        requests = pluralize(plan.requests, "request") if not most else f"{plan.requests:,}{most} requests"
        click.echo(f"To fetch: {pluralize(plan.days, 'day')} in {requests}: {plan.reason}")
    else:
        click.echo("To fetch: nothing")
    for slice_ in plan.slices:
        click.echo(f"  {slice_}")
    if plan.per_hour is None:
        click.echo("Budget: unlimited")
        return
    wait = f"about {plan.hours_to_wait} h of waiting" if plan.hours_to_wait else "no waiting"
    if plan.most_hours_to_wait > plan.hours_to_wait:
        wait += f" for {pluralize(plan.requests, 'request')}"
        wait += f", about {plan.most_hours_to_wait} h for {plan.most_requests:,}"
    click.echo(f"Budget: {plan.per_hour} requests an hour, {plan.used} used in the last hour; {wait}")


def pluralize(count: int, noun: str) -> str:
    """Return a number and what it counts."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"

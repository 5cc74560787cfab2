"""`mixpanel-export events`: a range of days to a folder, a file or standard output."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import cast

from rich.console import Console
from rich.filesize import decimal
from rich.progress import Progress as ProgressBar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from mixpanel_export import MixpanelClient, Progress
from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.export.files import FileFormat, check_format, format_of

__all__ = ["export_events"]


def export_events(
    from_date: str,
    to_date: str,
    output: str,
    format: str | None,
    event: list[str] | None,
    where: str | None,
    sandbox: bool,
) -> None:
    """Export, and say on standard error what was done."""
    target = _target(output, format, from_date, to_date)
    console = Console(stderr=True, highlight=False)
    began = time.monotonic()
    with _client(sandbox) as client, _display(console) as progress:
        if target is None:
            totals = client.export.to_stream(
                sys.stdout.buffer, from_date, to_date, event=event, where=where, progress=progress
            )
        else:
            path, chosen = target
            totals = client.export.to_file(
                path, from_date, to_date, format=chosen, event=event, where=where, progress=progress
            )
    took = time.monotonic() - began
    place = "standard output" if target is None else str(target[0])
    console.print(
        f"{totals.events:,} events, {decimal(totals.lines)} of JSON Lines, to {place} in {took:.1f} s",
        soft_wrap=True,
    )


def _target(output: str, format: str | None, from_date: str, to_date: str) -> tuple[Path, FileFormat] | None:
    if format is not None:
        check_format(format)
    chosen = cast(FileFormat | None, format)
    if output == "-":
        if chosen == "jsonl.gz":
            raise InvalidArgumentError("format", chosen, "standard output takes jsonl only")
        return None
    path = Path(output)
    named = format_of(path)
    if named is not None and not path.is_dir():
        if chosen not in (None, named):
            raise InvalidArgumentError(
                "format", chosen, f"the output's name, {path.name}, says {named}; make them agree"
            )
        return path, named
    if path.suffix and not path.is_dir() and not output.endswith(("/", os.sep)):
        raise InvalidArgumentError(
            "output", output, "allowed is a folder, a file named .jsonl or .jsonl.gz, or -"
        )
    chosen = chosen or "jsonl.gz"
    return path / f"events_{from_date}_{to_date}.{chosen}", chosen


@contextlib.contextmanager
def _client(sandbox: bool) -> Generator[MixpanelClient]:
    if not sandbox:
        with MixpanelClient.from_env() as client:
            yield client
        return
    from mixpanel_export.sandbox import Sandbox

    with (
        Sandbox() as server,
        MixpanelClient(server.auth, project_id=server.credentials.project_id, base_url=server.url) as client,
    ):
        yield client


@contextlib.contextmanager
def _display(console: Console) -> Generator[Callable[[Progress], None] | None]:
    """A line that moves, on a terminal only: a log wants none of it."""
    if not console.is_terminal:
        yield None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with ProgressBar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("waiting for the first byte …")

        def show(totals: Progress) -> None:
            bar.update(task, description=f"{totals.events:,} events, {decimal(totals.received)} received")

        yield show

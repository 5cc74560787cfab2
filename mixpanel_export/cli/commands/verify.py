"""`mixpanel-export verify`: check that the export in a directory is complete and undamaged, offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mixpanel_export.cli.base import Command
from mixpanel_export.cli.invocation import Invocation, pass_invocation

if TYPE_CHECKING:
    from mixpanel_export.cli.report import Reporter

__all__ = ["verify"]


@click.command(
    "verify",
    cls=Command,
    connects=False,
    short_help="Check the export in a directory.",
    example="mixpanel-export verify events",
)
@click.argument("path", metavar="DIRECTORY")
@pass_invocation
def verify(invocation: Invocation, path: str) -> None:
    """Check the export in DIRECTORY: every day is there, every file has its size, checksum and events.

    Nothing is fetched or changed; `events --verify` repairs what is damaged. Exits with 1 if something is wrong.
    """
    _verify(invocation.reporter, path)


def _verify(reporter: Reporter, path: str) -> None:
    from rich.filesize import decimal

    from mixpanel_export.cli.output.summaries import pluralize
    from mixpanel_export.directory.destination import open_storage
    from mixpanel_export.directory.filenames import MANIFEST, FileName, name_of
    from mixpanel_export.directory.verify import find_damaged
    from mixpanel_export.errors import ExportError, InvalidArgumentError
    from mixpanel_export.http.retry import RetryPolicy

    storage = open_storage(path, retry=RetryPolicy())
    manifest = storage.read_manifest()
    if manifest is None:
        raise InvalidArgumentError("path", path, f"expected a directory with a {MANIFEST} from `events`")
    damaged = find_damaged(storage, manifest.slices, manifest.query.format, read=True)
    gaps = manifest.gaps()
    unfinished = not manifest.is_complete and not gaps
    query = manifest.query
    click.echo(f"Range: {query.from_date} to {query.to_date}")
    click.echo(
        f"Listed: {pluralize(len(manifest.slices), 'file')}, {manifest.events:,} events, {decimal(manifest.size)}"
    )
    for gap in gaps:
        click.echo(f"Missing: {gap}")
    for name, problem in damaged.items():
        click.echo(f"Damaged: {name} {problem}")
    if unfinished:
        click.echo("Unfinished: an update was interrupted")
    for file in sorted(storage.paths()):
        name = name_of(file)
        if name not in manifest.names and FileName.parse(name) is not None:
            reporter.note(f"{file} is not in the manifest")
    if manifest.malformed:
        click.echo(
            f"Malformed: {pluralize(manifest.malformed, 'line')} left out, kept in files beside the data"
        )
    problems = [f"{pluralize(len(gaps), 'range')} missing"] if gaps else []
    problems += [f"{pluralize(len(damaged), 'file')} damaged"] if damaged else []
    problems += ["an update is unfinished"] if unfinished else []
    if problems:
        raise ExportError(
            f"{path} is not complete: {' and '.join(problems)}. Run its `events` command with --verify to repair it"
        )
    click.echo("Complete: every day is there, and every file has its size, checksum and events")

"""`mixpanel-export profiles`: export the profiles of a project to a file or standard output."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from attrs import asdict

from mixpanel_export._formats import FORMATS, FileFormat
from mixpanel_export.cli.base import Command
from mixpanel_export.cli.destinations import Destination, resolve
from mixpanel_export.cli.invocation import Invocation, pass_invocation
from mixpanel_export.cli.options import option

if TYPE_CHECKING:
    from mixpanel_export import MixpanelClient
    from mixpanel_export.profiles.file import ProfilesProgress, ProfilesProgressListener
    from mixpanel_export.profiles.query import ProfileFilters

__all__ = ["profiles"]


@click.command(
    "profiles",
    cls=Command,
    short_help="Export profiles.",
    example='mixpanel-export profiles --where \'properties["plan"] == "plus"\' --output plus.jsonl --sandbox',
)
@option(
    "--output",
    "-o",
    required=True,
    metavar="PATH",
    also_sets=["path"],
    help="A directory; a file ending in .jsonl, .jsonl.gz, .parquet or .csv; or - for standard output.",
)
@option(
    "--format",
    type=click.Choice(FORMATS),
    help="File format. Default: taken from the file name, otherwise jsonl.gz.",
)
@option("--where", metavar="EXPR", help="Only profiles for which this expression is true.")
@option("--cohort", type=int, metavar="ID", help="Only members of the cohort with this id.")
@option(
    "--property",
    "output_properties",
    metavar="NAME",
    multiple=True,
    help="Only this property of each profile; can be repeated.",
)
@option(
    "--distinct-id",
    "distinct_ids",
    metavar="ID",
    multiple=True,
    help="Only the profile with this distinct id; can be repeated.",
)
@option(
    "--group",
    metavar="ID",
    also_sets=["data_group_id"],
    help="Group profiles of the group key with this id, instead of user profiles.",
)
@option("--allow-shortfall", is_flag=True, help="Accept fewer profiles than the total that Mixpanel reports.")
@option("--overwrite", is_flag=True, help="Replace an existing file.")
@pass_invocation
def profiles(
    invocation: Invocation,
    output: str,
    format: FileFormat | None,
    where: str | None,
    cohort: int | None,
    output_properties: Sequence[str],
    distinct_ids: Sequence[str],
    group: str | None,
    allow_shortfall: bool,
    overwrite: bool,
) -> None:
    """Export user or group profiles, as JSON Lines, Parquet or CSV.

    A directory gets a file profiles.jsonl.gz. A file appears under its name only when it is complete. If the
    export is interrupted, rerun the same command within a few minutes to resume; Mixpanel does not keep the query
    for longer.
    """
    from mixpanel_export.cli.clients import client_for
    from mixpanel_export.cli.output.summaries import summarize_profiles
    from mixpanel_export.cli.progress import ProfilesDescriber
    from mixpanel_export.profiles.query import ProfileFilters

    filters = ProfileFilters(
        where=where,
        cohort=cohort,
        output_properties=output_properties or None,
        distinct_ids=distinct_ids or None,
        group=group,
        allow_shortfall=allow_shortfall,
    )
    if output == "-" and format == "csv":
        raise click.UsageError(
            "--format: csv is not for the profiles on standard output; use jsonl or a file"
        )
    target = _file(resolve(output, format, remote=False))
    target.check(overwrite=overwrite)
    with client_for(invocation, check=lambda client: next(client.profiles.all(**filters), None)) as client:
        started = time.monotonic()
        with invocation.reporter.progress(ProfilesDescriber(), "waiting for the first page …") as progress:
            totals = _write(client, target, filters, progress)
        seconds = time.monotonic() - started
        invocation.reporter.summary(
            f"{summarize_profiles(totals)}, to {target}, in {seconds:.1f} s",
            {"seconds": round(seconds, 3), **asdict(totals)},
        )


def _file(target: Destination) -> Destination:
    """Return the file in a directory, or the file itself."""
    if not target.is_directory:
        return target
    file_format = target.format or "jsonl.gz"
    assert isinstance(target.path, Path)
    return Destination(target.path / f"profiles.{file_format}", file_format)


def _write(
    client: MixpanelClient,
    target: Destination,
    filters: ProfileFilters,
    progress: ProfilesProgressListener | None,
) -> ProfilesProgress:
    if target.path is None:
        from mixpanel_export.cli.destinations import data_stream

        return client.profiles.to_stream(data_stream(), progress=progress, **filters)
    try:
        return client.profiles.to_file(Path(target.path), format=target.format, progress=progress, **filters)
    except KeyboardInterrupt:
        raise KeyboardInterrupt("run the same command to resume") from None

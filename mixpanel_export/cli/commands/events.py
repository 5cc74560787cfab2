"""`mixpanel-export events`: export a range of days to a directory, a file or standard output.

`plan` has the same options. Library modules are imported when the command runs, so that `--help` is fast.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from attrs import asdict, frozen

from mixpanel_export._formats import (
    COLUMNAR,
    ColumnNames,
    FileFormat,
    Layout,
    OnMalformed,
    PartitionBy,
    check_columnar,
)
from mixpanel_export.cli.base import Command
from mixpanel_export.cli.destinations import Destination, resolve
from mixpanel_export.cli.event_options import event_options
from mixpanel_export.cli.exit_codes import MALFORMED
from mixpanel_export.cli.invocation import Invocation, pass_invocation
from mixpanel_export.cli.options import option

if TYPE_CHECKING:
    from mixpanel_export import MixpanelClient, Progress
    from mixpanel_export.directory.results import DirectoryExport
    from mixpanel_export.download.job import ExportOptions
    from mixpanel_export.download.progress import ProgressListener
    from mixpanel_export.export.plans import PlanSummary

__all__ = ["EventsCommand", "events"]


@click.command(
    "events",
    cls=Command,
    short_help="Export raw events.",
    example="mixpanel-export events --from 2024-01-01 --to 2024-01-31 --output events --sandbox",
)
@option(
    "--output",
    "-o",
    required=True,
    metavar="PATH",
    also_sets=["path"],
    help="A directory, local or under s3://, gs:// or az://; a file ending in .jsonl, .jsonl.gz, .parquet or .csv; "
    "or - for standard output.",
)
@event_options
@option("--dry-run", is_flag=True, help="Print the requests that would be sent, and what is complete.")
@pass_invocation
def events(invocation: Invocation, /, **options: Any) -> None:
    """Export the raw events of a range of days, as JSON Lines, Parquet or CSV.

    A file appears under its name only when it is complete. A directory gets a file per slice, and a manifest.json
    that lists the complete ones; interrupt the export at any time, and rerun the same command to resume. Exits with
    3 if all is exported except malformed lines that were set aside.
    """
    EventsCommand(**options).run(invocation)


@frozen(kw_only=True)
class EventsCommand:
    """One run of `events` or `plan`; the attributes are the options."""

    from_date: str | None
    to_date: str | None
    output: str | None
    format: FileFormat | None
    layout: Layout | None
    partition_by: PartitionBy | None
    event: Sequence[str]
    exclude: Sequence[str]
    columns: str | None
    column_names: ColumnNames | None
    where: str | None
    deduplicate: bool
    on_malformed: OnMalformed | None
    malformed_path: str | None
    max_line: int | None
    allow_unproved: bool
    parallel: int | None
    slice_days: int | None
    memory: int | None
    overwrite: bool
    verify: bool
    since_last: bool
    look_back: int | None
    dry_run: bool

    def run(self, invocation: Invocation) -> None:
        """Check the options, and export or print the plan."""
        from mixpanel_export.cli.clients import client_for
        from mixpanel_export.cli.output.summaries import print_plan
        from mixpanel_export.cli.progress import ExportDescriber
        from mixpanel_export.cli.suggestions import known_events
        from mixpanel_export.client import add_event_names

        target = Destination(None, self.format) if self.output is None else resolve(self.output, self.format)
        self._check(target)
        with client_for(
            invocation, check=lambda client: self._plan(client, target), dry_run=self.dry_run
        ) as client:
            if self.dry_run:
                print_plan(self._plan(client, target))
                return
            if self.event:
                add_event_names(client, known_events(invocation))
            started = time.monotonic()
            reporter = invocation.reporter
            with reporter.progress(ExportDescriber(), "waiting for the first byte …") as progress:
                result = self._export(client, target, progress)
            seconds = time.monotonic() - started
            facts = {"seconds": round(seconds, 3), **result.facts}
            reporter.summary(f"{result.summary}, in {seconds:.1f} s", facts)
            for note in result.notes:
                reporter.note(note)
        if result.malformed:
            raise click.exceptions.Exit(MALFORMED)

    def _export(
        self, client: MixpanelClient, target: Destination, progress: ProgressListener | None
    ) -> _Result:
        if target.is_directory:
            from mixpanel_export.cli.output.summaries import summarize_directory

            done = self._to_directory(client, target, progress)
            facts = {**asdict(done.progress), "malformed": done.malformed}
            return _Result(*summarize_directory(done), facts, done.malformed)
        from_date, to_date = self._range
        if target.path is None:
            from mixpanel_export.cli.destinations import data_stream

            totals = client.export.to_stream(
                data_stream(),
                from_date,
                to_date,
                format=target.format or "jsonl",
                layout=self.layout,
                columns=self.columns,
                progress=progress,
                **self._export_options,
            )
        else:
            totals = client.export.to_file(
                Path(target.path),
                from_date,
                to_date,
                format=target.format or "jsonl.gz",
                layout=self.layout,
                columns=self.columns,
                progress=progress,
                **self._export_options,
            )
        return self._summarize(totals, target)

    def _to_directory(
        self, client: MixpanelClient, target: Destination, progress: ProgressListener | None
    ) -> DirectoryExport:
        from mixpanel_export.cli.resuming import explaining_interrupts

        assert target.path is not None
        with explaining_interrupts(target.path, progress) as listener:
            if self.since_last:
                return client.export.update_directory(
                    target.path,
                    to_date=self.to_date,
                    look_back=self._look_back,
                    from_date=self.from_date,
                    format=target.format,
                    layout=self.layout,
                    partition_by=self.partition_by,
                    columns=self.columns,
                    verify=self.verify,
                    progress=listener,
                    **self._export_options,
                )
            from_date, to_date = self._range
            return client.export.to_directory(
                target.path,
                from_date,
                to_date,
                format=target.format or "jsonl.gz",
                layout=self.layout,
                partition_by=self.partition_by,
                columns=self.columns,
                overwrite=self.overwrite,
                verify=self.verify,
                progress=listener,
                **self._export_options,
            )

    def _plan(self, client: MixpanelClient, target: Destination) -> PlanSummary:
        path = target.path if target.is_directory else None
        if self.since_last and path is not None:
            return client.export.plan_update(
                path,
                to_date=self.to_date,
                look_back=self._look_back,
                from_date=self.from_date,
                format=target.format,
                layout=self.layout,
                partition_by=self.partition_by,
                columns=self.columns,
                verify=self.verify,
                **self._export_options,
            )
        from_date, to_date = self._range
        return client.export.plan(
            from_date,
            to_date,
            path=path,
            format=target.format or "jsonl.gz",
            layout=self.layout,
            partition_by=self.partition_by,
            columns=self.columns,
            overwrite=self.overwrite,
            verify=self.verify,
            **self._export_options,
        )

    @property
    def _export_options(self) -> ExportOptions:
        """The given options only: an update takes the others from the manifest."""
        from mixpanel_export.download.job import ExportOptions

        options = ExportOptions()
        if self.event:
            options["event"] = list(self.event)
        if self.exclude:
            options["exclude"] = list(self.exclude)
        if self.column_names is not None:
            options["column_names"] = self.column_names
        if self.where is not None:
            options["where"] = self.where
        if self.deduplicate:
            options["deduplicate"] = True
        if self.on_malformed is not None:
            options["on_malformed"] = self.on_malformed
        if self.malformed_path is not None:
            options["malformed_path"] = self.malformed_path
        if self.max_line is not None:
            options["max_line"] = self.max_line
        if self.allow_unproved:
            options["allow_unproved"] = True
        if self.parallel is not None:
            options["parallel"] = self.parallel
        if self.slice_days is not None:
            options["slice_days"] = self.slice_days
        if self.memory is not None:
            options["memory"] = self.memory
        return options

    @property
    def _look_back(self) -> int:
        from mixpanel_export.directory.resource import DEFAULT_LOOK_BACK

        return DEFAULT_LOOK_BACK if self.look_back is None else self.look_back

    @property
    def _range(self) -> tuple[str, str]:
        if self.from_date is None:
            raise click.UsageError("--from is required unless --since-last is given")
        if self.to_date is None:
            raise click.UsageError("--to is required unless --since-last is given")
        return self.from_date, self.to_date

    def _check(self, target: Destination) -> None:
        """Refuse options that contradict each other, and destinations that cannot be written to."""
        if not self.since_last:
            _ = self._range
            if self.look_back is not None:
                raise click.UsageError("--look-back requires --since-last")
        elif self.overwrite:
            raise click.UsageError("--overwrite cannot be used with --since-last, which extends an export")
        if not target.is_directory:
            if target.format is not None:
                check_columnar(target.format, self.layout, None)
            for name, given in (
                ("--since-last", self.since_last),
                ("--verify", self.verify),
                ("--partition-by", self.partition_by),
            ):
                if given:
                    raise click.UsageError(f"{name} requires a directory as --output, got {self.output}")
        target.check(needs_stdout=self.dry_run, overwrite=self.overwrite or self.dry_run)
        if target.format in COLUMNAR:
            # Raises MissingExtraError without pyarrow.
            importlib.import_module("mixpanel_export.columns")

    def _summarize(self, totals: Progress, target: Destination) -> _Result:
        from rich.filesize import decimal

        from mixpanel_export.cli.output.summaries import pluralize

        size = f"{decimal(totals.lines)} of JSON Lines"
        if target.path is not None and Path(target.path).is_file():
            size = decimal(Path(target.path).stat().st_size)
        dropped = f"{totals.dropped:,} duplicates left out, " if self.deduplicate else ""
        summary = f"{totals.events - totals.dropped:,} events, {dropped}{size}, to {target}"
        if totals.malformed:
            summary += f", {pluralize(totals.malformed, 'malformed line')} set aside"
        return _Result(summary, (), asdict(totals), totals.malformed)


@frozen
class _Result:
    """A finished export, in words and as numbers.

    Attributes:
        malformed: the number of lines that are set aside.
    """

    summary: str
    notes: Sequence[str]
    facts: Mapping[str, Any]
    malformed: int

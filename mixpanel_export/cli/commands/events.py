"""`mixpanel-export events`: a range of days to a directory, a file or standard output."""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from attrs import asdict, frozen
from rich.filesize import decimal

from mixpanel_export import MixpanelClient, Progress
from mixpanel_export._formats import (
    COLUMNAR,
    FORMATS,
    FileFormat,
    Layout,
    PartitionBy,
    check_columnar,
    check_format,
    format_for,
    format_of,
)
from mixpanel_export.cli.clients import client_for
from mixpanel_export.cli.destinations import check_file, check_folder, path_of, standard_output
from mixpanel_export.cli.options import Invocation
from mixpanel_export.cli.output.summaries import ExportProgress, print_plan, summarize_directory
from mixpanel_export.directory.destination import is_url
from mixpanel_export.directory.request import DEFAULT_LOOK_BACK
from mixpanel_export.directory.results import DirectoryExport, PlanSummary
from mixpanel_export.download.job import ExportOptions
from mixpanel_export.download.progress import ProgressListener
from mixpanel_export.errors import InvalidArgumentError

__all__ = ["EventsCommand"]


@frozen(kw_only=True)
class EventsCommand:
    """The command with its options; `run` does it, and says on standard error what was done.

    Attributes:
        output: where to; None when it is only planned, for no place.
        options: what was given of the export's own options.
    """

    from_date: str | None
    to_date: str | None
    output: str | None
    format: str | None
    layout: str | None
    partition_by: str | None
    options: ExportOptions
    overwrite: bool
    verify: bool
    since_last: bool
    look_back: int | None
    dry_run: bool

    def run(self, invocation: Invocation) -> None:
        """Check what was given, and do it."""
        target = self._target()
        self._check(target)
        self._check_place(target)
        reporter = invocation.reporter
        with client_for(invocation, dry_run=self.dry_run) as client:
            if self.dry_run:
                path = target.path if target.is_directory else None
                print_plan(self._plan(client, path, target.format))
                return
            began = time.monotonic()
            with reporter.progress(ExportProgress(), "waiting for the first byte …") as progress:
                said = self._export(client, target, progress)
            seconds = time.monotonic() - began
            reporter.summary(
                f"{said.summary}, in {seconds:.1f} s", {"seconds": round(seconds, 3), **said.facts}
            )
            for note in said.notes:
                reporter.note(note)

    def _export(self, client: MixpanelClient, target: _Target, progress: ProgressListener | None) -> _Summary:
        if target.is_directory:
            done = self._to_directory(client, target, progress)
            return _Summary(*summarize_directory(done), asdict(done.progress))
        from_date, to_date = self._range
        if target.path is None:
            totals = client.export.to_stream(
                standard_output(),
                from_date,
                to_date,
                format=target.format or "jsonl",
                layout=self._layout,
                progress=progress,
                **self.options,
            )
            return self._said_of(totals, "standard output")
        totals = client.export.to_file(
            target.path,
            from_date,
            to_date,
            format=target.format or "jsonl.gz",
            layout=self._layout,
            progress=progress,
            **self.options,
        )
        return self._said_of(totals, str(target.path))

    def _to_directory(
        self, client: MixpanelClient, target: _Target, progress: ProgressListener | None
    ) -> DirectoryExport:
        assert target.path is not None
        if self.since_last:
            return client.export.update_directory(
                target.path,
                to_date=self.to_date,
                look_back=self._look_back,
                from_date=self.from_date,
                format=target.format,
                layout=self._layout,
                partition_by=self._partition_by,
                verify=self.verify,
                progress=progress,
                **self.options,
            )
        from_date, to_date = self._range
        return client.export.to_directory(
            target.path,
            from_date,
            to_date,
            format=target.format or "jsonl.gz",
            layout=self._layout,
            partition_by=self._partition_by,
            overwrite=self.overwrite,
            verify=self.verify,
            progress=progress,
            **self.options,
        )

    def _plan(
        self, client: MixpanelClient, directory: Path | str | None, format: FileFormat | None
    ) -> PlanSummary:
        if self.since_last and directory is not None:
            return client.export.plan_update(
                directory,
                to_date=self.to_date,
                look_back=self._look_back,
                from_date=self.from_date,
                format=format,
                layout=self._layout,
                partition_by=self._partition_by,
                verify=self.verify,
                **self.options,
            )
        from_date, to_date = self._range
        return client.export.plan(
            from_date,
            to_date,
            path=directory,
            format=format or "jsonl.gz",
            layout=self._layout,
            partition_by=self._partition_by,
            overwrite=self.overwrite,
            verify=self.verify,
            **self.options,
        )

    @property
    def _layout(self) -> Layout | None:
        # What is not allowed, the library refuses.
        return cast("Layout | None", self.layout)

    @property
    def _partition_by(self) -> PartitionBy | None:
        return cast("PartitionBy | None", self.partition_by)

    def _said_of(self, totals: Progress, place: str) -> _Summary:
        what = (
            f"{totals.dropped:,} duplicates left out"
            if self.options.get("deduplicate")
            else f"{decimal(totals.lines)} of JSON Lines"
        )
        return _Summary(f"{totals.events - totals.dropped:,} events, {what}, to {place}", (), asdict(totals))

    @property
    def _look_back(self) -> int:
        return DEFAULT_LOOK_BACK if self.look_back is None else self.look_back

    @property
    def _range(self) -> tuple[str, str]:
        if self.from_date is None or self.to_date is None:
            name = "--from" if self.from_date is None else "--to"
            raise InvalidArgumentError(name, None, "it is needed; only --since-last does without")
        return self.from_date, self.to_date

    def _check(self, target: _Target) -> None:
        """Refuse options that do not go together."""
        if not self.since_last:
            _ = self._range
            if self.look_back is not None:
                raise InvalidArgumentError("--look-back", self.look_back, "it goes with --since-last")
        elif self.overwrite:
            raise InvalidArgumentError("--overwrite", True, "it begins anew; --since-last goes on")
        if not target.is_directory:
            if target.format is not None:
                check_columnar(target.format, self.layout, None)
            for name, given in (
                ("--since-last", self.since_last),
                ("--overwrite", self.overwrite),
                ("--verify", self.verify),
                ("--partition-by", self.partition_by),
            ):
                if given:
                    raise InvalidArgumentError(
                        name,
                        True,
                        f"it is for a folder, and {self.output or 'without --output there'} is none",
                    )

    def _check_place(self, target: _Target) -> None:
        """Refuse what could not be written, also where it is only planned."""
        if target.path is None or self.dry_run:
            standard_output()
        if target.format in COLUMNAR:
            # Raises MissingExtraError without the extra `arrow`.
            importlib.import_module("mixpanel_export.columns")
        if isinstance(target.path, Path):
            check = check_folder if target.is_directory else check_file
            check("--output", target.path)

    def _target(self) -> _Target:
        if self.format is not None:
            check_format(self.format, FORMATS)
        chosen = cast(FileFormat | None, self.format)
        if self.output is None:
            return _Target(None, chosen)
        if self.output == "-":
            if chosen in {"jsonl.gz", "parquet"}:
                raise InvalidArgumentError("format", chosen, "standard output takes jsonl and csv only")
            return _Target(None, chosen or "jsonl")
        if is_url(self.output):
            return _Target(self.output, chosen, is_directory=True)
        path = path_of("--output", self.output)
        named = format_of(path, FORMATS)
        is_folder = path.is_dir() or self.output.endswith(("/", os.sep))
        if is_folder or (named is None and not path.suffix):
            return _Target(path, chosen, is_directory=True)
        if named is None:
            raise InvalidArgumentError(
                "output",
                self.output,
                "allowed is a folder, a file named .jsonl, .jsonl.gz, .parquet or .csv, or -",
            )
        return _Target(path, format_for(path, chosen, FORMATS))


@frozen
class _Target:
    """Where to; without a path to standard output."""

    path: Path | str | None
    format: FileFormat | None
    is_directory: bool = False


@frozen
class _Summary:
    """What is said when it is done, and the same as numbers."""

    summary: str
    notes: Sequence[str]
    facts: Mapping[str, Any]

"""`mixpanel-export events`: a range of days to a directory, a file or standard output."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from attrs import frozen
from rich.console import Console
from rich.filesize import decimal
from rich.markup import escape

from mixpanel_export import MixpanelClient, Progress
from mixpanel_export.cli.clients import client_for
from mixpanel_export.cli.display import display, print_plan, said_of_directory
from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.export.files import FileFormat, check_format, format_of
from mixpanel_export.export.job import ExportOptions
from mixpanel_export.export.progress import ProgressListener
from mixpanel_export.export.resume import DEFAULT_LOOK_BACK
from mixpanel_export.export.store import is_url
from mixpanel_export.export.summaries import DirectoryExport, PlanSummary

__all__ = ["EventsCommand"]


@frozen(kw_only=True)
class EventsCommand:
    """The command with its options; `run` does it, and says on standard error what was done.

    Attributes:
        options: what was given of the export's own options.
    """

    from_date: str | None
    to_date: str | None
    output: str
    format: str | None
    options: ExportOptions
    overwrite: bool
    verify: bool
    since_last: bool
    look_back: int | None
    dry_run: bool
    sandbox: bool

    def run(self) -> None:
        """Check what was given, and do it."""
        target = self._target()
        self._check(target)
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        with client_for(self.sandbox, dry_run=self.dry_run) as client:
            if self.dry_run:
                path = target.path if target.is_directory else None
                print_plan(self._plan(client, path, target.format))
                return
            began = time.monotonic()
            with display(console) as progress:
                said = self._export(client, target, progress)
            console.print(escape(f"{said.summary}, in {time.monotonic() - began:.1f} s"))
            for note in said.notes:
                console.print(escape(note))

    def _export(self, client: MixpanelClient, target: _Target, progress: ProgressListener | None) -> _Said:
        if target.is_directory:
            return _Said(*said_of_directory(self._to_directory(client, target, progress)))
        from_date, to_date = self._range
        if target.path is None:
            totals = client.export.to_stream(
                sys.stdout.buffer, from_date, to_date, progress=progress, **self.options
            )
            return self._said_of(totals, "standard output")
        totals = client.export.to_file(
            target.path,
            from_date,
            to_date,
            format=target.format or "jsonl.gz",
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
                verify=self.verify,
                **self.options,
            )
        from_date, to_date = self._range
        return client.export.plan(
            from_date,
            to_date,
            path=directory,
            format=format or "jsonl.gz",
            overwrite=self.overwrite,
            verify=self.verify,
            **self.options,
        )

    def _said_of(self, totals: Progress, place: str) -> _Said:
        what = (
            f"{totals.dropped:,} duplicates left out"
            if self.options.get("deduplicate")
            else f"{decimal(totals.lines)} of JSON Lines"
        )
        return _Said(f"{totals.events - totals.dropped:,} events, {what}, to {place}")

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
            for name, given in (
                ("--since-last", self.since_last),
                ("--overwrite", self.overwrite),
                ("--verify", self.verify),
            ):
                if given:
                    raise InvalidArgumentError(
                        name, True, f"it is for a directory, and {self.output} is none"
                    )

    def _target(self) -> _Target:
        if self.format is not None:
            check_format(self.format)
        chosen = cast(FileFormat | None, self.format)
        if self.output == "-":
            if chosen == "jsonl.gz":
                raise InvalidArgumentError("format", chosen, "standard output takes jsonl only")
            return _Target(None, "jsonl")
        if is_url(self.output):
            return _Target(self.output, chosen, is_directory=True)
        path = Path(self.output)
        named = format_of(path)
        if named is not None and not path.is_dir():
            if chosen not in (None, named):
                raise InvalidArgumentError(
                    "format", chosen, f"the output's name, {path.name}, says {named}; make them agree"
                )
            return _Target(path, named)
        if path.suffix and not path.is_dir() and not self.output.endswith(("/", os.sep)):
            raise InvalidArgumentError(
                "output", self.output, "allowed is a folder, a file named .jsonl or .jsonl.gz, or -"
            )
        return _Target(path, chosen, is_directory=True)


@frozen
class _Target:
    """Where to; without a path to standard output."""

    path: Path | str | None
    format: FileFormat | None
    is_directory: bool = False


@frozen
class _Said:
    """What is said when it is done."""

    summary: str
    notes: Sequence[str] = ()

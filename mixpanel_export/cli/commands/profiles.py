"""`mixpanel-export profiles`: the profiles of a project to a file or standard output."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import cast

from attrs import asdict, frozen

from mixpanel_export import MixpanelClient
from mixpanel_export._formats import LinesFormat, check_format, format_for, format_of
from mixpanel_export.cli.clients import client_for
from mixpanel_export.cli.destinations import check_file, path_of, standard_output
from mixpanel_export.cli.options import Invocation
from mixpanel_export.cli.output.summaries import pluralize
from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.profiles.file import ProfilesProgress, ProfilesProgressListener
from mixpanel_export.profiles.query import ProfileFilters

__all__ = ["ProfilesCommand"]

_NAME = "profiles"


@frozen(kw_only=True)
class ProfilesCommand:
    """The command with its options; `run` does it, and says on standard error what was done.

    Attributes:
        filters: what was given of the query's own options.
    """

    output: str
    format: str | None
    filters: ProfileFilters

    def run(self, invocation: Invocation) -> None:
        """Check what was given, and do it."""
        target = self._target()
        if target is None:
            standard_output()
        else:
            check_file("--output", target[0])
        with client_for(invocation) as client:
            began = time.monotonic()
            with invocation.reporter.progress(_Pages(), "waiting for the first page …") as progress:
                totals = self._write(client, target, progress)
            seconds = time.monotonic() - began
            place = "standard output" if target is None else str(target[0])
            invocation.reporter.summary(
                f"{_described(totals)}, to {place}, in {seconds:.1f} s",
                {"seconds": round(seconds, 3), **asdict(totals)},
            )

    def _write(
        self,
        client: MixpanelClient,
        target: tuple[Path, LinesFormat] | None,
        progress: ProfilesProgressListener | None,
    ) -> ProfilesProgress:
        if target is None:
            return client.profiles.to_stream(standard_output(), progress=progress, **self.filters)
        path, file_format = target
        return client.profiles.to_file(path, format=file_format, progress=progress, **self.filters)

    def _target(self) -> tuple[Path, LinesFormat] | None:
        """The file and its format; None for standard output."""
        if self.format is not None:
            check_format(self.format)
        chosen = cast(LinesFormat | None, self.format)
        if self.output == "-":
            if chosen == "jsonl.gz":
                raise InvalidArgumentError("format", chosen, "standard output takes jsonl only")
            return None
        path = path_of("--output", self.output)
        named = format_of(path)
        is_folder = path.is_dir() or self.output.endswith(("/", os.sep))
        if is_folder or not path.suffix:
            file_format = chosen or "jsonl.gz"
            return path / f"{_NAME}.{file_format}", file_format
        if named is None:
            raise InvalidArgumentError(
                "output", self.output, "allowed is a folder, a file named .jsonl or .jsonl.gz, or -"
            )
        return path, format_for(path, chosen)


class _Pages:
    """How far the pages have come, in words."""

    def describe(self, totals: ProfilesProgress, since: float) -> str:
        of = f" of {totals.total:,}" if totals.total is not None else ""
        return f"{totals.profiles:,}{of} profiles"

    def parts(self, totals: ProfilesProgress) -> tuple[int, int | None]:
        return totals.profiles, totals.total


def _described(totals: ProfilesProgress) -> str:
    parts = [pluralize(totals.profiles, "profile"), f"{pluralize(totals.pages, 'page')} fetched"]
    if totals.found:
        parts.append(f"{totals.found:,} found done")
    if totals.restarts:
        parts.append(f"begun anew {pluralize(totals.restarts, 'time')}, for Mixpanel had lost the session")
    return ", ".join(parts)

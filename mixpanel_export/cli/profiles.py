"""`mixpanel-export profiles`: the profiles of a project to a file or standard output."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import cast

from attrs import frozen
from rich.console import Console
from rich.markup import escape

from mixpanel_export import MixpanelClient
from mixpanel_export.cli.clients import client_for
from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.export.files import LinesFormat, check_format, format_of
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
    sandbox: bool

    def run(self) -> None:
        """Check what was given, and do it."""
        target = self._target()
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        with client_for(self.sandbox) as client:
            began = time.monotonic()
            with _display(console) as progress:
                totals = self._write(client, target, progress)
            place = "standard output" if target is None else str(target[0])
            console.print(
                escape(f"{_described(totals)}, to {place}, in {time.monotonic() - began:.1f} s"),
            )

    def _write(
        self,
        client: MixpanelClient,
        target: tuple[Path, LinesFormat] | None,
        progress: ProfilesProgressListener | None,
    ) -> ProfilesProgress:
        if target is None:
            return client.profiles.to_stream(sys.stdout.buffer, progress=progress, **self.filters)
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
        path = Path(self.output)
        named = format_of(path)
        is_folder = path.is_dir() or self.output.endswith(("/", os.sep))
        if is_folder or not path.suffix:
            file_format = chosen or "jsonl.gz"
            return path / f"{_NAME}.{file_format}", file_format
        if named is None:
            raise InvalidArgumentError(
                "output", self.output, "allowed is a folder, a file named .jsonl or .jsonl.gz, or -"
            )
        if chosen not in (None, named):
            raise InvalidArgumentError(
                "format", chosen, f"the output's name, {path.name}, says {named}; make them agree"
            )
        return path, named


@contextlib.contextmanager
def _display(console: Console) -> Generator[ProfilesProgressListener | None]:
    """A listener that moves a line; None where there is no terminal: a log wants none of it."""
    if not console.is_terminal:
        yield None
        return
    with console.status("waiting for the first page …") as status:

        def show(totals: ProfilesProgress) -> None:
            of = f" of {totals.total:,}" if totals.total is not None else ""
            status.update(f"{totals.profiles:,}{of} profiles")

        yield show


def _described(totals: ProfilesProgress) -> str:
    parts = [_many(totals.profiles, "profile"), f"{_many(totals.pages, 'page')} fetched"]
    if totals.found:
        parts.append(f"{totals.found:,} found done")
    if totals.restarts:
        parts.append(f"begun anew {_many(totals.restarts, 'time')}, for Mixpanel had lost the session")
    return ", ".join(parts)


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"

"""The conversion of a slice's lines to the files of a directory: the protocol, and the one that keeps lines.

See `columnar` for the conversion to columns, and `slice_files` for what happens to the files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from attrs import frozen

from mixpanel_export._formats import Columns
from mixpanel_export.download.jsonl import COPIES
from mixpanel_export.download.spool import Spool
from mixpanel_export.http.cancellation import Cancellation

__all__ = ["Conversion", "LinesConversion", "WrittenFile"]


@frozen
class WrittenFile:
    """One file that a conversion has written.

    Attributes:
        partition: the file's partition, such as `2024-01-01`; None for a slice that is one file.
        events: the number of events in it.
    """

    partition: str | None
    events: int


class Conversion(Protocol):
    """Writes the files of slices, for several threads at a time.

    Making one changes nothing, and raises MissingExtraError when its packages are missing.
    """

    @property
    def columns(self) -> Columns:
        """The columns found so far, for the manifest and the conversion of the next run.

        They only grow: none is ever removed, and a kind is only ever widened. The names of columns found in this
        run can change until it ends.
        """
        ...

    def convert(self, spool: Spool, part: Callable[[str | None], Path]) -> Sequence[WrittenFile]:
        """Write a slice into the one file `part(None)`, or, with partitions, into a file for each.

        A slice without events has a file too; with partitions, the one of its first day. The files are complete and
        closed; the caller syncs, hashes and publishes them, or removes them all when this raises.
        """
        ...

    def is_current(self, file: Path) -> bool:
        """Return True if a finished file has the schema of the current `columns`."""
        ...

    def rewrite(self, file: Path, target: Path, cancellation: Cancellation) -> None:
        """Write the events of a finished file to `target`, with the schema of the current `columns`."""
        ...


@frozen
class LinesConversion:
    """Keep JSON Lines as they are; no schema can become stale."""

    format: str
    columns: Columns = ()

    def convert(self, spool: Spool, part: Callable[[str | None], Path]) -> Sequence[WrittenFile]:
        """Write a slice's lines, plain or gzip."""
        with part(None).open("wb") as target:
            COPIES[self.format](spool, target)
        return [WrittenFile(None, spool.events)]

    def is_current(self, file: Path) -> bool:
        """Return True."""
        return True

    def rewrite(self, file: Path, target: Path, cancellation: Cancellation) -> None:
        """Raise: lines are always current."""
        raise NotImplementedError

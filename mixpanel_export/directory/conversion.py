"""What turns a slice's lines into the files of a directory: a protocol, and the conversion that keeps lines.

How columns are found and written is for `mixpanel_export.columns`; which files there are to be, for `directory`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from attrs import frozen

from mixpanel_export._formats import Columns
from mixpanel_export.download.jsonl import COPIES
from mixpanel_export.download.spool import Spool

__all__ = ["Conversion", "LinesConversion", "WrittenFile"]


@frozen
class WrittenFile:
    """One file that a conversion has written.

    Attributes:
        partition: the day that it is for, as in `date=2024-01-01`; None for a slice that is one file.
        events: how many it has.
    """

    partition: str | None
    events: int


class Conversion(Protocol):
    """Writes the files of slices. Used by several threads; one that is not ready for that serialises itself.

    Making one changes nothing, and raises MissingExtraError when it could not work.
    """

    @property
    def columns(self) -> Columns:
        """What the manifest is to record of the columns known so far, for the conversion of the next run.

        They only grow: none is ever removed, and a kind is only ever widened. Names of columns found in this run
        may change until it ends.
        """
        ...

    def convert(self, spool: Spool, part: Callable[[str | None], Path]) -> Sequence[WrittenFile]:
        """Write a slice: into the one file `part(None)`, or, when it is partitioned, into one for each value.

        A slice without events has a file too; partitioned, that of its first day. The files are complete and
        closed; the run syncs, hashes and publishes them, or removes them all when this raises.
        """
        ...

    def is_current(self, file: Path) -> bool:
        """Whether a finished file has the schema that `columns` say now."""
        ...

    def rewrite(self, file: Path, target: Path, check: Callable[[], object]) -> None:
        """Write the events of a finished file to another, with the schema that `columns` say now.

        Args:
            check: called now and then; raises when it is to end.
        """
        ...


@frozen
class LinesConversion:
    """JSON Lines stay JSON Lines; there is nothing that could become out of date."""

    format: str
    columns: Columns = ()

    def convert(self, spool: Spool, part: Callable[[str | None], Path]) -> Sequence[WrittenFile]:
        """Write a slice's lines, plain or gzip."""
        with part(None).open("wb") as target:
            COPIES[self.format](spool, target)
        return [WrittenFile(None, spool.events)]

    def is_current(self, file: Path) -> bool:
        """Always."""
        return True

    def rewrite(self, file: Path, target: Path, check: Callable[[], object]) -> None:
        """Never needed."""
        raise NotImplementedError

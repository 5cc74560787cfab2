"""What turns a slice's lines into the files of a directory: a protocol, and the conversion that keeps lines.

How columns are found and written is for `mixpanel_export.columns`; which files there are to be, for `directory`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, get_args

from attrs import frozen

from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.export.files import COPIES
from mixpanel_export.export.run import Spool

if TYPE_CHECKING:
    from mixpanel_export.calls import Context
    from mixpanel_export.export.manifest import Query

__all__ = [
    "COLUMNAR",
    "Columns",
    "Conversion",
    "Converted",
    "Layout",
    "LinesConversion",
    "PartitionBy",
    "check_columnar",
    "conversion_of",
    "fingerprint_of",
]

Layout = Literal["wide", "json"]
PartitionBy = Literal["date"]
Columns = tuple[Mapping[str, str], ...]

COLUMNAR: Collection[str] = ("parquet", "csv")
"""The formats that have columns, and so a layout."""


@frozen
class Converted:
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

    def convert(self, spool: Spool, part: Callable[[str | None], Path]) -> Sequence[Converted]:
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

    def convert(self, spool: Spool, part: Callable[[str | None], Path]) -> Sequence[Converted]:
        """Write a slice's lines, plain or gzip."""
        with part(None).open("wb") as target:
            COPIES[self.format](spool, target)
        return [Converted(None, spool.events)]

    def is_current(self, file: Path) -> bool:
        """Always."""
        return True

    def rewrite(self, file: Path, target: Path, check: Callable[[], object]) -> None:
        """Never needed."""
        raise NotImplementedError


def conversion_of(query: Query, context: Context, columns: Columns, memory: int) -> Conversion:
    """The conversion for a directory.

    Args:
        columns: what its manifest has recorded of them.
        memory: about how many bytes it may take.

    Raises:
        MissingExtraError: when its format needs packages that are not installed.
    """
    if query.format not in COLUMNAR:
        return LinesConversion(query.format)
    from mixpanel_export.columns.directory import conversion_for

    return conversion_for(query, context, columns, memory)


def check_columnar(format: str, layout: str | None, partition_by: str | None) -> None:
    """Refuse a layout or partitions that are not known, or that the format does not have."""
    for name, value, known in (
        ("layout", layout, get_args(Layout)),
        ("partition_by", partition_by, get_args(PartitionBy)),
    ):
        if value is None:
            continue
        if value not in known:
            raise InvalidArgumentError(name, value, f"allowed are {', '.join(map(repr, known))}")
        if format not in COLUMNAR:
            raise InvalidArgumentError(
                name, value, f"it goes with the formats {' and '.join(COLUMNAR)}; this export's is {format}"
            )


def fingerprint_of(columns: Columns) -> str:
    """A short text that is another for other columns."""
    text = json.dumps([dict(each) for each in columns], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]

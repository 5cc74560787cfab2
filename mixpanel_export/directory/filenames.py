"""The names of a directory's files: the days of a file can be read off its name.

Pure. A name that does not have exactly this form belongs to somebody else.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable
from typing import Self

from attrs import evolve, frozen

from mixpanel_export.download.plan import Slice

__all__ = [
    "DEFAULT_PARTITION",
    "MANIFEST",
    "FileName",
    "folder_of",
    "is_folder",
    "is_partition",
    "malformed_name",
    "name_of",
    "path_of",
    "with_malformed",
]

MANIFEST = "manifest.json"
DEFAULT_PARTITION = "__HIVE_DEFAULT_PARTITION__"
"""The partition of events without a day, as Hive, Spark, DuckDB and others write it."""

_MALFORMED = "malformed.jsonl"

_NAME = re.compile(
    r"events_(?P<first>\d{4}-\d\d-\d\d)_(?P<last>\d{4}-\d\d-\d\d)"
    r"(?:_r(?P<revision>[1-9]\d{0,8}))?\.(?P<format>[a-z]+(?:\.[a-z]+)?)",
    re.ASCII,
)
_FOLDER = re.compile(r"date=(?P<value>[^/]+)")


@frozen
class FileName:
    """The name of a slice's file: `events_2024-01-01_2024-01-12.jsonl.gz`.

    Attributes:
        slice_: the days.
        revision: 1, and 1 more each time the slice is written again: a new file never replaces one that the
            manifest lists.
    """

    slice_: Slice
    format: str
    revision: int = 1

    def __str__(self) -> str:
        suffix = f"_r{self.revision}" if self.revision > 1 else ""
        return f"events_{self.slice_.from_date}_{self.slice_.to_date}{suffix}.{self.format}"

    @classmethod
    def parse(cls, name: str) -> Self | None:
        """Parse a name; None when it is not one of ours."""
        match = _NAME.fullmatch(name)
        if match is None:
            return None
        try:
            first, last = (datetime.date.fromisoformat(match[group]) for group in ("first", "last"))
        except ValueError:
            return None
        parsed = cls(Slice(first, last), match["format"], int(match["revision"] or 1))
        return parsed if str(parsed) == name and first <= last else None

    @classmethod
    def of(cls, name: str) -> Self:
        """Parse a name that a manifest lists; raises ValueError for any other."""
        parsed = cls.parse(name)
        if parsed is None:
            raise ValueError(f"{name!r} is not the name of a slice's file")
        return parsed

    def next(self) -> Self:
        """Return the next revision."""
        return evolve(self, revision=self.revision + 1)

    def free(self, taken: Collection[str]) -> Self:
        """Return the first revision, from this one on, whose name is not taken."""
        name = self
        while str(name) in taken:
            name = name.next()
        return name


def malformed_name(name: str) -> str:
    """Return the name of the file for the malformed lines of a slice, by that of its file."""
    return str(evolve(FileName.of(name), format=_MALFORMED))


def with_malformed(names: Iterable[str]) -> set[str]:
    """Return names of slices' files, and those of the files for their malformed lines."""
    given = set(names)
    return given | {malformed_name(name) for name in given if FileName.parse(name) is not None}


def is_partition(value: str) -> bool:
    """Return True for the value of a partition: a day, or the default."""
    if value == DEFAULT_PARTITION:
        return True
    try:
        return datetime.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def is_folder(name: str) -> bool:
    """Return True for the name of a partition's folder: `date=2024-01-01`."""
    match = _FOLDER.fullmatch(name)
    return match is not None and is_partition(match["value"])


def folder_of(partition: str) -> str:
    """Return the name of a partition's folder."""
    return f"date={partition}"


def path_of(name: str, partition: str | None = None) -> str:
    """Return the path of a slice's file, relative to the directory."""
    return name if partition is None else f"{folder_of(partition)}/{name}"


def name_of(path: str) -> str:
    """Return the file name of a path."""
    return path.rpartition("/")[2]

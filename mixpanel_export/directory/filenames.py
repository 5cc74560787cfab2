"""The names of the files of a directory export: which days a file has can be read off it.

Pure. A name that another program made up is not taken for one of ours.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection
from typing import Self

from attrs import evolve, frozen

from mixpanel_export.download.plan import Slice

__all__ = ["DEFAULT_PARTITION", "FileName", "folder_of", "is_folder", "is_partition", "name_of", "path_of"]

_NAME = re.compile(
    r"events_(?P<first>\d{4}-\d\d-\d\d)_(?P<last>\d{4}-\d\d-\d\d)"
    r"(?:_r(?P<revision>[1-9]\d*))?\.(?P<format>[a-z]+(?:\.[a-z]+)?)",
    re.ASCII,
)


@frozen
class FileName:
    """The name of a slice's file: `events_2024-01-01_2024-01-12.jsonl.gz`.

    Attributes:
        revision: 1, and 1 more each time that the slice was fetched again: a new file never takes the place of
            one that the manifest lists.
    """

    piece: Slice
    format: str
    revision: int = 1

    def __str__(self) -> str:
        again = f"_r{self.revision}" if self.revision > 1 else ""
        return f"events_{self.piece.from_date}_{self.piece.to_date}{again}.{self.format}"

    @classmethod
    def parse(cls, name: str) -> Self | None:
        """The parts of a name; None when it is not one of ours."""
        match = _NAME.fullmatch(name)
        if match is None:
            return None
        try:
            first, last = (datetime.date.fromisoformat(match[which]) for which in ("first", "last"))
        except ValueError:
            return None
        made = cls(Slice(first, last), match["format"], int(match["revision"] or 1))
        return made if str(made) == name and first <= last else None

    def free(self, taken: Collection[str]) -> FileName:
        """The first revision from this one on that is not taken."""
        name = self
        while str(name) in taken:
            name = evolve(name, revision=name.revision + 1)
        return name


DEFAULT_PARTITION = "__HIVE_DEFAULT_PARTITION__"
"""The value of what has no day, as Hive, Spark, DuckDB and others write it."""

_FOLDER = re.compile(r"date=(?P<value>[^/]+)")


def is_partition(value: str) -> bool:
    """Whether it may be the value of a partition: a day, or the default."""
    if value == DEFAULT_PARTITION:
        return True
    try:
        return datetime.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def is_folder(name: str) -> bool:
    """Whether a folder's name is that of a partition: `date=2024-01-01`."""
    match = _FOLDER.fullmatch(name)
    return match is not None and is_partition(match["value"])


def folder_of(partition: str) -> str:
    """The folder of a partition's files."""
    return f"date={partition}"


def path_of(name: str, partition: str | None = None) -> str:
    """Where a slice's file is, relative to its directory."""
    return name if partition is None else f"{folder_of(partition)}/{name}"


def name_of(path: str) -> str:
    """The name of the slice's file that is there."""
    return path.rpartition("/")[2]

"""The names of the files of a directory export: which days a file has can be read off it.

Pure. A name that another program made up is not taken for one of ours.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection
from typing import Self

from attrs import evolve, frozen

from mixpanel_export.export.plan import Slice

__all__ = ["FileName"]

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

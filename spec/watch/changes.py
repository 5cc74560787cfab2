"""Changes of the public surface, and the version that each of them asks for."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from attrs import frozen

__all__ = ["Change", "Level", "level_of"]


class Level(IntEnum):
    """The part of a version that a change raises; see https://semver.org."""

    PATCH = 0
    MINOR = 1
    MAJOR = 2

    def __str__(self) -> str:
        return self.name.lower()


@frozen(order=True)
class Change:
    """One change, and what it asks for."""

    level: Level
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.level}: {self.where}: {self.what}"


def level_of(changes: Iterable[Change]) -> Level:
    """Return the highest level of some changes; patch if there are none."""
    return max((change.level for change in changes), default=Level.PATCH)

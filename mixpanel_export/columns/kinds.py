"""What the values of a property have in common, and the columns that follow from it.

Pure. Kinds form a small lattice: putting two together gives the narrowest kind that holds the values of both
without loss. Where there is none, it is `json`: the value as JSON text, by which 1 and "1" stay different.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Literal, Self, cast

from attrs import evolve, field, frozen

__all__ = ["FIXED", "INSERT_ID", "NULLS", "PINNED", "Column", "Columns", "Kind", "wider"]

Kind = Literal["null", "boolean", "integer", "long", "double", "string", "json"]
"""What a column holds: nothing but null; booleans; whole numbers that a double holds too (up to 2^53); other whole
numbers of 64 bits; doubles; text; or any values, as JSON text."""

NULLS = "null_properties"
FIXED = ("event", "time", "distinct_id", "insert_id", NULLS)
INSERT_ID = "$insert_id"
# Properties with a column of their own from the start, under a name that is always theirs.
_PINNED = {"distinct_id": "distinct_id", INSERT_ID: "insert_id"}
PINNED = len(_PINNED)

_NUMBERS: dict[frozenset[Kind], Kind] = {
    frozenset({"integer", "long"}): "long",
    frozenset({"integer", "double"}): "double",
}


def wider(one: Kind, other: Kind) -> Kind:
    """The narrowest kind that holds what both hold."""
    if other in (one, "null"):
        return one
    if one == "null":
        return other
    # A long and a double: no type holds both exactly.
    return _NUMBERS.get(frozenset({one, other}), "json")


@frozen
class Column:
    """The column of a property.

    Attributes:
        name: the column's; unlike every other one, also where upper and lower case are not told apart. It has no
            NUL, where other software would take it to end.
        property: the property's.
    """

    name: str
    property: str
    kind: Kind


@frozen
class Columns:
    """The columns of properties: those that are always there, and the others by name of the property.

    Attributes:
        reserved: further names that no property's column may have.
        recorded: the properties whose columns keep their names: those that a manifest has recorded.
    """

    columns: tuple[Column, ...] = tuple(Column(name, each, "null") for each, name in _PINNED.items())
    reserved: tuple[str, ...] = field(default=(), eq=False)
    recorded: frozenset[str] = field(default=frozenset(), eq=False)

    def widened(self, seen: Mapping[str, Kind]) -> Columns:
        """These, with room for values of these kinds; the same object when nothing changes.

        A property's column has its name, with a number after it when that is taken. Which of several gets a number
        follows from what they are, not from the order in which they were found: a property that is new may take
        the name of another, unless that is recorded.
        """
        before: dict[str, Kind] = {each.property: each.kind for each in self.columns}
        kinds = dict(before)
        for name, kind in seen.items():
            kinds[name] = wider(kinds.get(name, "null"), kind)
        if kinds == before:
            return self
        new = [name for name in kinds if name not in before]
        names = self._named(new, {each.property: each.name for each in self.columns})
        others = sorted(kinds.keys() - _PINNED.keys())
        made = [Column(names[name], name, kinds[name]) for name in (*_PINNED, *others)]
        return evolve(self, columns=tuple(made))

    def _named(self, new: Collection[str], names: Mapping[str, str]) -> Mapping[str, str]:
        """The names of all columns, by property, with new ones."""
        taken = self._folded(names.values())
        plain = {name: _plain(name) for name in new}
        folded = {name.casefold() for name in plain.values()}
        if len(folded) == len(plain) and folded.isdisjoint(taken):
            return {**names, **plain}
        fixed = self.recorded | _PINNED.keys()
        named = {name: column for name, column in names.items() if name in fixed}
        taken = self._folded(named.values())
        for name in sorted({*names, *new} - fixed):
            named[name] = _free(_plain(name), taken)
            taken.add(named[name].casefold())
        return named

    def _folded(self, names: Iterable[str]) -> set[str]:
        return {name.casefold() for name in (*FIXED, *self.reserved, *names)}

    def to_manifest(self) -> tuple[Mapping[str, str], ...]:
        """As what a manifest keeps."""
        return tuple({"name": e.name, "property": e.property, "kind": e.kind} for e in self.columns)

    @classmethod
    def from_manifest(cls, kept: Iterable[Mapping[str, str]], reserved: tuple[str, ...] = ()) -> Self:
        """From what a manifest has kept; none is the columns to begin with."""
        columns = tuple(Column(e["name"], e["property"], cast(Kind, e["kind"])) for e in kept)
        recorded = frozenset(each.property for each in columns)
        return cls(columns, reserved, recorded) if columns else cls(reserved=reserved)


def _plain(name: str) -> str:
    """The name of a property's column, unless it is taken."""
    # No format names a column with nothing. A name in C ends at a NUL, and Arrow hands schemas on in C.
    return name.replace("\0", "\N{SYMBOL FOR NULL}") or "_"


def _free(wanted: str, taken: set[str]) -> str:
    found, number = wanted, 1
    while found.casefold() in taken:
        number += 1
        found = f"{wanted}_{number}"
    return found

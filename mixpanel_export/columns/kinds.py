"""What the values of a property have in common, and the columns that follow from it.

Pure. Kinds form a small lattice: putting two together gives the narrowest kind that holds the values of both
without loss. Where there is none, it is `json`: the value as JSON text, by which 1 and "1" stay different.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
        name: the column's; unlike every other one, also where upper and lower case are not told apart.
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
    """

    columns: tuple[Column, ...] = tuple(Column(name, each, "null") for each, name in _PINNED.items())
    reserved: tuple[str, ...] = field(default=(), eq=False)

    def widened(self, seen: Mapping[str, Kind]) -> Columns:
        """These, with room for values of these kinds; the same object when nothing changes.

        A property that is new gets a column of its name, with a number after it when that is taken.
        """
        found = dict(seen)
        kept: list[Column] = []
        for each in self.columns:
            kind = wider(each.kind, found.pop(each.property, "null"))
            kept.append(each if kind == each.kind else evolve(each, kind=kind))
        taken = {name.casefold() for name in (*FIXED, *self.reserved, *(each.name for each in kept))}
        for name in sorted(found):
            column = _free(name, taken)
            taken.add(column.casefold())
            kept.append(Column(column, name, found[name]))
        made = (*kept[:PINNED], *sorted(kept[PINNED:], key=lambda each: each.property))
        return self if made == self.columns else evolve(self, columns=made)

    def renamed(self) -> Columns:
        """The same, named as if all had been found at once: whatever the order was in which they were."""
        empty = Columns(reserved=self.reserved)
        return empty.widened({each.property: each.kind for each in self.columns})

    def to_manifest(self) -> tuple[Mapping[str, str], ...]:
        """As what a manifest keeps."""
        return tuple({"name": e.name, "property": e.property, "kind": e.kind} for e in self.columns)

    @classmethod
    def from_manifest(cls, kept: Iterable[Mapping[str, str]], reserved: tuple[str, ...] = ()) -> Self:
        """From what a manifest has kept; none is the columns to begin with."""
        columns = tuple(Column(e["name"], e["property"], cast(Kind, e["kind"])) for e in kept)
        return cls(columns, reserved) if columns else cls(reserved=reserved)


def _free(name: str, taken: set[str]) -> str:
    # No format names a column with nothing.
    wanted = name or "_"
    found, number = wanted, 1
    while found.casefold() in taken:
        number += 1
        found = f"{wanted}_{number}"
    return found

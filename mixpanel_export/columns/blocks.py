"""A block of lines as arrays, before they become a table: one array for each property found in it."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence

import pyarrow as pa
from attrs import define, field

from mixpanel_export.columns.schemas import AnyArray, names_type
from mixpanel_export.schema.kinds import Kind

__all__ = ["ParsedBlock", "PropertyValues"]


@define
class PropertyValues:
    """The values of one property in a block.

    Attributes:
        column: one value for each line; None when all are null.
    """

    kind: Kind = "null"
    column: AnyArray | None = None


@define
class ParsedBlock:
    """Everything in a block of lines.

    Attributes:
        event: the events' names.
        nulls: for each line, the list of the properties that are null in it.
        nullable: the properties in these lists.
        values: the values of each property.
        others: for each line, a JSON object of the properties that have no column; None when no line has any.
    """

    event: AnyArray
    nulls: AnyArray
    nullable: Collection[str]
    values: dict[str, PropertyValues] = field(factory=dict[str, PropertyValues])
    others: AnyArray | None = None

    @classmethod
    def of_events(cls, names: Sequence[str], nullable: Mapping[str, Sequence[object]]) -> ParsedBlock:
        """Start a block without values.

        Args:
            names: the name of each event.
            nullable: the values of each property that may be null; None is null, UNSET is absent.
        """
        nulls = {name: cells for name, cells in sorted(nullable.items()) if None in cells}
        # Few combinations of null properties occur: build a list for each, and let every line pick one.
        combinations: dict[tuple[bool, ...], int]
        if nulls:
            flags = [[value is None for value in cells] for cells in nulls.values()]
            rows = [*zip(*flags, strict=True)]
            combinations = {row: number for number, row in enumerate(dict.fromkeys(rows))}
            picks = [*map(combinations.__getitem__, rows)]
        else:
            combinations, picks = {(): 0}, [0] * len(names)
        lists = [list(itertools.compress(nulls, row)) for row in combinations]
        by_line = pa.array(lists, names_type()).take(pa.array(picks, pa.int32()))
        return cls(pa.array(names, pa.string()), by_line, nulls.keys())

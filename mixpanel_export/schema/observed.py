"""The properties of a sample of events: their types, how often they occur, and examples."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, cast

from attrs import define, field

from mixpanel_export.records.event import Event
from mixpanel_export.schema.kinds import Kind, kind_of, wider

__all__ = ["JSON_TYPES", "JsonType", "SeenEvent", "SeenProperty", "observe", "type_of_value"]

JsonType = Literal["boolean", "integer", "number", "string", "array", "object"]
"""The type of a value other than null, in the words of JSON Schema; a `number` has a fraction or an exponent."""

JSON_TYPES: Mapping[type, JsonType] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}

# Examples are for people to look at.
_EXAMPLES = 3
_LONG_EXAMPLE = 200


def type_of_value(value: object) -> JsonType | None:
    """Return the type of a JSON value; None for null."""
    return JSON_TYPES.get(type(value))


@define
class SeenProperty:
    """A property of one event, as sampled.

    Attributes:
        count: the events that have it, null included.
        nulls: the events in which it is null.
        kind: the narrowest kind that holds all values.
        types: the types of its values.
        items: the types of the elements of its lists; None is null.
        examples: a few different values.
    """

    count: int = 0
    nulls: int = 0
    kind: Kind = "null"
    types: set[JsonType] = field(factory=set[JsonType])
    items: set[JsonType | None] = field(factory=set["JsonType | None"])
    examples: list[Any] = field(factory=list[Any])
    _shown: set[str] = field(factory=set[str], eq=False, repr=False)

    def add(self, cells: Sequence[Any]) -> None:
        """Add the values of some events."""
        self.count += len(cells)
        self.nulls += sum(cell is None for cell in cells)
        self.kind = wider(self.kind, kind_of(cells))
        self.types.update(JSON_TYPES[kind] for kind in set(map(type, cells)) & JSON_TYPES.keys())
        if "array" in self.types:
            lists = (cast("list[object]", cell) for cell in cells if type(cell) is list)
            self.items.update(
                JSON_TYPES.get(kind) for kind in {type(item) for items in lists for item in items}
            )
        if len(self.examples) < _EXAMPLES:
            self._add_examples(cells)

    def _add_examples(self, cells: Iterable[Any]) -> None:
        for cell in cells:
            if cell is None:
                continue
            text = _text_of(cell)
            if text is not None and text not in self._shown:
                self._shown.add(text)
                self.examples.append(cell)
                if len(self.examples) == _EXAMPLES:
                    return


@define
class SeenEvent:
    """One event, as sampled.

    Attributes:
        count: the number of events of this name.
    """

    count: int = 0
    properties: dict[str, SeenProperty] = field(factory=lambda: defaultdict[str, SeenProperty](SeenProperty))

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add the properties of some events of this name."""
        self.count += len(rows)
        cells = defaultdict[str, list[Any]](list)
        for row in rows:
            for name, value in row.items():
                cells[name].append(value)
        for name, values in cells.items():
            self.properties[name].add(values)


def observe(batches: Iterable[Sequence[Event]]) -> dict[str, SeenEvent]:
    """Return what some events hold, by the name of the event."""
    seen = defaultdict[str, SeenEvent](SeenEvent)
    for batch in batches:
        by_name = defaultdict[str, list[Mapping[str, Any]]](list)
        for event in batch:
            by_name[event.name].append(event.properties)
        for name, rows in by_name.items():
            seen[name].add(rows)
    return dict(seen)


def _text_of(value: object) -> str | None:
    """Return a value as JSON, to compare it; None for one that is too long, too deep or too large to show."""
    try:
        text = json.dumps(value, allow_nan=False)
    except (ValueError, RecursionError):
        return None
    return text if len(text) <= _LONG_EXAMPLE else None

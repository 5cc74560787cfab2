"""The schema of a project: its events and their properties, from Lexicon and from a sample of the events."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Any

from attrs import define, field, frozen

from mixpanel_export._formats import ColumnNames, Dialect
from mixpanel_export._text import is_unicode
from mixpanel_export.records.event import IDENTITY
from mixpanel_export.schema.ddl import create_table
from mixpanel_export.schema.kinds import MAX_COLUMNS, OVERFLOW, Columns, Kind, fixed_columns, wider
from mixpanel_export.schema.lexicon import DescribedEvent, DescribedProperty
from mixpanel_export.schema.observed import JsonType, SeenEvent, SeenProperty

__all__ = ["EventSchema", "ProjectSchema", "PropertySchema", "columns_of"]


@frozen
class PropertySchema:
    """One property of an event.

    Attributes:
        name: the property's name.
        types: the types of its values, in the words of JSON Schema and in the order of their names; empty if
            nothing is known about them. `integer` beside `number` is left out.
        items: the types of the elements of its lists, likewise; None is null.
        required: every event of this name has it, and it is never null.
        description: Lexicon's description.
        examples: a few values: Lexicon's, or those sampled.
        count: the sampled events that have it.
    """

    name: str
    types: tuple[JsonType, ...] = ()
    items: tuple[JsonType | None, ...] = ()
    required: bool = False
    description: str | None = None
    examples: tuple[Any, ...] = ()
    count: int = 0


@frozen
class EventSchema:
    """One event of a project.

    Attributes:
        name: the event's name.
        description: Lexicon's description.
        count: the sampled events of this name.
        properties: the properties by name, in the order of their names.
    """

    name: str
    description: str | None = None
    count: int = 0
    properties: Mapping[str, PropertySchema] = field(factory=dict[str, PropertySchema])


@define(slots=False, frozen=True)
class ProjectSchema:
    """The events of a project, with the types of their properties; made by `client.export.schema()`.

    Iterate it for its events in the order of their names, or print it as JSON. Picklable.
    """

    _seen: Mapping[str, SeenEvent] = field(repr=False)
    _described: Mapping[str, DescribedEvent] = field(repr=False)

    @cached_property
    def events(self) -> Mapping[str, EventSchema]:
        """The events by name, in the order of their names."""
        names = sorted({*self._seen, *self._described})
        return {name: _event(name, self._seen.get(name), self._described.get(name)) for name in names}

    def __iter__(self) -> Iterator[EventSchema]:
        return iter(self.events.values())

    def __len__(self) -> int:
        return len(self.events)

    def kinds(self, most: int | None = None) -> dict[str, Kind]:
        """Return the kind of the column that holds each property, whatever event it belongs to.

        No column has the name of a property with half a surrogate pair in its own.

        Args:
            most: about the most properties; those that the most sampled events have come first.
        """
        counts: dict[str, int] = {}
        sampled: dict[str, Kind] = {}
        for event in self._seen.values():
            for name, seen in event.properties.items():
                counts[name] = counts.get(name, 0) + seen.count
                sampled[name] = wider(sampled.get(name, "null"), seen.kind)
        if most is not None and len(sampled) > most:
            often = sorted(sampled, key=lambda name: (-counts[name], name))[:most]
            sampled = {name: sampled[name] for name in often}
        for name in IDENTITY:
            # One odd ID is no reason to write all others as JSON.
            if sampled.get(name) == "json":
                sampled[name] = "string"
        kinds: dict[str, Kind] = {}
        for entity in self._described.values():
            for name, described in entity.properties.items():
                # IDs are text, whatever type someone has given them there.
                if name in IDENTITY:
                    continue
                kinds[name] = wider(kinds[name], described.kind) if name in kinds else described.kind
        for name, kind in sampled.items():
            kinds[name] = _combined(kind, kinds[name]) if name in kinds else kind
        return {name: kind for name, kind in kinds.items() if is_unicode(name)}

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one row for each property of each event: for tables, CSV and data frames."""
        return [
            {
                "event": event.name,
                "property": prop.name,
                "type": " | ".join(_type_names(prop)) or "any",
                "required": prop.required,
                "sampled": prop.count,
                "description": prop.description,
                "examples": ", ".join(_example(example) for example in prop.examples),
            }
            for event in self
            for prop in event.properties.values()
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return the schema as data that JSON can hold."""
        return {
            "events": [
                {
                    "name": event.name,
                    "description": event.description,
                    "sampled": event.count,
                    "properties": [_property_data(prop) for prop in event.properties.values()],
                }
                for event in self
            ]
        }

    def to_json(self) -> str:
        """Return the schema as JSON."""
        text = json.dumps(self.to_dict(), ensure_ascii=False, indent=2) + "\n"
        # The escape of half a surrogate pair is JSON's, too.
        return text.encode(errors="backslashreplace").decode()

    def to_sql(self, dialect: Dialect, *, table: str = "events") -> str:
        """Return the SQL that creates a table for the events of the project.

        Its columns are those that `client.export.columns(..., column_names="safe")` chooses, with Lexicon's
        descriptions as comments.

        Args:
            dialect: `bigquery`, `duckdb`, `postgres` or `snowflake`.
            table: the name of the table, which may be qualified with dots.
        """
        return create_table(fixed_columns(columns_of(self, "safe")), self._descriptions(), dialect, table)

    def _descriptions(self) -> dict[str, str]:
        return {
            name: described.description
            for event in self._described.values()
            for name, described in event.properties.items()
            if described.description
        }


def columns_of(
    schema: ProjectSchema,
    naming: ColumnNames = "exact",
    fields: Collection[str] | None = None,
    exclude: Collection[str] = (),
) -> Columns:
    """Return the columns for the properties of all events.

    Args:
        naming: the way to name columns; see `_formats.ColumnNames`.
        fields: only these properties, beside those that identify an event; None for all.
        exclude: not these properties.
    """
    kinds = schema.kinds(MAX_COLUMNS)
    wanted: dict[str, Kind] = dict(kinds)
    if fields is not None:
        # A property that neither source knows may hold anything.
        named = [*filter(is_unicode, fields), *(kinds.keys() & IDENTITY)]
        wanted = {name: kinds.get(name, "json") for name in named}
    for name in ("time", *exclude):
        wanted.pop(name, None)
    return Columns(naming=naming, reserved=(OVERFLOW,)).widened(wanted)


def _event(name: str, seen: SeenEvent | None, described: DescribedEvent | None) -> EventSchema:
    seen, described = seen or SeenEvent(), described or DescribedEvent()
    names = sorted({*seen.properties, *described.properties})
    properties = {key: _property(key, seen, described) for key in names}
    return EventSchema(name, described.description, seen.count, properties)


def _property(name: str, event: SeenEvent, described_event: DescribedEvent) -> PropertySchema:
    seen = event.properties.get(name) or SeenProperty()
    described = described_event.properties.get(name) or DescribedProperty()
    types = seen.types | described.types
    required = described_event.required
    # Lexicon's word and the sample must agree; without a sample, Lexicon's word alone is enough.
    is_always_there = (
        0 < seen.count == event.count and not seen.nulls if event.count else required is not None
    ) and not described.nullable
    return PropertySchema(
        name,
        _ordered(types),
        tuple(sorted(_without_integer(seen.items), key=str)),
        is_always_there and (required is None or name in required),
        described.description,
        described.examples or tuple(seen.examples),
        seen.count,
    )


def _ordered(types: Collection[JsonType]) -> tuple[JsonType, ...]:
    return tuple(sorted(_without_integer(types)))


def _without_integer(types: Any) -> set[Any]:
    """Return the types without `integer` if there is `number`, which whole numbers are, too."""
    return {name for name in types if name != "integer" or "number" not in types}


def _combined(sampled: Kind, described: Kind) -> Kind:
    if sampled == "null":
        return described
    if described == "double" and sampled == "long":
        # Only `long` holds what was seen.
        return sampled
    return wider(sampled, described)


def _type_names(prop: PropertySchema) -> list[str]:
    items = " | ".join(name or "null" for name in prop.items)
    return [f"array of {items}" if name == "array" and items else name for name in prop.types]


def _property_data(prop: PropertySchema) -> dict[str, Any]:
    data: dict[str, Any] = {"name": prop.name, "types": list(prop.types), "required": prop.required}
    if prop.items:
        data["items"] = [name or "null" for name in prop.items]
    return {
        **data,
        "description": prop.description,
        "sampled": prop.count,
        "examples": list(prop.examples),
    }


def _example(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

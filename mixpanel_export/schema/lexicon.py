"""The events and properties that Lexicon describes, from the answer of `client.schemas`.

Mixpanel's answers vary: any part may be missing or null, and a type may be one name, a list of names or a boolean.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, cast

from attrs import field, frozen

from mixpanel_export.records.event import IDENTITY
from mixpanel_export.schema.kinds import Kind
from mixpanel_export.schema.observed import JSON_TYPES, JsonType

__all__ = ["DescribedEvent", "DescribedProperty", "described_events"]

_KINDS: Mapping[str, Kind] = {
    "string": "string",
    # Lexicon does not tell whole numbers from others.
    "number": "double",
    "integer": "long",
    "boolean": "boolean",
}


@frozen
class DescribedProperty:
    """A property, as Lexicon describes it.

    Attributes:
        types: the types of its values; empty if Lexicon names none.
        nullable: Lexicon names null as one of its types.
    """

    types: frozenset[JsonType] = frozenset()
    nullable: bool = False
    kind: Kind = "json"
    description: str | None = None
    examples: tuple[Any, ...] = ()


@frozen
class DescribedEvent:
    """An event, as Lexicon describes it.

    Attributes:
        required: the properties it always has; None if Lexicon does not say.
    """

    description: str | None = None
    required: frozenset[str] | None = None
    properties: Mapping[str, DescribedProperty] = field(factory=dict[str, DescribedProperty])


def described_events(
    entities: Iterable[Any],
    events: Collection[str] | None = None,
    fields: Collection[str] | None = None,
    exclude: Collection[str] = (),
) -> dict[str, DescribedEvent]:
    """Return Lexicon's events by name.

    Args:
        entities: the entities of the type `event` that `client.schemas` returned.
        events: only these; None for all.
        fields: only these properties, beside those that identify an event; None for all.
        exclude: not these properties.
    """
    found: dict[str, DescribedEvent] = {}
    for entity in entities:
        schema, name = getattr(entity, "schema_json", None), getattr(entity, "name", None)
        if schema is None or not isinstance(name, str) or (events is not None and name not in events):
            continue
        required: object = schema.required
        properties: Mapping[str, Any] = schema.properties or {}
        found[name] = DescribedEvent(
            _text(schema.description),
            frozenset(map(str, cast("list[object]", required))) if isinstance(required, list) else None,
            {
                key: _property(value)
                for key, value in properties.items()
                if key not in exclude and (fields is None or key in fields or key in IDENTITY)
            },
        )
    return found


def _property(described: object) -> DescribedProperty:
    types: object = getattr(described, "type_", None)
    listed: Sequence[object] = cast("list[object]", types) if isinstance(types, list) else [types]
    named = [name for name in listed if name != "null"]
    known: set[JsonType] = {known for known in JSON_TYPES.values() if known in named}
    examples: object = getattr(described, "examples", None)
    return DescribedProperty(
        # One name that is not a type leaves anything possible.
        frozenset(known) if len(known) == len(named) else frozenset(),
        len(named) < len(listed),
        _KINDS.get(str(named[0]), "json") if len(named) == 1 else "json",
        _text(getattr(described, "description", None)),
        tuple(cast("list[object]", examples)) if isinstance(examples, list) else (),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None

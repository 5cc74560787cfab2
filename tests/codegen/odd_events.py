"""Events with every odd name and value that we know of, and the schemas that Lexicon might have for them."""

from __future__ import annotations

import random
from typing import Any

from mixpanel_export import Event, ProjectSchema
from mixpanel_export.schema.lexicon import DescribedEvent, DescribedProperty
from mixpanel_export.schema.observed import JsonType, observe

__all__ = ["DESCRIPTIONS", "NAMES", "VALUES", "odd_project"]

NAMES = [
    *(
        "",
        " ",
        "\t",
        "🎉",
        "🎉🎉",
        "null",
        "nan",
        "404 page",
        "²",
        "①",
        "१",
        "a१",
        "Ⅷ",
        "\u0301",
        "e\u0301",
        "é",
        "ﬁne",
    ),
    *(
        "class",
        "None",
        "True",
        "import",
        "match",
        "self",
        "cls",
        "print",
        "str",
        "int",
        "float",
        "list",
        "dict",
        "bool",
    ),
    *(
        "Any",
        "AnyEvent",
        "EVENTS",
        "Event",
        "event",
        "ClassVar",
        "TypeAlias",
        "TypedEvent",
        "EventProperties",
    ),
    *(
        "Purchase",
        "PurchaseProperties",
        "Purchase Properties",
        "purchase",
        "PURCHASE",
        "Page View",
        "page_view",
        "a.b",
    ),
    *(
        "name",
        "properties",
        "other_properties",
        "time",
        "distinct_id",
        "$insert_id",
        "insert_id",
        "Insert ID",
        "msgspec",
    ),
    *(
        "__init__",
        "__class__",
        "__struct_fields__",
        "__reduce__",
        "__eq__",
        "_private",
        " leading",
        "trailing ",
        "a  b",
    ),
    *(
        "日本語 イベント",
        "Größe",
        "𠮷",
        "𝒳",
        "ß",
        "ŉ",
        "İ",
        "ª",
        "x" * 5000,
        "y " * 70,
        "z" * 75,
        "x" * 84,
        "w" * 70,
    ),
    *(
        'a"b',
        "a'b",
        "'''",
        '"""',
        "a\\b",
        "ends with \\",
        "a\nb",
        "\u2028",
        "\ud83d",
        "{}",
        "%s",
        "# type: ignore",
    ),
]
VALUES: list[Any] = [
    *(None, True, 1, -1, 2.5, 1.0, 10**30, 2**53 + 1, "x", "2024-01-01", "", [], {}),
    *([1], [1, 2.5], ["a", None], [{"a": 1}], [[1]], {"a": [1]}, [1, "a", True, None, {}], [10**20, 0.5]),
]
DESCRIPTIONS = [
    *(
        None,
        "",
        "A text.",
        'He said "hi"',
        '"quoted"',
        "back\\slash",
        "ends\\",
        '"""',
        "new\nline\ttab",
        "a " * 200,
    ),
    *(
        "\u2028",
        "\ud83d half",
        "\\N{BULLET}",
        "{x}",
        "#",
        "x" * 300,
        "'single'",
        '\\"\\"\\"',
        "\\x41",
        "%s",
        "a" * 90,
    ),
]
_TYPES: list[JsonType] = ["string", "integer", "number", "array", "object", "boolean"]


def odd_project(seed: int, most: int = 5) -> tuple[ProjectSchema, list[Event]]:
    """Return a project with a few kinds of events, always the same for a seed, and the events that were sampled."""
    chance = random.Random(seed)
    names = chance.sample(NAMES, chance.randrange(1, most + 1))
    events: list[Event] = []
    for name in names:
        properties = chance.sample(NAMES, chance.randrange(0, 40))
        for _ in range(chance.randrange(1, 4)):
            given = {key: chance.choice(VALUES) for key in properties if chance.random() < 0.8}
            events.append(Event(name=name, properties=given))
    described = {
        name: DescribedEvent(
            chance.choice(DESCRIPTIONS),
            None,
            {key: _described(chance) for key in chance.sample(NAMES, chance.randrange(0, 10))},
        )
        for name in chance.sample(names, chance.randrange(0, len(names)))
    }
    return ProjectSchema(observe([events]), described), events


def _described(chance: random.Random) -> DescribedProperty:
    types = frozenset(chance.sample(_TYPES, chance.randrange(0, 4)))
    return DescribedProperty(types, chance.random() < 0.2, "json", chance.choice(DESCRIPTIONS))

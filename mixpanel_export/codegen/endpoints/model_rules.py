"""What the `x-` keys of an object must keep to: names of its properties, and of other schemas. See `models`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mixpanel_export.codegen.endpoints.places import (
    Mistake,
    Place,
    names_of,
    object_of,
    parts_of,
    resolved,
    suggestion,
)

__all__ = ["model_mistakes"]

_OF_RECORDS = ("x-bare", "x-flat", "x-implied", "x-list", "x-quiet", "x-within")
_OF_MAPS = ("x-any", "x-overall", "x-unit")


def model_mistakes(document: dict[str, Any]) -> Iterator[Mistake]:
    """Yield the mistakes in the `x-` keys of a document's objects and of their properties."""
    schemas = object_of(object_of(document.get("components")).get("schemas"))
    every = {name for schema in schemas.values() for name in object_of(schema.get("properties"))}
    for name, schema in schemas.items():
        place = ("components", "schemas", name)
        is_map = bool(schema.get("additionalProperties")) and "properties" not in schema
        for key in (*_OF_RECORDS, *_OF_MAPS):
            if key in schema and (key in _OF_MAPS) != is_map:
                other = "additionalProperties, and no properties," if key in _OF_MAPS else "properties"
                yield (*place, key), f"{key}: expected {other} beside it"
            elif key in schema and key in _OF_RECORDS:
                for problem in _problems(key, schema, every, document):
                    yield (*place, key), f"{key}: {problem}"
        if (overall := schema.get("x-overall", name)) not in schemas:
            yield (
                (*place, "x-overall"),
                f"x-overall: there is no schema {overall}{suggestion(overall, schemas)}",
            )
        if "x-table" in schema:
            yield from _table_mistakes((*place, "x-table"), schema, every, document)
        for wire, inner in object_of(schema.get("properties")).items():
            yield from _property_mistakes((*place, "properties", wire), inner, document)


def _problems(key: str, schema: dict[str, Any], every: set[str], document: dict[str, Any]) -> Iterator[str]:
    """Yield the words about a key whose value names no property."""
    value = schema[key]
    known = every if key == "x-within" else object_of(schema.get("properties"))
    names = value if isinstance(value, list) else [value]
    if key == "x-list":
        node, problem = _follow(schema, str(value).split("."), document)
        if problem or "array" not in names_of(resolved(document, node)):
            yield problem or f"expected a property with a list, got {value}"
        return
    for name in names:
        if name not in known:
            yield f"there is no property {name}{suggestion(name, known)}"


def _follow(schema: dict[str, Any], names: list[str], document: dict[str, Any]) -> tuple[object, str]:
    """Return the schema that properties lead to, or the words about the first that is missing."""
    node: Any = schema
    for name in names:
        own = resolved(document, node)
        options = [
            own,
            *(resolved(document, part) for key in ("anyOf", "oneOf") for part in parts_of(own.get(key))),
        ]
        known = {
            key: value for option in options for key, value in object_of(option.get("properties")).items()
        }
        if name not in known:
            return {}, f"there is no property {name}{suggestion(name, known)}"
        node = known[name]
    return node, ""


def _table_mistakes(
    here: Place, schema: dict[str, Any], every: set[str], document: dict[str, Any]
) -> Iterator[Mistake]:
    table = schema["x-table"]
    _, problem = _follow(schema, table["at"], document)
    if problem:
        yield (*here, "at"), f"at: {problem}"
    if not table["keys"]:
        yield (*here, "keys"), "keys: expected at least one name"
    for key in ("list", "headers"):
        if (name := table.get(key)) is not None and name not in every:
            yield (*here, key), f"{key}: there is no property {name}{suggestion(name, every)}"
    for name in object_of(table.get("beside")):
        if name not in every:
            yield (*here, "beside", name), f"beside: there is no property {name}{suggestion(name, every)}"


def _property_mistakes(place: Place, schema: dict[str, Any], document: dict[str, Any]) -> Iterator[Mistake]:
    own = resolved(document, schema)
    options = [
        own,
        *(resolved(document, part) for key in ("anyOf", "oneOf") for part in parts_of(own.get(key))),
    ]
    types = {type_ for option in options for type_ in names_of(option)}
    for key in ("x-empty", "x-unit"):
        if own.get(key) and not types & {"array", "object"}:
            yield (*place, key), f"{key}: expected a property with a list or an object"

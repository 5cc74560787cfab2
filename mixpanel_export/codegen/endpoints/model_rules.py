"""What the `x-` keys of an object must keep to: names of its properties, and of other schemas. See `models`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

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
    if key == "x-list":
        if problem := _list_problem(value, schema, document):
            yield problem
        return
    known = every if key == "x-within" else object_of(schema.get("properties"))
    for name in cast("list[Any]", value) if isinstance(value, list) else [value]:
        if name not in known:
            yield f"there is no property {name}{suggestion(name, known)}"


def _list_problem(path: str, schema: dict[str, Any], document: dict[str, Any]) -> str:
    """Return the words about a list that no object can stand for; empty if it can."""
    node, missing = schema, ""
    for name in path.split("."):
        known = object_of(node.get("properties"))
        if name not in known:
            return f"there is no property {name}{suggestion(name, known)}"
        if name not in parts_of(node.get("required")) and not known[name].get("x-empty"):
            missing = f"{name} can be missing; expected it in `required`, or `x-empty: true` beside it"
        node = resolved(document, known[name])
    if names_of(node) != {"array"} or names_of(resolved(document, node["items"])) != {"object"}:
        return f"expected a property with a list of objects, got {path}"
    return missing


def _table_problem(schema: dict[str, Any], names: list[str], document: dict[str, Any]) -> str:
    """Return the words about the first property that is missing on the way to a table."""
    node: object = schema
    for name in names:
        own = resolved(document, node)
        options = [own, *parts_of(own.get("anyOf")), *parts_of(own.get("oneOf"))]
        known: dict[str, Any] = {}
        for option in options:
            known |= object_of(resolved(document, option).get("properties"))
        if name not in known:
            return f"there is no property {name}{suggestion(name, known)}"
        node = known[name]
    return ""


def _table_mistakes(
    here: Place, schema: dict[str, Any], every: set[str], document: dict[str, Any]
) -> Iterator[Mistake]:
    table = schema["x-table"]
    if problem := _table_problem(schema, table["at"], document):
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

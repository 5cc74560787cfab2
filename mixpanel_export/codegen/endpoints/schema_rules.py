"""What a schema of a spec must keep to: objects by name, known formats, no defaults. See `keys` for its keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mixpanel_export.codegen.endpoints.constraint_rules import constraint_mistakes, unchecked_constraints
from mixpanel_export.codegen.endpoints.model_rules import model_mistakes
from mixpanel_export.codegen.endpoints.places import Mistake, Place, names_of, object_of, parts_of, suggestion

__all__ = ["HARMLESS_FORMATS", "schema_mistakes"]

_FORMATS = {"date", "date-time", "mixpanel-datetime", "mixpanel-expression"}
HARMLESS_FORMATS = {"double", "email", "float", "hostname", "int32", "int64", "uri", "uuid"}
"""Formats that are documentation: the value is checked as its type only."""


def schema_mistakes(document: dict[str, Any]) -> Iterator[Mistake]:
    """Yield the mistakes in the schemas of a document."""
    for place, schema in _schemas(document, ()):
        yield from _mistakes(place, schema)
        yield from constraint_mistakes(place, schema, document)
    yield from unchecked_constraints(document)
    yield from model_mistakes(document)
    yield from _endless(document)


def _schemas(
    node: object, place: Place, *, is_schema: bool = False
) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Yield every schema below a node."""
    for index, item in enumerate(parts_of(node)):
        yield from _schemas(item, (*place, index), is_schema=is_schema)
    schema = object_of(node)
    if is_schema and schema:
        yield place, schema
    for key, value in schema.items():
        here = (*place, key)
        if key.startswith("x-") or key in ("example", "examples", "enum", "const"):
            continue
        if here == ("components", "schemas") or (is_schema and key == "properties"):
            # Keys are names of the API.
            for name, inner in object_of(value).items():
                yield from _schemas(inner, (*here, name), is_schema=True)
        else:
            yield from _schemas(value, here, is_schema=is_schema or key == "schema")


def _mistakes(place: Place, schema: dict[str, Any]) -> Iterator[Mistake]:
    is_named = len(place) == 3 and place[:2] == ("components", "schemas")
    if "default" in schema:
        yield (
            (*place, "default"),
            "default: the client would send it; leave it out and name it in the description",
        )
    if "format" in schema and str(schema["format"]) not in _FORMATS | HARMLESS_FORMATS:
        known = suggestion(schema["format"], _FORMATS | HARMLESS_FORMATS)
        yield (*place, "format"), f"format: {schema['format']!r} is unknown{known}"
    if "properties" in schema and names_of(schema) != {"object"}:
        yield place, "properties: expected `type: object` beside them"
    elif names_of(schema) == {"object"} and not is_named:
        yield place, "an object needs a name: move it to components/schemas, and refer to it with $ref"
    if names_of(schema) == {"array"} and not isinstance(schema.get("items"), dict):
        yield place, "items: required for an array"


def _endless(document: dict[str, Any]) -> Iterator[Mistake]:
    """Yield the schemas that contain themselves; an object may refer to itself, since it becomes a class."""
    schemas = object_of(object_of(document.get("components")).get("schemas"))

    def parts(schema: object) -> Iterator[str]:
        own = object_of(schema)
        if name := str(own.get("$ref", "")).rpartition("/")[2]:
            yield name
        for part in (*parts_of(own.get("anyOf")), *parts_of(own.get("oneOf")), own.get("items")):
            if part:
                yield from parts(part)

    for name in schemas:
        reached, found = set[str](), [name]
        while found:
            inner = {*parts(schemas.get(found.pop()))} - reached
            reached |= inner
            found += inner
        if name in reached:
            yield (
                ("components", "schemas", name),
                f"{name}: it refers to itself; expected an object, or no cycle",
            )

"""What the constraints of a schema must keep to: its type, each other, and checks before an argument is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mixpanel_export.codegen.endpoints.places import (
    Mistake,
    Place,
    names_of,
    object_of,
    operations_of,
    parts_of,
    resolved,
    suggestion,
)
from mixpanel_export.codegen.endpoints.values import misfit

__all__ = ["constraint_mistakes", "unchecked_constraints"]

_NUMBER, _STRING, _ARRAY, _OBJECT = {"integer", "number"}, {"string"}, {"array"}, {"object"}
_TYPES = {
    "exclusiveMaximum": _NUMBER, "exclusiveMinimum": _NUMBER, "maximum": _NUMBER, "minimum": _NUMBER,
    "multipleOf": _NUMBER, "maxLength": _STRING, "minLength": _STRING, "pattern": _STRING, "items": _ARRAY,
    "maxItems": _ARRAY, "minItems": _ARRAY, "uniqueItems": _ARRAY, "additionalProperties": _OBJECT,
    "maxProperties": _OBJECT, "minProperties": _OBJECT, "required": _OBJECT,
}  # fmt: skip
_PAIRS = (
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
)
_UNCHECKED = ("exclusiveMaximum", "exclusiveMinimum", "multipleOf", "pattern", "uniqueItems")
_BOUNDS = [key for pair in _PAIRS for key in pair]
_CHECKED_FORMATS = {"date", "date-time", "mixpanel-datetime", "mixpanel-expression"}


def constraint_mistakes(place: Place, schema: dict[str, Any], document: dict[str, Any]) -> Iterator[Mistake]:
    """Yield the mistakes in the constraints of a schema."""
    types = names_of(resolved(document, schema)) - {""}
    for key in schema:
        if key in _TYPES and not _TYPES[key] & types:
            found = f", got {' and '.join(sorted(types))}" if types else ""
            yield (
                (*place, key),
                f"{key}: expected `type: {' or '.join(sorted(_TYPES[key]))}` beside it{found}",
            )
    for least, most in _PAIRS:
        if least in schema and most in schema and schema[least] > schema[most]:
            yield (*place, least), f"{least}: {schema[least]} is above {most}, {schema[most]}"
    known = object_of(schema.get("properties"))
    for index, name in enumerate(parts_of(schema.get("required"))):
        if name not in known:
            yield (
                (*place, "required", index),
                f"required: there is no property {name}{suggestion(name, known)}",
            )
    if "enum" in schema:
        yield from _enum_mistakes((*place, "enum"), schema, document)


def unchecked_constraints(document: dict[str, Any]) -> Iterator[Mistake]:
    """Yield the constraints of arguments that the client would not check before it sends them."""
    seen: set[str] = set()
    for place, operation, item in operations_of(document):
        for holder, where in ((item, place[:2]), (operation, place)):
            for key in ("parameters", "requestBody"):
                yield from _unchecked(holder.get(key), (*where, key), document, seen)


def _unchecked(node: object, place: Place, document: dict[str, Any], seen: set[str]) -> Iterator[Mistake]:
    own = object_of(node)
    reference = str(own.get("$ref", ""))
    if reference and reference not in seen:
        seen.add(reference)
        yield from _unchecked(
            resolved(document, {"$ref": reference}), tuple(reference.split("/")[1:]), document, seen
        )
    # The client checks a value of one type only.
    is_choice = len(names_of(resolved(document, own))) > 1 or place[-2] in ("anyOf", "oneOf")
    is_free = own.get("format") not in _CHECKED_FORMATS
    for key in (*_UNCHECKED, *(_BOUNDS if is_choice else ())) if is_free else ():
        if key in own:
            yield (
                (*place, key),
                f"{key}: the client does not check it; leave it out and name it in the description",
            )
    for key, value in own.items():
        if key == "properties":
            for name, inner in object_of(value).items():
                yield from _unchecked(inner, (*place, key, name), document, seen)
        elif key not in ("encoding", "example", "examples", "enum", "const") and not key.startswith("x-"):
            yield from _unchecked(value, (*place, key), document, seen)
    for index, inner in enumerate(parts_of(node)):
        yield from _unchecked(inner, (*place, index), document, seen)


def _enum_mistakes(here: Place, schema: dict[str, Any], document: dict[str, Any]) -> Iterator[Mistake]:
    values = [value for value in parts_of(schema["enum"]) if value is not None]
    rest = {key: value for key, value in schema.items() if key != "enum"}
    if not values:
        yield here, "enum: expected at least one value"
    for index, value in enumerate(values):
        if problem := misfit(value, rest, document):
            yield (*here, index), f"enum: {problem}"
            return
    if not (
        all(isinstance(value, str) for value in values) or all(isinstance(value, int) for value in values)
    ):
        yield here, f"enum: expected only text, or only integers, got {schema['enum']!r}"

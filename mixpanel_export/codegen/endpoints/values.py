"""Values that a spec writes down, compared with the schemas that they belong to."""

from __future__ import annotations

from typing import Any

from mixpanel_export.codegen.endpoints.places import names_of, object_of, parts_of, resolved

__all__ = ["misfit"]

_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "array": ((list,), "a list"),
    "boolean": ((bool,), "true or false"),
    "integer": ((int,), "an integer"),
    "number": ((int, float), "a number"),
    "object": ((dict,), "a mapping"),
    "string": ((str,), "text"),
}


def misfit(value: object, schema: object, document: dict[str, Any]) -> str:
    """Return the words for what a schema expects in place of a value; empty if the value fits."""
    own = resolved(document, schema)
    types = sorted(names_of(own) & _TYPES.keys())
    if types and not any(_is(value, type_) for type_ in types):
        return f"expected {' or '.join(_TYPES[type_][1] for type_ in types)}, got {value!r}"
    allowed = parts_of(own.get("enum"))
    if allowed and value not in allowed:
        return f"expected one of {', '.join(map(repr, allowed))}, got {value!r}"
    items = (misfit(item, own.get("items"), document) for item in parts_of(value))
    fields = object_of(own.get("properties"))
    inner = (misfit(item, fields.get(name), document) for name, item in object_of(value).items())
    return next(filter(None, (*items, *inner)), "")


def _is(value: object, type_: str) -> bool:
    classes, _ = _TYPES[type_]
    return isinstance(value, classes) and (type_ == "boolean" or not isinstance(value, bool))

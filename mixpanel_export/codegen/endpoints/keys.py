"""The keys of a spec: which part has which, and the value that each takes.

A key that is misspelt, in another part than its own, or has another value than it takes, is a mistake: the compiler
would leave it out without a word, and a create would be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any, cast

from mixpanel_export.codegen.endpoints.places import METHODS, Mistake, Place, object_of, parts_of, suggestion

__all__ = ["key_mistakes"]

_SCHEMA = {
    "$comment": "text", "additionalProperties": "schema or flag", "anyOf": "[schema]", "const": "any",
    "default": "any", "deprecated": "flag", "description": "text", "enum": "[any]", "example": "any",
    "examples": "any", "exclusiveMaximum": "any", "exclusiveMinimum": "any", "externalDocs": "link",
    "format": "text", "items": "schema", "maxItems": "count", "maxLength": "count", "maxProperties": "count",
    "maximum": "number", "minItems": "count", "minLength": "count", "minProperties": "count", "minimum": "number",
    "multipleOf": "number", "nullable": "flag", "oneOf": "[schema]", "pattern": "text",
    "properties": "{property}", "readOnly": "flag", "required": "[name]", "title": "text", "type": "type",
    "uniqueItems": "flag", "writeOnly": "flag",
}  # fmt: skip
_PARTS: dict[str, dict[str, str]] = {
    "document": {
        "openapi": "text", "info": "info", "servers": "[server]", "paths": "{path}", "components": "components",
        "security": "[{[name]}]", "tags": "[tag]", "externalDocs": "link", "jsonSchemaDialect": "text",
    },
    "info": {
        "title": "text", "version": "text", "summary": "text", "description": "text", "termsOfService": "text",
        "contact": "any", "license": "any",
    },
    "server": {"url": "name", "description": "text", "variables": "any", "x-region": "name"},
    "tag": {"name": "name", "description": "text", "externalDocs": "link"},
    "link": {"url": "name", "description": "text"},
    "path": {
        **dict.fromkeys(METHODS, "operation"),
        "summary": "text", "description": "text", "servers": "[server]", "parameters": "[parameter]",
    },
    "operation": {
        "operationId": "any", "tags": "any", "summary": "text", "description": "text", "externalDocs": "link",
        "parameters": "[parameter]", "requestBody": "request body", "responses": "{response}",
        "deprecated": "flag", "security": "[{[name]}]", "servers": "[server]",
        "x-budget": "any", "x-example": "any", "x-idempotent": "flag", "x-instead": "name",
        "x-refused": "[refusal]", "x-writes": "flag",
    },
    "parameter": {
        "name": "name", "in": "name", "description": "text", "required": "flag", "deprecated": "flag",
        "allowEmptyValue": "flag", "style": "any", "explode": "flag", "schema": "value",
        "content": "{content}", "example": "any", "examples": "any",
    },
    "request body": {"description": "text", "required": "flag", "content": "{content}"},
    "content": {"schema": "value", "encoding": "{encoding}", "example": "any", "examples": "any"},
    "encoding": {"contentType": "text"},
    "response": {"description": "text", "headers": "any", "content": "{content}", "links": "any"},
    "components": {
        "schemas": "{model}", "parameters": "{parameter}", "responses": "{response}",
        "requestBodies": "{request body}", "securitySchemes": "{security scheme}", "examples": "any",
        "headers": "any", "links": "any", "callbacks": "any", "pathItems": "any",
    },
    "security scheme": {
        "type": "name", "scheme": "text", "bearerFormat": "text", "description": "text", "name": "text",
        "in": "text", "flows": "any", "openIdConnectUrl": "text", "x-deprecated": "flag",
    },
    "schema": _SCHEMA,
    "value": {**_SCHEMA, "x-future": "flag"},
    "property": {**_SCHEMA, "x-always": "flag", "x-empty": "flag", "x-future": "flag", "x-unit": "name"},
    "model": {
        **_SCHEMA,
        "x-any": "flag", "x-bare": "name", "x-flat": "name", "x-future": "flag", "x-implied": "name",
        "x-list": "name", "x-overall": "name", "x-quiet": "[name]", "x-table": "table", "x-unit": "name",
        "x-within": "name",
    },
    "refusal": {"when": "{any}", "says": "name"},
    "table": {
        "at": "[name]", "keys": "[name]", "list": "name", "beside": "{name}", "index": "name", "value": "name",
        "headers": "name",
    },
}  # fmt: skip
_REQUIRED = {
    "document": ("info",),
    "info": ("title", "version"),
    "server": ("url",),
    "tag": ("name",),
    "link": ("url",),
    "parameter": ("name", "in"),
    "request body": ("content",),
    "response": ("description",),
    "security scheme": ("type",),
    "refusal": ("when", "says"),
    "table": ("at", "keys"),
}
_SCHEMAS = ("schema", "value", "property", "model")
_SECTIONS = {
    "parameter": "parameters",
    "request body": "requestBodies",
    "response": "responses",
    **dict.fromkeys(_SCHEMAS, "schemas"),
}
_NOT_SUPPORTED = {
    ("document", "webhooks"): "the client only sends requests",
    ("operation", "callbacks"): "the client only sends requests",
    ("parameter", "allowReserved"): "values are always quoted",
    ("path", "$ref"): "write the operations here",
    **{("path", method): f"expected {', '.join(METHODS)}" for method in ("head", "options", "trace")},
    **{
        (part, key): hint
        for part in _SCHEMAS
        for key, hint in (
            ("allOf", "list the properties of all of them in one schema"),
            ("not", "describe what is allowed"),
            ("patternProperties", "use additionalProperties"),
            ("prefixItems", "use items"),
        )
    },
}
# Keys that OpenAPI 3.0 does not have.
_NEW = {
    *((part, key) for part in _SCHEMAS for key in ("$comment", "const", "examples")),
    ("document", "jsonSchemaDialect"), ("info", "summary"), ("components", "pathItems"),
}  # fmt: skip
_WORDS = {
    "document": "the document",
    "operation": "an operation",
    "info": "info",
    "components": "components",
    "content": "a media type",
    "encoding": "an encoding",
    "property": "a property",
    "value": "the schema of a parameter",
    "model": "a schema of components/schemas",
    "table": "x-table",
    "refusal": "x-refused",
}
_EXTENSIONS = {key for keys in _PARTS.values() for key in keys if key.startswith("x-")}
_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
_LONGEST = 60


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_VALUES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "any": (lambda _: True, ""),
    "flag": (lambda value: isinstance(value, bool), "true or false"),
    "text": (lambda value: isinstance(value, str), "text"),
    "name": (lambda value: isinstance(value, str) and bool(value.strip()), "text"),
    "number": (_is_number, "a number"),
    "count": (lambda value: _is_number(value) and value == int(value) >= 0, "an integer from 0"),
}


def key_mistakes(document: dict[str, Any]) -> Iterator[Mistake]:
    """Yield the mistakes in the keys of a document, in the types of their values, and in references."""
    yield from _part("document", document, (), document)


def _value(kind: str, value: object, place: Place, document: dict[str, Any]) -> Iterator[Mistake]:
    """Yield the mistakes in the value of a key."""
    if kind.startswith("["):
        steps: list[tuple[object, object]] = [*enumerate(parts_of(value))]
        if not isinstance(value, list):
            yield place, f"{_label(place)}: expected a list{_got(value)}"
    elif kind.startswith("{"):
        steps = [*object_of(value).items()]
        if not isinstance(value, dict):
            yield place, f"{_label(place)}: expected a mapping of names{_got(value)}"
    else:
        yield from _single(kind, value, place, document)
        return
    for step, item in steps:
        yield from _value(kind[1:-1], item, (*place, step), document)


def _single(kind: str, value: object, place: Place, document: dict[str, Any]) -> Iterator[Mistake]:
    if kind in _VALUES:
        is_right, expected = _VALUES[kind]
        if not is_right(value):
            hint = f'; write "{value}"' if expected == "text" and _is_number(value) else ""
            yield place, f"{_label(place)}: expected {expected}{_got(value)}{hint}"
    elif kind == "type":
        for type_ in parts_of(value) or [value]:
            if type_ not in _TYPES:
                yield place, f"type: {type_!r} is unknown{suggestion(type_, _TYPES)}"
    elif kind != "schema or flag":
        yield from _part(kind, value, place, document)
    elif not isinstance(value, bool):
        yield from _part("schema", value, place, document)


def _part(part: str, value: object, place: Place, document: dict[str, Any]) -> Iterator[Mistake]:
    """Yield the mistakes in an object whose keys are known."""
    if not isinstance(value, dict):
        expected = (
            "schema such as {type: string}" if part in _SCHEMAS else f"mapping with the keys of {_name(part)}"
        )
        yield place, f"{_label(place)}: expected a {expected}{_got(value)}"
        return
    own, known = object_of(cast(object, value)), _PARTS[part]
    is_reference = "$ref" in own and part in _SECTIONS
    is_older = str(document["openapi"]).startswith("3.0.")
    for key, inner in own.items():
        here = (*place, key)
        if is_older and ((part, key) in _NEW or (key == "type" and isinstance(inner, list))):
            yield here, f"{key}: {'a list of types' if key == 'type' else 'this key'} needs `openapi: 3.1.0`"
        elif key in known:
            yield from _value(known[key], inner, here, document)
        elif is_reference and key == "$ref":
            yield from _reference_mistakes(_SECTIONS[part], inner, here, document)
        elif not (is_reference and key in ("summary", "description")):
            yield here, f"{key}: {_unknown(part, key)}"
    for key in () if is_reference else _REQUIRED.get(part, ()):
        if key not in own:
            yield place, f"{key} is required in {_name(part)}"


def _unknown(part: str, key: str) -> str:
    """Return the words about a key that a part does not have."""
    if hint := _NOT_SUPPORTED.get((part, key)):
        return f"not supported; {hint}"
    if key in _EXTENSIONS:
        places = sorted({_name(name) for name, keys in _PARTS.items() if key in keys})
        return f"not a key of {_name(part)}; expected in {' or '.join(places)}"
    known = _PARTS[part]
    close = get_close_matches(key, sorted(_EXTENSIONS), 1) if key[:1] in "xX" else []
    return (
        f"unknown key of {'a schema' if part in _SCHEMAS else _name(part)}{suggestion(key, close or known)}"
    )


def _reference_mistakes(
    section: str, value: object, here: Place, document: dict[str, Any]
) -> Iterator[Mistake]:
    known = object_of(object_of(document.get("components")).get(section))
    prefix = f"#/components/{section}/"
    name = str(value).removeprefix(prefix)
    if not str(value).startswith(prefix) or "/" in name:
        yield here, f"$ref: expected {prefix}<name>{_got(value)}"
    elif name not in known:
        yield here, f"$ref: there is no components/{section}/{name}{suggestion(name, known)}"


def _name(part: str) -> str:
    return _WORDS.get(part, f"a {part}")


def _label(place: Place) -> str:
    """Return the name of a place in a message: the last key that leads there."""
    return next(str(step) for step in reversed(place) if isinstance(step, str))


def _got(value: object) -> str:
    """Return the end of a message about a value, cut to a length that can be read."""
    text = "nothing" if value is None else repr(value)
    return f", got {text}" if len(text) <= _LONGEST else f", got {text[: _LONGEST - 1]}…"

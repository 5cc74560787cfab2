"""The facts of an OpenAPI document as lines, so that two documents can be compared as sets.

    GET /api/query/funnels                       an operation
    GET /api/query/funnels ? unit                a parameter or a field of its body
    GET /api/query/funnels ? funnel_id required
    GET /api/query/funnels ? unit = day          a value that it takes
    GET /api/query/funnels ? limit <= 10000
    GET /api/app/schemas/{} ? {} = event         a value that a path takes
    GET /api/query/funnels > data.*.steps[].goal    a field of the answer; `*` stands for keys that are data

Names of path parameters and the envelope `{status, results}` are left out, since they mean nothing to a caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from mixpanel_export.codegen.endpoints.places import (
    object_of,
    operations_of,
    parameters_of,
    parts_of,
    resolved,
)

__all__ = ["facts_of"]


def facts_of(document: dict[str, Any]) -> set[str]:
    """Return the facts of a document."""
    facts: set[str] = set()
    for (_, path, method), operation, item in operations_of(document):
        name = f"{method.upper()} {_root(document)}{re.sub(r'{[^}]*}', '{}', path.partition('#')[0])}"
        facts.add(name)
        for parameter, schema, is_required in _parameters(document, operation, item):
            facts |= {f"{name} ? {fact}" for fact in _parameter(document, parameter, schema, is_required)}
        for status, response in object_of(operation.get("responses")).items():
            if str(status).startswith("2"):
                content = object_of(resolved(document, response).get("content"))
                answer = object_of(content.get("application/json")).get("schema")
                facts |= {f"{name} > {field}" for field in _without_envelope(_fields(document, answer))}
    return facts


def _root(document: dict[str, Any]) -> str:
    """Return the path of the first server; servers of single paths have none."""
    servers = parts_of(document.get("servers"))
    return urlsplit(re.sub(r"{[^}]*}", "host", servers[0]["url"])).path.rstrip("/") if servers else ""


def _parameters(
    document: dict[str, Any], operation: dict[str, Any], item: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any], bool]]:
    for parameter, schema in parameters_of(document, operation, item):
        if parameter.get("in") == "query":
            yield parameter["name"], schema, bool(parameter.get("required"))
        elif parameter.get("in") == "path" and "enum" in schema:
            yield "{}", {"enum": schema["enum"]}, False
    body = resolved(document, operation.get("requestBody"))
    for described in object_of(body.get("content")).values():
        schema = resolved(document, object_of(described).get("schema"))
        schema = resolved(document, schema.get("items")) if schema.get("type") == "array" else schema
        for part in (schema, *(resolved(document, option) for option in _options(schema))):
            for name, field in object_of(part.get("properties")).items():
                yield name, resolved(document, field), name in parts_of(part.get("required"))


def _parameter(
    document: dict[str, Any], name: str, schema: dict[str, Any], is_required: bool
) -> Iterator[str]:
    yield name
    if is_required:
        yield f"{name} required"
    for part in (schema, resolved(document, schema.get("items"))):
        for value in (*parts_of(part.get("enum")), *([part["const"]] if "const" in part else [])):
            yield f"{name} = {value}"
        if "maximum" in part:
            yield f"{name} <= {part['maximum']}"


def _options(schema: dict[str, Any]) -> list[Any]:
    return [option for key in ("allOf", "anyOf", "oneOf") for option in parts_of(schema.get(key))]


def _fields(document: dict[str, Any], node: object, around: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the paths of all fields below a schema; `around` are the references that lead to it."""
    schema = resolved(document, node)
    reference = str(object_of(node).get("$ref", ""))
    if reference in around:
        return
    around = (*around, reference) if reference else around
    for name, field in object_of(schema.get("properties")).items():
        yield from (f"{name}{inner}" for inner in ("", *_below(document, field, around)))
    if object_of(schema.get("additionalProperties")):
        yield from (f"*{inner}" for inner in ("", *_below(document, schema["additionalProperties"], around)))
    if "items" in schema:
        yield from (f"[]{inner}" for inner in _below(document, schema["items"], around))
    for option in _options(schema):
        yield from _fields(document, option, around)


def _below(document: dict[str, Any], node: object, around: tuple[str, ...]) -> Iterator[str]:
    for field in _fields(document, node, around):
        yield field if field.startswith("[]") else f".{field}"


def _without_envelope(fields: Iterator[str]) -> set[str]:
    bare = (re.sub(r"^(results)?(\[\])?(\.|$)", "", field) for field in fields)
    return {field for field in bare if field} - {"status"}

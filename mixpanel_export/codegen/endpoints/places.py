"""Places in a spec, and the mistakes found there. Shared by `operation_rules`, `schema_rules` and `mistakes`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any, cast

__all__ = [
    "METHODS",
    "Mistake",
    "Place",
    "names_of",
    "object_of",
    "operations_of",
    "parameters_at",
    "parameters_of",
    "parts_of",
    "resolved",
    "suggestion",
]

METHODS = ("get", "put", "post", "delete", "patch")

Place = tuple[Any, ...]
"""The keys and indexes that lead to a node of the document."""
Mistake = tuple[Place, str]


def object_of(node: object) -> dict[str, Any]:
    """Return a node that is an object; an empty one for anything else."""
    return cast("dict[str, Any]", node) if isinstance(node, dict) else {}


def parts_of(node: object) -> list[Any]:
    """Return a node that is a list; an empty one for anything else."""
    return cast("list[Any]", node) if isinstance(node, list) else []


def suggestion(name: object, known: Iterable[object]) -> str:
    """Return the end of a message about an unknown name: the name that was meant, or all known ones."""
    names = sorted(map(str, known))
    close = get_close_matches(str(name), names, 1)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; expected one of {', '.join(names)}" if names else ""


def resolved(document: dict[str, Any], node: object) -> dict[str, Any]:
    """Follow the references of a node, as far as they lead; keys beside a `$ref` win over the target's."""
    found: dict[str, Any] = object_of(node)
    for _ in range(20):
        if "$ref" not in found:
            break
        target: object = document
        for part in str(found["$ref"]).removeprefix("#/").split("/"):
            target = object_of(target).get(part)
        own: dict[str, Any] = {key: value for key, value in found.items() if key != "$ref"}
        found = object_of(target) | own
    return found


def names_of(schema: dict[str, Any]) -> set[str]:
    """Return the types that a schema names, without null."""
    types = schema.get("type")
    return {str(name) for name in parts_of(types) or [types]} - {"null", "None"}


def parameters_of(
    document: dict[str, Any], operation: dict[str, Any], item: dict[str, Any]
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield each parameter of an operation, and the schema of its value, which may travel as JSON text."""
    for listed in (*parts_of(item.get("parameters")), *parts_of(operation.get("parameters"))):
        parameter = resolved(document, listed)
        content = object_of(object_of(parameter.get("content")).get("application/json"))
        yield parameter, resolved(document, parameter.get("schema", content.get("schema")))


def parameters_at(
    place: Place, operation: dict[str, Any], item: dict[str, Any], document: dict[str, Any]
) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Yield the place of each parameter of an operation, and the parameter."""
    for holder, where in ((item, place[:2]), (operation, place)):
        for index, parameter in enumerate(parts_of(holder.get("parameters"))):
            yield (*where, "parameters", index), resolved(document, parameter)


def operations_of(document: dict[str, Any]) -> Iterator[tuple[Place, dict[str, Any], dict[str, Any]]]:
    """Yield the place of each operation, the operation and its path item."""
    for path, item in object_of(document.get("paths")).items():
        for method in METHODS:
            if operation := object_of(object_of(item).get(method)):
                yield ("paths", path, method), operation, object_of(item)

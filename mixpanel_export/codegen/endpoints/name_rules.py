"""Names in a spec that cannot become names in Python: taken ones, and two that would become one. See `naming`."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from typing import Any

from attrs import frozen

from mixpanel_export.codegen.endpoints.adapter import PythonIdentifier
from mixpanel_export.codegen.endpoints.naming import (
    TAKEN_CLASSES,
    TAKEN_METHODS,
    TAKEN_TAGS,
    argument_name,
    attribute_name,
    field_argument,
    module_name,
    resource_classes,
)
from mixpanel_export.codegen.endpoints.places import (
    Mistake,
    Place,
    object_of,
    operations_of,
    parameters_at,
    parts_of,
    resolved,
)

__all__ = ["arguments_of", "name_mistakes"]

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CLASS = re.compile(r"[A-Z][A-Za-z0-9]*")


def name_mistakes(document: dict[str, Any]) -> Iterator[Mistake]:
    """Yield the mistakes in the names of operations, tags, arguments, schemas and properties."""
    ids: set[str] = set()
    tags: dict[str, str] = {}
    for place, operation, item in operations_of(document):
        yield from _operation_mistakes(place, operation, ids, tags)
        yield from _argument_mistakes(place, operation, item, document)
    modules: dict[str, str] = {}
    for name, schema in object_of(object_of(document.get("components")).get("schemas")).items():
        here = ("components", "schemas", name)
        if not _CLASS.fullmatch(name):
            yield here, f"{name}: the name becomes a class; expected one such as AuditEntry"
        elif name in TAKEN_CLASSES or name in tags:
            yield here, f"{name}: this name is taken; expected one such as AuditEntry"
        elif (other := modules.setdefault(module_name(name), name)) != name:
            yield here, f"{name}: this and {other} would be one module, {module_name(name)}; rename one"
        yield from _property_mistakes(here, schema)


def _operation_mistakes(
    place: Place, operation: dict[str, Any], ids: set[str], tags: dict[str, str]
) -> Iterator[Mistake]:
    """Yield the mistakes in the names of an operation, and add it to the ids, and its tag's classes to the tags."""
    _, path, method = place
    operation_id = operation.get("operationId")
    if operation_id and str(operation_id) in ids:
        yield (*place, "operationId"), f"operationId: {operation_id} is the id of another operation"
    ids.add(str(operation_id))
    if len(parts_of(operation.get("tags"))) != 1:
        got = operation.get("tags")
        yield (*place, "tags"), f"{method} {path}: tags: expected exactly one tag, got {got!r}"
        return
    (tag,) = operation["tags"]
    here = (*place, "tags")
    if not _is_name(tag):
        yield here, f"tags: expected a lower-case name such as audit_logs, got {tag!r}"
        return
    if tag in TAKEN_TAGS:
        yield here, f"tags: {tag}: this name is taken; choose another"
    for class_ in sorted(resource_classes(tag)):
        if (other := tags.setdefault(class_, tag)) != tag:
            yield here, f"tags: {tag}: this and {other} would have one class, {class_}; rename one"
    if operation_id:
        prefix, _, name = str(operation_id).partition(f"{tag}_")
        if prefix or not _is_name(name):
            yield (*place, "operationId"), f"operationId: expected {tag}_<method>, got {operation_id!r}"
        elif name in TAKEN_METHODS:
            yield (
                (*place, "operationId"),
                f"operationId: {operation_id}: a method {name} would hide Python's {name}; choose another name",
            )


def _is_name(text: object) -> bool:
    """Return True for a name that is the same in Python, apart from an underscore after a built-in's."""
    if not isinstance(text, str) or not _NAME.fullmatch(text) or keyword.iskeyword(text):
        return False
    return str(PythonIdentifier(text, "field_")).removesuffix("_") == text


@frozen
class Named:
    """A parameter or a field of the body, with the name of its keyword argument."""

    place: Place
    wire: str
    name: str
    schema: Any


def arguments_of(
    place: Place, operation: dict[str, Any], item: dict[str, Any], document: dict[str, Any]
) -> Iterator[Named]:
    """Yield the arguments of an operation."""
    parameters: set[str] = set()
    for here, parameter in parameters_at(place, operation, item, document):
        content = object_of(object_of(parameter.get("content")).get("application/json"))
        schema = parameter.get("schema", content.get("schema"))
        # The client itself sends what is constant.
        if "const" not in resolved(document, schema):
            wire = str(parameter.get("name"))
            yield Named(here, wire, argument_name(wire), schema)
            parameters.add(argument_name(wire))
    content = object_of(resolved(document, operation.get("requestBody")).get("content"))
    for described in content.values():
        schema = resolved(document, object_of(described).get("schema"))
        for wire, inner in object_of(schema.get("properties")).items():
            yield Named((*place, "requestBody"), wire, field_argument(wire, parameters), inner)


def _argument_mistakes(
    place: Place, operation: dict[str, Any], item: dict[str, Any], document: dict[str, Any]
) -> Iterator[Mistake]:
    seen: dict[str, str] = {}
    for argument in arguments_of(place, operation, item, document):
        wire, name = argument.wire, argument.name
        if name in seen:
            both = "" if seen[name] == wire else f", this and {seen[name]}"
            yield argument.place, f"{wire}: the argument {name} stands for two parameters{both}"
        seen[name] = wire


def _property_mistakes(place: Place, schema: object) -> Iterator[Mistake]:
    seen: dict[str, str] = {}
    for name in object_of(object_of(schema).get("properties")):
        attribute = attribute_name(name)
        if attribute in seen:
            yield (
                (*place, "properties", name),
                f"{name}: both this and {seen[attribute]} would be the attribute {attribute}; leave one out",
            )
        seen[attribute] = name

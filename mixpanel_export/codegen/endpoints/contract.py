"""The contract as written, resolved where the templates need it."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from mixpanel_export.codegen.endpoints.mistakes import read_spec
from mixpanel_export.codegen.endpoints.operation_rules import BUDGETS
from mixpanel_export.codegen.endpoints.places import METHODS, names_of, object_of, parts_of, resolved
from mixpanel_export.codegen.endpoints.server_rules import is_mixpanels

__all__ = ["Contract"]

_CHECKED_KEYS = (
    "type", "format", "enum", "items", "properties", "minimum", "maximum", "minItems", "maxItems", "minLength",
    "maxLength", "minProperties", "maxProperties", "x-future",
)  # fmt: skip


class Contract:
    """An OpenAPI document, read from a file and validated."""

    def __init__(self, path: Path) -> None:
        self.name: str = path.name
        self.document: dict[str, Any] = read_spec(path)
        self.document.setdefault("components", {}).setdefault("schemas", {})
        for *_, operation, _ in self.operations():
            operation.setdefault("security", self.document.get("security"))

    def resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        """Follow the references of a node; keys beside a `$ref` win over the target's."""
        return resolved(self.document, node)

    def servers(self, operation: dict[str, Any], item: dict[str, Any]) -> dict[str, str]:
        """Return the servers of an operation by region, "" for any; none if Mixpanel serves it."""
        declared: list[Any] = []
        for holder in (self.document, item, operation):
            declared = parts_of(holder.get("servers")) or declared
        own = [server for server in declared if not is_mixpanels(server["url"])]
        return {server.get("x-region", ""): server["url"].rstrip("/") for server in own}

    def family(self, operation: dict[str, Any], item: dict[str, Any]) -> str:
        """Return the family of calls whose budget an operation uses; empty to tell by its path."""
        if "x-budget" in operation:
            return BUDGETS[operation["x-budget"]]
        return "app" if self.servers(operation, item) else ""

    def tag_descriptions(self) -> dict[str, str]:
        """Return the description of each tag; a tag that is not described gets one that names it."""
        described = {tag["name"]: tag.get("description") for tag in self.document.get("tags", [])}
        used = {tag for *_, operation, _ in self.operations() for tag in operation["tags"]}
        return {tag: described.get(tag) or f"Operations of the tag `{tag}`." for tag in {*described, *used}}

    def operations(self) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
        """Yield path, method, operation and path item of each operation."""
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield path, method, item[method], item

    def parameters(self, operation: dict[str, Any], item: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Return the parameters of an operation by name, those of its path item included."""
        every = [*item.get("parameters", []), *operation.get("parameters", [])]
        return {parameter["name"]: parameter for parameter in map(self.resolve, every)}

    def schema_of(self, parameter: dict[str, Any]) -> dict[str, Any]:
        """Return the schema of a parameter's value, which may travel as JSON text."""
        if "content" in parameter:
            return self.resolve(parameter["content"]["application/json"]["schema"])
        return self.resolve(parameter["schema"])

    def fixed(self, parameters: Iterable[dict[str, Any]]) -> dict[str, Any]:
        """Return the parameters with a `const` by name: the client always sends them."""
        return {
            p["name"]: schema["const"] for p in parameters if "const" in (schema := self._plain_schema(p))
        }

    def _plain_schema(self, parameter: dict[str, Any]) -> dict[str, Any]:
        return self.resolve(self.resolve(parameter).get("schema", {}))

    def sent(self) -> set[str]:
        """Return the names of the schemas used in request bodies."""
        found: set[str] = set()

        def visit(node: Any) -> None:
            own = object_of(node)
            name = str(own.get("$ref", "")).removeprefix("#/components/schemas/")
            if name and name not in found and "/" not in name:
                found.add(name)
                visit(self.resolve(own))
            for inner in (*parts_of(node), *own.values()):
                visit(inner)

        for _, _, operation, _ in self.operations():
            visit(operation.get("requestBody", {}))
        return found

    def lowered(self) -> dict[str, Any]:
        """Return a copy for openapi-python-client: plain schemas for JSON parameters, only names for answers."""
        document = copy.deepcopy(self.document)
        sent = self.sent()
        for name, schema in document["components"]["schemas"].items():
            if names_of(schema) == {"object"}:
                # Null means absent.
                schema["type"] = "object"
                schema.pop("nullable", None)
            if schema.get("type") == "object" and name not in sent:
                schema.pop("properties", None)
                schema.pop("required", None)
                schema["additionalProperties"] = True
        holders = [document.get("components", {}).get("parameters", {}).values()]
        for item in document["paths"].values():
            for holder in (item, *(item[method] for method in METHODS if method in item)):
                variable = [p for p in holder.get("parameters", []) if "const" not in self._plain_schema(p)]
                if variable or "parameters" in holder:
                    holder["parameters"] = variable
                holders.append(variable)
        for parameter in (parameter for holder in holders for parameter in holder):
            if "content" in parameter:
                parameter["schema"] = parameter.pop("content")["application/json"]["schema"]
            _drop_null(parameter.get("schema", {}))
        _drop_formats(document)
        return document

    def narrowed(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the part of a schema that the client checks before it sends a value."""
        schema = self.resolve(schema)
        kept = {key: schema[key] for key in _CHECKED_KEYS if key in schema}
        if len(types := names_of(schema)) == 1 and "type" in kept:
            (kept["type"],) = types
        if "null" in parts_of(schema.get("type")) or schema.get("nullable"):
            kept["nullable"] = True
        if "items" in kept:
            kept["items"] = self.narrowed(kept["items"])
        if "properties" in kept:
            kept["properties"] = {name: self.narrowed(inner) for name, inner in kept["properties"].items()}
        return kept


def _drop_null(schema: dict[str, Any]) -> None:
    """Leave null out of a parameter's schema: an argument that is None is not sent."""
    schema.pop("nullable", None)
    if types := [type_ for type_ in parts_of(schema.get("type")) if type_ != "null"]:
        schema["type"] = types[0] if len(types) == 1 else types
    if "enum" in schema:
        schema["enum"] = [value for value in schema["enum"] if value is not None]


def _drop_formats(node: object) -> None:
    """Leave only the formats whose values the client hands over as objects; others are text by then."""
    own = object_of(node)
    if isinstance(own.get("format"), str) and own["format"] != "date":
        del own["format"]
    for inner in (*parts_of(node), *own.values()):
        _drop_formats(inner)
